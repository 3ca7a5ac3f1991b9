"""JSON that PostgreSQL can keep: no NUL characters, no halves of characters, no infinite numbers."""

import codecs
import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class CleanJSONParser(JSONParser):
    """As DRF's, and a body that could not be stored is a 400 instead of an error of the database."""

    def parse(self, stream, media_type=None, parser_context=None):
        encoding = (parser_context or {}).get("encoding") or "utf-8"
        try:
            raw = stream.read()
            text = raw if isinstance(raw, str) else codecs.decode(raw, encoding)
            told = json.loads(text, parse_constant=_no_such_number, parse_float=_finite)
        except (ValueError, LookupError, RecursionError) as error:
            raise ParseError(f"JSON parse error: {error}") from None
        # Only an escape can bring in what the text itself, being UTF-8 JSON, cannot hold.
        if "\\u" in text:
            _check(told)
        return told


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(number: str) -> float:
    value = float(number)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{number[:20]} is too large")
    return value


def _check(value: Any) -> None:
    if isinstance(value, str):
        if is_unclean(value):
            raise ParseError("The body holds a NUL character or half of a surrogate pair.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name)
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)


def is_unclean(text: str) -> bool:
    """Whether PostgreSQL would refuse the text."""
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
