"""Errors as API answers, always of one shape: what happened, a code to act on, and which fields are wrong.

{"code": "invalid", "detail": "…", "errors": {"overlap": ["…"], "judgments.0.answer": ["…"]}}
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import JsonResponse
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from people.errors import UserError

MOST_TOLD = 50  # errors named in one answer
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    429: "throttled",
    500: "error",
}


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, ValidationError):
        error = ApiValidationError(
            error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        )
    if isinstance(error, UserError):
        error = Conflict(str(error))
    if isinstance(error, DataError):
        # What no field could know: a value that the database cannot hold.
        error = ApiValidationError({"": ["A value is out of the range that can be kept."]})
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ApiValidationError):
        response.data = invalid(error.detail)
    else:
        told = response.data if isinstance(response.data, dict) else {}
        detail = told.get("detail", "")
        code = CODES.get(response.status_code) or getattr(detail, "code", None) or "error"
        response.data = body(str(code), str(detail))
    return response


def body(code: str, detail: str, errors: dict[str, list[str]] | None = None) -> dict[str, Any]:
    return {"code": code, "detail": detail, "errors": errors or {}}


def refusal(status: int, detail: str, **headers: str) -> JsonResponse:
    """The same shape for what is refused before DRF has its say."""
    return JsonResponse(body(CODES[status], detail), status=status, headers=headers)


def invalid(detail: Any) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    for path, message in _flat(detail, ()):
        errors.setdefault(path, []).append(message)
        if len(errors) >= MOST_TOLD:
            break
    first = next(iter(errors.items()), ("", ["This cannot be understood."]))
    words = f"{first[0]}: {first[1][0]}" if first[0] else first[1][0]
    named = {path or "non_field_errors": messages for path, messages in errors.items()}
    return body("invalid", words, named)


def _flat(detail: Any, path: tuple[str, ...]):
    """("judgments.0.answer", message) for each error of DRF's nest of dicts and lists."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = () if name in {"", "non_field_errors"} else (str(name),)
            yield from _flat(inner, (*path, *own))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            own = (str(place),) if isinstance(inner, dict | list) else ()
            yield from _flat(inner, (*path, *own))
    else:
        yield ".".join(path), str(detail)
