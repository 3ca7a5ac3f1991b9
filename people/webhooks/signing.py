"""Signatures: `t=1700000000,v1=<hex>`, an HMAC-SHA256 over "time.body"; two of them after a rotation."""

import hashlib
import hmac
import time
from collections.abc import Sequence

TOLERANCE = 300  # seconds


def sign(body: bytes, secrets: Sequence[str], *, at: int) -> str:
    return ",".join([f"t={at}", *(f"v1={_digest(body, secret, at)}" for secret in secrets)])


def verify(
    body: bytes, header: str, secret: str, *, tolerance: int = TOLERANCE, now: float | None = None
) -> bool:
    """Whether a request is ours, unchanged and not an old one sent again."""
    pairs = [part.partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in pairs if name == "t" and value.isascii() and value.isdecimal()]
    if len(times) != 1 or len(times[0]) > 12:
        return False
    at = int(times[0])
    if abs((time.time() if now is None else now) - at) > tolerance:
        return False
    expected = _digest(body, secret, at).encode()
    given = [value.encode() for name, value in pairs if name == "v1"]
    return any(hmac.compare_digest(expected, value) for value in given)


def _digest(body: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
