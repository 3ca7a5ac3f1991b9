"""Where Django and Celery find the database and Redis. Settings import this, so it starts nothing."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ

from kgcurate.servers.places import socket_dir

DATABASE = "kgcurate"
# The cache and the broker keep apart, so that emptying the cache leaves the queues alone.
CACHE_NUMBER, BROKER_NUMBER = 0, 1


@dataclass(frozen=True)
class Endpoints:
    """Addresses; `embedded` where at least one of the two servers is our own."""

    database: dict[str, Any]
    redis: str
    broker: str
    embedded: bool


def own_database() -> bool:
    """True where PostgreSQL is ours to start."""
    return not os.environ.get("DATABASE_URL")


def own_redis() -> bool:
    """True where Redis is ours to start."""
    return not os.environ.get("REDIS_URL")


def endpoints(var: Path) -> Endpoints:
    """The servers that DATABASE_URL and REDIS_URL name, and our own for what they do not name."""
    sockets = socket_dir(var)
    if own_database():
        database: dict[str, Any] = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": "postgres",
            "PASSWORD": "",
            "HOST": str(sockets),
            "PORT": "5432",
        }
    else:
        database = dict(environ.Env().db_url("DATABASE_URL"))
        database["HOST"] = unquote(database["HOST"])  # a socket folder is written %2Fvar%2Frun
    if own_redis():
        redis = f"unix://{sockets}/redis.sock?db={CACHE_NUMBER}"
        broker = f"redis+socket://{sockets}/redis.sock?virtual_host={BROKER_NUMBER}"
    else:
        redis = os.environ["REDIS_URL"]
        broker = os.environ.get("BROKER_URL") or redis
    return Endpoints(database, redis, broker, embedded=own_database() or own_redis())
