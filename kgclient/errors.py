"""What can go wrong, as exceptions. All of them are `ClientError`s."""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """Base of all."""


class Unreachable(ClientError, ConnectionError):
    """No kgcurate answers there, or it stopped answering for longer than we try."""

    def __init__(self, url: str, why: object):
        super().__init__(f"no kgcurate server answers on {url} ({why}); start one with `make run`")
        self.url = url


class Refused(ClientError, RuntimeError):
    """The server answered, but not with what was asked for."""

    def __init__(self, method: str, url: str, status: int, told: Mapping[str, Any] | str):
        told = told if isinstance(told, Mapping) else {"detail": told}
        self.status = status
        self.code = str(told.get("code", "error"))
        self.detail = str(told.get("detail", ""))
        self.errors: dict[str, list[str]] = dict(told.get("errors") or {})
        super().__init__(f"{method} {url} answered {status}: {self.detail[:300]}")


class Invalid(Refused):
    """400: `errors` names the fields."""


class NotAllowed(Refused):
    """401 or 403."""


class NotFound(Refused):
    """404."""


class Conflict(Refused):
    """409: what is there now does not allow it."""


class Throttled(Refused):
    """429, for longer than we wait."""


BY_STATUS = {400: Invalid, 401: NotAllowed, 403: NotAllowed, 404: NotFound, 409: Conflict, 429: Throttled}
