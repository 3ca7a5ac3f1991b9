"""A small typed client of kgcurate's API. It needs httpx and nothing else of this project."""

from kgclient.client import Client
from kgclient.errors import (
    ClientError,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    Throttled,
    Unreachable,
)
from kgclient.judgments import Judgment

__all__ = [
    "Client",
    "ClientError",
    "Conflict",
    "Invalid",
    "Judgment",
    "NotAllowed",
    "NotFound",
    "Refused",
    "Throttled",
    "Unreachable",
]
