"""GET /health: 200 where the database and Redis answer, else 503 naming what is down."""

import time

from django.http import JsonResponse

from kgcurate.operations.parts import look_at_database, look_at_redis
from kgcurate.operations.probe import Probe

# Probes of its own, which look anew for each request unless one is under way.
DATABASE = Probe("PostgreSQL", look_at_database, fresh_for=0)
REDIS = Probe("Redis", look_at_redis, fresh_for=0)


def health(request):
    began = time.monotonic()
    for probe in (DATABASE, REDIS):
        probe.begin()
    states = {"database": _state(DATABASE, began), "redis": _state(REDIS, began)}
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


def _state(probe: Probe, began: float) -> str:
    return "ok" if probe.finish(within=3.0 - (time.monotonic() - began)).answered else "down"
