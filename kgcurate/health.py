"""GET /health: 200 where the database and Redis answer, else 503 naming what is down."""

import logging

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import JsonResponse

log = logging.getLogger(__name__)


def health(request):
    states = {"database": _database(), "redis": _redis()}
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("the database does not answer")
        return "down"
    return "ok"


def _redis() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError:
        log.exception("Redis does not answer")
        return "down"
    return "ok"
