"""When each part was last seen, kept in Redis: every web process can tell, and a restart forgets nothing.

Beat cannot be asked: it says that it lives each time it sends a job, which is what it is for.
"""

import logging
import time
from typing import Any

import redis
from django.conf import settings

log = logging.getLogger(__name__)

SEEN = "kgcurate:seen"  # hash: name of a part -> seconds since the epoch
BEAT = "beat"
OFTEN = 2.0  # seconds between two notes
_noted_at = 0.0


def client(patience: float = 2.0) -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=patience, socket_connect_timeout=patience, decode_responses=True
    )


def note(*names: str, at: float | None = None) -> None:
    """Write down that these parts were seen."""
    with client() as server:
        server.hset(SEEN, mapping=dict.fromkeys(names, at or time.time()))


def seen() -> dict[str, float]:
    """When each part was last seen. Raises redis.RedisError where Redis does not answer."""
    with client() as server:
        return {name: float(at) for name, at in server.hgetall(SEEN).items()}


def note_beat(**_: Any) -> None:
    """Beat has sent a job. It must go on sending where this cannot be noted."""
    global _noted_at
    if time.monotonic() - _noted_at < OFTEN:
        return
    _noted_at = time.monotonic()
    try:
        note(BEAT)
    except redis.RedisError as error:
        log.warning("beat could not note that it lives: %s", error)
