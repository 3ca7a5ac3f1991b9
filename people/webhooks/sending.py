"""One attempt to deliver, without the database."""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx

from people.webhooks.addresses import Forbidden, resolve
from people.webhooks.signing import sign

PATIENCE = 10.0  # seconds
AGENT = "kgcurate-webhooks/1"


@dataclass(frozen=True)
class Attempt:
    url: str
    body: bytes
    secrets: tuple[str, ...]
    event: str
    event_id: str
    number: int


@dataclass(frozen=True)
class Outcome:
    status: int | None
    error: str
    took_ms: int

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send(attempt: Attempt, *, allow_private: bool) -> Outcome:
    began = time.monotonic()
    status, error = None, ""
    try:
        status = _post(attempt, allow_private=allow_private)
        error = "" if 200 <= status < 300 else f"answered {status}"
    except Forbidden as refused:
        error = str(refused)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as failed:
        error = f"{type(failed).__name__}: {failed}"
    return Outcome(status, error[:500], round(1000 * (time.monotonic() - began)))


def _post(attempt: Attempt, *, allow_private: bool) -> int:
    address, host = resolve(attempt.url, allow_private=allow_private)
    parts = urlsplit(attempt.url)
    port = f":{parts.port}" if parts.port else ""
    place = f"[{address}]{port}" if ":" in address else f"{address}{port}"
    headers = {
        "Host": (f"[{host}]" if ":" in host else host) + port,
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "X-Kgcurate-Event": attempt.event,
        "X-Kgcurate-Event-Id": attempt.event_id,
        "X-Kgcurate-Attempt": str(attempt.number),
        "X-Kgcurate-Signature": sign(attempt.body, attempt.secrets, at=int(time.time())),
    }
    # The certificate is held against the name, though the connection goes to the address that was checked.
    # No proxy of the environment and no redirect may lead elsewhere.
    with httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False) as client:
        url = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
        request = client.build_request(
            "POST", url, content=attempt.body, headers=headers, extensions={"sni_hostname": host}
        )
        response = client.send(request, stream=True)
        response.close()  # what it says is of no use, and may be endless
        return response.status_code
