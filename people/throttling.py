"""How many requests a person, or an address without one, may send to the API in a minute.

Counted in Redis, so that all web processes know of each other's. A process asks Redis for a handful of
permits at a time where the rate is high: what a route costs then does not depend on being counted, and
a rate is missed by a few percent at most. Without Redis nothing is refused.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.utils.translation import gettext as _

from people.api.errors import refusal

log = logging.getLogger(__name__)

WINDOW = 60  # seconds
KNOWN = 10_000  # people and addresses whose permits a process keeps at hand
# Set by a lane (people.recognising) that has counted the request and then left it to the whole way.
COUNTED = "kgcurate.counted"
REST = 5.0  # seconds without asking, when Redis does not answer


@dataclass
class _Permits:
    window: int
    left: int
    is_spent: bool = False


class Limiter:
    """Requests by scope and name, each scope with its rate a minute (0: no limit)."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._permits: dict[tuple[str, str], _Permits] = {}
        self._lock = threading.Lock()
        self._client: redis.Redis | None = None
        self._silent_until = 0.0

    def seconds_to_wait(self, scope: str, name: str, rate: int) -> int:
        """0 where the request may go on, else how long until the next window."""
        if not rate:
            return 0
        now = self._clock()
        window, key = int(now // WINDOW), (scope, name)
        with self._lock:
            permits = self._permits.get(key)
            if permits is None or permits.window != window:
                if len(self._permits) >= KNOWN:
                    self._permits.clear()
                permits = self._permits[key] = _Permits(window, 0)
            if permits.left == 0 and not permits.is_spent:
                self._refill(permits, f"throttle:{scope}:{name}:{window}", rate)
            if permits.left:
                permits.left -= 1
                return 0
        return max(1, round((window + 1) * WINDOW - now))

    def _refill(self, permits: _Permits, key: str, rate: int) -> None:
        batch = max(1, rate // 100)
        if time.monotonic() < self._silent_until:
            permits.left = batch
            return
        try:
            with self._redis().pipeline(transaction=False) as pipe:
                pipe.incrby(key, batch)
                pipe.expire(key, 2 * WINDOW)
                taken = pipe.execute()[0]
        except redis.RedisError:
            log.warning("Redis does not answer; requests are not counted", exc_info=True)
            self._silent_until = time.monotonic() + REST
            permits.left = batch
            return
        permits.left = max(0, min(batch, rate - (taken - batch)))
        permits.is_spent = permits.left < batch and permits.left == 0

    def _redis(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
            )
        return self._client


limiter = Limiter()


def too_many(request):
    """A 429 that says when to come back, or None. `request.user` is whoever the request acts as."""
    if request.user.is_authenticated:
        is_answer = request.method == "POST" and request.path.endswith("/judgments")
        scope, name = ("answers" if is_answer else "user"), str(request.user.pk)
        if request.META.get(COUNTED) == (scope, request.user.pk):
            return None
    else:
        scope, name = "anonymous", address_of(request)
    wait = limiter.seconds_to_wait(scope, name, settings.API_RATES[scope])
    if not wait:
        return None
    words = _("Too many requests. Try again in %(seconds)d seconds.") % {"seconds": wait}
    return refusal(429, words, **{"Retry-After": str(wait)})


def address_of(request) -> str:
    """Behind a proxy of ours the last address that it added, else the one that connected."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if getattr(settings, "BEHIND_PROXY", False) and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()[:64]
    return request.META.get("REMOTE_ADDR", "")
