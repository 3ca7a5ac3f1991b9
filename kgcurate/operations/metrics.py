"""Figures of operation in Prometheus's text format (version 0.0.4)."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from kgcurate.operations.figures import Runs, Verdicts
from kgcurate.operations.parts import Parts


def lines(parts: Parts, runs: Runs, verdicts: Verdicts, *, failed_within: timedelta) -> Iterator[str]:
    """A part that cannot be asked at the moment has no line, which is what an alert on absence is for."""
    up = {"database": parts.database.answered, "redis": parts.redis.answered, "beat": parts.is_beat_alive}
    up |= {f"worker_{queue.name}": queue.is_served for queue in parts.queues}
    yield from _metric(
        "kgcurate_up",
        "Whether a part answers.",
        [(f'{{part="{name}"}}', int(is_up)) for name, is_up in up.items() if is_up is not None],
    )
    yield from _metric(
        "kgcurate_jobs_waiting",
        "Jobs at the broker.",
        [(f'{{queue="{queue.name}"}}', queue.waiting) for queue in parts.queues if queue.waiting is not None],
    )
    yield from _metric(
        "kgcurate_runs",
        "Runs that wait or work, and those that failed lately.",
        [
            ('{state="queued"}', runs.queued),
            ('{state="running"}', runs.running),
            ('{state="stuck"}', len(runs.stuck)),
            (f'{{state="failed",within_hours="{failed_within // timedelta(hours=1)}"}}', len(runs.failed)),
        ],
    )
    yield from _metric(
        "kgcurate_verdicts_waiting", "Verdicts not yet in the graph.", [("", verdicts.waiting)]
    )
    waited = (timezone.now() - verdicts.oldest_at).total_seconds() if verdicts.oldest_at else 0.0
    yield from _metric(
        "kgcurate_oldest_verdict_seconds", "How long the oldest of them has waited.", [("", round(waited, 1))]
    )
    if parts.disk.answered:
        yield from _metric(
            "kgcurate_disk_free_bytes", "Room where kgcurate writes.", [("", parts.disk.value["free"])]
        )


def _metric(name: str, says: str, values: list[tuple[str, float]]) -> Iterator[str]:
    if values:
        yield f"# HELP {name} {says}\n# TYPE {name} gauge\n"
    for labels, value in values:
        yield f"{name}{labels} {value}\n"
