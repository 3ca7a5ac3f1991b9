"""The client: one connection to one server as one user."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import httpx

from kgclient.errors import BY_STATUS, NotAllowed, Refused, Unreachable
from kgclient.judgments import Judgment
from kgclient.types import Answered, Campaign, Exchange, Next, User, Verdict

PATIENCE = 30.0  # seconds for one answer
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between attempts
LONGEST_WAIT = 60.0  # seconds that we wait when the server says "too many requests"
API = "/api/v1"
# Sent again these do no harm: reading, and what names its rows by ids of ours.
REPEATABLE = {"GET", "HEAD", "PUT", "DELETE"}


class Client:
    """`with Client("http://127.0.0.1:8000", token="kgc_…") as client: …`

    With a token, or with a name and a password (a session). Requests that may be repeated without harm are
    repeated while the server is away or busy; answers too, for they keep the ids they were made with.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        username: str | None = None,
        password: str | None = None,
        patience: float = PATIENCE,
        pauses: Sequence[float] = PAUSES,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.url = url.rstrip("/")
        self._pauses, self._sleep = tuple(pauses), sleep
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        try:
            self._http = httpx.Client(base_url=self.url, timeout=patience, headers=headers)
        except httpx.InvalidURL as error:
            raise Unreachable(url, error) from None
        if username is not None:
            self._log_in(username, password or "")

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # Asking and answering

    def me(self) -> User:
        return cast(User, self.get("me"))

    def campaigns(self) -> Iterator[Campaign]:
        return cast(Iterator[Campaign], self.pages("campaigns"))

    def campaign(self, campaign: int) -> Campaign:
        return cast(Campaign, self.get(f"campaigns/{campaign}"))

    def next_tasks(self, campaign: int, *, size: int = 1) -> Next:
        """Tasks held for us: first those we hold already, then new ones."""
        return cast(Next, self.get(f"campaigns/{campaign}/next", size=size))

    def answer(
        self, campaign: int, judgments: Sequence[Judgment], *, size: int = 0, have: Sequence[int] = ()
    ) -> Answered:
        """Send answers and get the next `size` tasks in one go; `have`: tasks we hold and need not get."""
        told = {"judgments": [judgment.as_json() for judgment in judgments], "size": size, "have": list(have)}
        reply = self.request("POST", f"campaigns/{campaign}/judgments", json=told, is_repeatable=True)
        return cast(Answered, reply)

    # Watching

    def verdicts(self, *, campaign: int | None = None) -> Iterator[Verdict]:
        return cast(Iterator[Verdict], self.pages("verdicts", campaign=campaign))

    def start_exchange(self, campaign: int, action: str, **told: Any) -> Exchange:
        """Send tasks to Label Studio ("deploy") or fetch answers from there ("recycle")."""
        return cast(Exchange, self.post(f"campaigns/{campaign}/exchanges", {"action": action, **told}))

    def exchange(self, exchange: int) -> Exchange:
        return cast(Exchange, self.get(f"exchanges/{exchange}"))

    # Everything else, by its path below /api/v1/

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path, query=query)

    def post(self, path: str, told: Mapping[str, Any] | None = None) -> Any:
        return self.request("POST", path, json=told or {})

    def patch(self, path: str, told: Mapping[str, Any]) -> Any:
        return self.request("PATCH", path, json=told)

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path)

    def pages(self, path: str, *, page_size: int = 500, **query: Any) -> Iterator[Any]:
        """All rows of a list, fetched page by page while they are used."""
        page = self.get(path, page_size=page_size, **query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.get(path, **dict(httpx.URL(page["next"]).params))

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        is_repeatable: bool | None = None,
    ) -> Any:
        """The answer's JSON (None where it has no body); raises `Refused` or `Unreachable`."""
        repeat = method in REPEATABLE if is_repeatable is None else is_repeatable
        params = {name: value for name, value in (query or {}).items() if value is not None}
        pauses = [*self._pauses] if repeat else []
        while True:
            why: object
            try:
                response = self._http.request(method, f"{API}/{path}", params=params, json=json)
            except httpx.TransportError as error:
                why, pause = error, pauses[0] if pauses else None
            else:
                if response.is_success:
                    return response.json() if response.content else None
                pause = self._pause(response, pauses)
                why = refusal(response)
            if pause is None:
                raise why if isinstance(why, Refused) else Unreachable(self.url, why)
            pauses = pauses[1:]
            self._sleep(pause)

    @staticmethod
    def _pause(response: httpx.Response, pauses: Sequence[float]) -> float | None:
        """How long to wait before trying again; None where that is of no use."""
        if not pauses or (response.status_code < 500 and response.status_code != 429):
            return None
        told = response.headers.get("Retry-After", "")
        wait = float(told) if told.isdecimal() else pauses[0]
        return wait if wait <= LONGEST_WAIT else None

    def _log_in(self, username: str, password: str) -> None:
        try:
            told = self.post("session", {"username": username, "password": password})
        except NotAllowed:
            self.close()
            raise
        # What the server wants to see with every change of a session.
        self._http.headers["X-CSRFToken"] = told["csrf_token"]
        self._http.headers["Referer"] = f"{self.url}/"


def refusal(response: httpx.Response) -> Refused:
    try:
        told = response.json()
    except ValueError:
        told = response.text[:300]
    kind = BY_STATUS.get(response.status_code, Refused)
    return kind(response.request.method, str(response.request.url), response.status_code, told)
