"""The parts that kgcurate needs, each looked at in the background: PostgreSQL, Redis, workers, beat, disk."""

import shutil
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from celery import current_app
from django.conf import settings
from django.db import connection

from kgcurate.operations import pulse
from kgcurate.operations.probe import Look, Probe

QUEUES = ("default", "gpu")
# Beat sends something every ten seconds; a worker answers within a second or two.
BEAT_SILENT_AFTER = 22.0
WORKER_SILENT_AFTER = 12.0
REPORTS_WITHIN = 1.5
PATIENCE = {"socket_timeout": 3.0, "socket_connect_timeout": 2.0, "max_retries": 0}


def look_at_database() -> float:
    """Seconds that PostgreSQL took for a connection of its own and one row.

    Not Django's connection: one that hangs in the pool would make the question hang as well.
    """
    began = time.monotonic()
    with psycopg.connect(**{**connection.get_connection_params(), "connect_timeout": 2}) as own:
        own.execute("SELECT 1")
    return time.monotonic() - began


def look_at_redis() -> dict[str, float]:
    """When each part was last seen; an answer of Redis itself."""
    return pulse.seen()


def look_at_queues() -> dict[str, int]:
    """Jobs that wait at the broker."""
    with current_app.connection_for_read(transport_options=PATIENCE) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        channel = broker.default_channel
        waiting = {}
        for name in QUEUES:
            try:
                waiting[name] = channel.queue_declare(queue=name, passive=True).message_count
            except channel.connection.channel_errors:
                waiting[name] = 0  # a queue without a job does not exist
        return waiting


def look_at_workers() -> dict[str, dict[str, Any]]:
    """name -> what the worker tells of itself (kgcurate.tasks.report); silent ones are left out."""
    with current_app.connection_for_write(transport_options=PATIENCE) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        replies = current_app.control.broadcast(
            "report", reply=True, timeout=REPORTS_WITHIN, connection=broker
        )
    reports = {
        name: told
        for reply in replies or []
        for name, told in reply.items()
        if isinstance(told, dict) and "queues" in told
    }
    served = {queue for told in reports.values() for queue in told["queues"]}
    if served:
        pulse.note(*(queue_part(queue) for queue in served))
    return reports


def look_at_disk() -> dict[str, int]:
    usage = shutil.disk_usage(settings.VAR_DIR)
    return {"free": usage.free, "total": usage.total}


def queue_part(queue: str) -> str:
    return f"queue:{queue}"


DATABASE = Probe("PostgreSQL", look_at_database)
REDIS = Probe("Redis", look_at_redis, fresh_for=2.0)
WAITING = Probe("the queues", look_at_queues)
WORKERS = Probe("the workers", look_at_workers, patience=8.0)
DISK = Probe("the disk", look_at_disk, fresh_for=10.0, stale_after=30.0)
QUICK = (DATABASE, REDIS, WAITING, DISK)
ALL = (*QUICK, WORKERS)
# Servers that are well answer within milliseconds, workers are listened to for REPORTS_WITHIN.
WAIT_FOR_SERVERS, WAIT_FOR_WORKERS = 0.4, 0.4


@dataclass(frozen=True)
class Queue:
    name: str
    is_served: bool | None  # None: not known, because nobody can be asked
    waiting: int | None
    seen_at: float | None
    workers: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """Everything that was found out, as of the last few seconds. Times in seconds since the epoch."""

    database: Look
    redis: Look
    disk: Look
    queues: tuple[Queue, ...]
    workers: dict[str, dict[str, Any]]
    is_complete: bool  # what is told of every part is of now; False while some are still being asked
    is_beat_alive: bool | None
    beat_at: float | None


def look(*, wait: float = WAIT_FOR_WORKERS) -> Parts:
    """What is known now; blocks a moment for the servers, and up to `wait` seconds where no worker is known.

    What was seen minutes ago, when somebody last looked, counts as nothing: the parts are asked anew.
    """
    end = time.monotonic() + WAIT_FOR_SERVERS
    for probe in ALL:
        probe.begin()
    looks = {probe.name: probe.latest(wait=max(0.0, end - time.monotonic())) for probe in QUICK}
    server, waiting = looks[REDIS.name], looks[WAITING.name]
    workers = WORKERS.latest()
    if workers.answered is None:
        workers = WORKERS.latest(wait=wait)
    seen = server.value if server.answered else {}
    queues = tuple(_queue(name, seen, workers, waiting) for name in QUEUES)
    return Parts(
        database=looks[DATABASE.name],
        redis=server,
        disk=looks[DISK.name],
        queues=queues,
        workers=workers.value if workers.answered else {},
        is_complete=all(look.answered is not None for look in looks.values())
        and (workers.answered is not None or all(queue.is_served for queue in queues)),
        is_beat_alive=_lives(seen.get(pulse.BEAT), BEAT_SILENT_AFTER, server.at) if server.answered else None,
        beat_at=seen.get(pulse.BEAT),
    )


def _queue(name: str, seen: dict[str, float], workers: Look, waiting: Look) -> Queue:
    serving = (
        sorted(who for who, told in workers.value.items() if name in told["queues"])
        if workers.answered
        else []
    )
    seen_at = workers.at if serving else seen.get(queue_part(name))
    # A worker that did not answer this once may only be slow, and another web process may have heard it.
    is_served = bool(serving) or _lives(seen_at, WORKER_SILENT_AFTER, time.time())
    return Queue(
        name=name,
        is_served=is_served or (False if workers.answered else None),
        waiting=waiting.value.get(name, 0) if waiting.answered else None,
        seen_at=seen_at,
        workers=tuple(serving),
    )


def _lives(seen_at: float | None, silent_after: float, now: float | None) -> bool:
    """Whether it was seen within so many seconds before `now`, when Redis was asked for it."""
    return seen_at is not None and (now or time.time()) - seen_at < silent_after
