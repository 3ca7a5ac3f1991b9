"""What is wrong, why that matters and what to do: the sentences at the top of the operations page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kgcurate.operations.figures import Runs, Verdicts
from kgcurate.operations.parts import Parts, Queue
from kgcurate.operations.words import start_again
from mining.log_lines import in_page_language

BAD, WARNING = "bad", "warning"
GIB = 1024**3
LEAST_FREE, LEAST_FREE_SHARE = 1 * GIB, 0.05
MANY_JOBS = 500
# A worker writes a verdict's consequences within seconds; beat looks for forgotten ones every ten.
LATE_VERDICT = timedelta(minutes=1)
LATE_RUN = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    code: str  # for programs: redis_down, beat_missing, queue_default_unserved …
    level: str
    says: str
    means: str
    todo: str
    since: datetime | None = None
    url: str = ""


def findings(parts: Parts, runs: Runs, verdicts: Verdicts) -> list[Finding]:
    """Everything that is wrong, the worst first; empty where all is well."""
    found = [*_servers(parts), *_workers(parts), *_disk(parts), *_runs(runs), *_verdicts(parts, verdicts)]
    return sorted(found, key=lambda finding: finding.level != BAD)


def moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _servers(parts: Parts) -> list[Finding]:
    found = []
    if parts.database.answered is False:
        found.append(
            Finding(
                "database_down",
                BAD,
                _("PostgreSQL takes no new connection."),
                _("Pages and answers fail as soon as their own connections are gone."),
                _("Start it again; its log (var/log/postgres.log, or of the service) says why it stopped."),
                moment(parts.database.at),
            )
        )
    if parts.redis.answered is False:
        found.append(
            Finding(
                "redis_down",
                BAD,
                _("Redis does not answer, so no worker hears of anything."),
                _("Answers are still stored. Verdicts reach the graph, and runs start, when it is back."),
                _("Start it again; its log (var/log/redis.log, or of the service) says why it stopped."),
                moment(parts.redis.at),
            )
        )
    return found


def _workers(parts: Parts) -> list[Finding]:
    if parts.redis.answered is not True:
        return []  # nobody can be asked; the sentence about Redis says so
    found = [_unserved(queue) for queue in parts.queues if queue.is_served is False]
    if parts.is_beat_alive is False:
        found.append(
            Finding(
                "beat_missing",
                BAD,
                _("Beat is missing: nothing has been sent on time."),
                _(
                    "Tasks whose holder left are not given back, stalled runs are not taken up, "
                    "and training does not start by itself."
                ),
                start_again(
                    "beat", _("Start beat again: “celery --app kgcurate beat”, or the service “beat”.")
                ),
                moment(parts.beat_at),
            )
        )
    for queue in parts.queues:
        if queue.is_served and (queue.waiting or 0) > MANY_JOBS:
            found.append(
                Finding(
                    f"queue_{queue.name}_long",
                    WARNING,
                    _("%(count)s jobs wait in the queue “%(queue)s”.")
                    % {"count": f"{queue.waiting:,}", "queue": queue.name},
                    _("More comes in than its workers get done."),
                    _("Let a second worker serve this queue, or wait until a long run has ended."),
                )
            )
    return found


def _unserved(queue: Queue) -> Finding:
    does = {
        "default": _("Verdicts do not reach the graph; imports, mining and training do not start."),
        "gpu": _("Jobs that need a large model wait; everything else goes on."),
    }
    return Finding(
        f"queue_{queue.name}_unserved",
        BAD,
        _("The worker of the queue “%(queue)s” is missing.") % {"queue": queue.name},
        does.get(queue.name, ""),
        start_again(
            "worker",
            _("Start one: “celery --app kgcurate worker --queues %(queue)s”, or the service “%(service)s”.")
            % {"queue": queue.name, "service": "worker-gpu" if queue.name == "gpu" else "worker"},
        ),
        moment(queue.seen_at),
    )


def _disk(parts: Parts) -> list[Finding]:
    if not parts.disk.answered:
        return []
    free, total = parts.disk.value["free"], parts.disk.value["total"]
    if free >= LEAST_FREE and free >= LEAST_FREE_SHARE * total:
        return []
    return [
        Finding(
            "disk_full",
            BAD if free < LEAST_FREE else WARNING,
            _("The disk has %(free)s GiB left.") % {"free": f"{free / GIB:.1f}"},
            _("PostgreSQL stops taking answers when it is full."),
            _("Make room: old exports, copies of var/, logs."),
        )
    ]


def _runs(runs: Runs) -> list[Finding]:
    found = [
        Finding(
            "run_stuck",
            WARNING,
            _("%(run)s has fallen silent.") % {"run": f"{run.get_kind_display()} #{run.pk}"},
            _("Its worker is gone or hangs."),
            _("Another worker takes it up within a minute; see the run's log if not."),
            run.beat_at,
            reverse("mining:run", args=[run.pk]),
        )
        for run in runs.stuck
    ]
    if runs.oldest_queued_at and timezone.now() - runs.oldest_queued_at > LATE_RUN:
        found.append(
            Finding(
                "runs_waiting",
                WARNING,
                ngettext(
                    "%(count)d run waits for a worker.", "%(count)d runs wait for a worker.", runs.queued
                )
                % {"count": runs.queued},
                _("The workers are busy, or none is there."),
                _("Wait for the runs under way, or start another worker."),
                runs.oldest_queued_at,
                reverse("mining:runs"),
            )
        )
    found += [
        Finding(
            "run_failed",
            WARNING,
            _("%(run)s failed.") % {"run": f"{run.get_kind_display()} #{run.pk}"},
            in_page_language(run.error.splitlines()[0][:200]) if run.error else "",
            _("Read its log, mend the cause, and start it again."),
            run.finished_at,
            reverse("mining:run", args=[run.pk]),
        )
        for run in runs.failed
    ]
    return found


def _verdicts(parts: Parts, verdicts: Verdicts) -> list[Finding]:
    if verdicts.oldest_at is None or timezone.now() - verdicts.oldest_at < LATE_VERDICT:
        return []
    is_worked = all(queue.is_served for queue in parts.queues if queue.name == "default")
    return [
        Finding(
            "verdicts_waiting",
            WARNING,
            ngettext(
                "%(count)s verdict waits to reach the graph.",
                "%(count)s verdicts wait to reach the graph.",
                verdicts.waiting,
            )
            % {"count": f"{verdicts.waiting:,}"},
            _("What people accepted is not yet proposed to the curators."),
            _("The worker is there, but has not managed them: its log names the verdict and the reason.")
            if is_worked
            else _("They are written as soon as the missing part is back."),
            verdicts.oldest_at,
        )
    ]
