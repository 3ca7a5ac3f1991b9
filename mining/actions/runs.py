"""The life of a run: queued, claimed by a worker, alive by its heart-beat, ended, or taken up again.

The row is the truth and the broker only a bell: a message may be lost, doubled or late without harm.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from mining.actions.runs_progress import Cancelled, Progress, Superseded
from mining.models import Run, RunKind, RunLine, RunStatus
from people.errors import UserError
from people.events import emit
from people.models import EventName, User

log = logging.getLogger(__name__)

SILENT_AFTER = timedelta(seconds=30)
VAIN_ATTEMPTS = 5
# Which task does a run of a kind; named, because the tasks import this module.
TASKS = {
    RunKind.IMPORT_DOCUMENTS: "mining.tasks.imports.import_documents",
    RunKind.IMPORT_CATEGORIES: "mining.tasks.imports.import_categories",
    RunKind.IMPORT_ITEMS: "mining.tasks.imports.import_items",
    RunKind.IMPORT_RELATIONS: "mining.tasks.imports.import_relations",
    RunKind.IMPORT_IMAGE_TEXTS: "mining.tasks.imports.import_image_texts",
    RunKind.MINE_PHRASES: "mining.tasks.phrases.mine_phrases",
    RunKind.TRAIN: "mining.tasks.learning.train_round",
    RunKind.TRAIN_ENCODER: "mining.tasks.encoders.train_encoder",
}
# A broker that does not answer must not hold up the person who asked for the run.
BRIEFLY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}

Job = Callable[[Run, Progress], None]


class RunFinished(UserError):
    def __init__(self, run: Run):
        super().__init__(f"Run {run.pk} has already ended: {run.get_status_display()}.")
        self.run = run


@transaction.atomic
def start_run(kind: str, parameters: dict[str, Any] | None = None, by: User | None = None) -> Run:
    """A queued run; a worker hears of it on commit, or from the beat job where the broker is down."""
    run = Run.objects.create(kind=RunKind(kind), parameters=parameters or {}, started_by=by)
    transaction.on_commit(lambda: send(run), robust=True)
    return run


def send(run: Run) -> bool:
    """Ring the bell for a queued run; False where the broker does not answer."""
    try:
        with current_app.connection_for_write(transport_options=BRIEFLY) as broker:
            current_app.send_task(
                TASKS[RunKind(run.kind)], args=[run.pk], connection=broker, retry=False, ignore_result=True,
                **({"queue": "gpu"} if run.parameters.get("mlm") else {}),
            )  # fmt: skip
    except BrokerDown as error:
        log.warning("run %s waits, for the broker does not answer: %s", run.pk, error)
        return False
    Run.objects.filter(pk=run.pk, status=RunStatus.QUEUED).update(beat_at=timezone.now())
    return True


@transaction.atomic
def create_claimed(kind: str, parameters: dict[str, Any] | None = None, by: User | None = None) -> Run:
    """A run that this very process does: no worker can claim it first."""
    now = timezone.now()
    return Run.objects.create(
        kind=RunKind(kind), parameters=parameters or {}, started_by=by,
        status=RunStatus.RUNNING, attempt=1, vain_attempts=1, beat_at=now, started_at=now,
    )  # fmt: skip


def _unclaimed(now: Any) -> Q:
    return Q(status=RunStatus.QUEUED) | Q(status=RunStatus.RUNNING, beat_at__lt=now - SILENT_AFTER)


def claim(run_id: int) -> Run | None:
    """The run with a new attempt number, or None where somebody else has it or it has ended."""
    now = timezone.now()
    # One UPDATE: of two that race, the second finds the row claimed and changes nothing.
    claimed = Run.objects.filter(_unclaimed(now), pk=run_id).update(
        status=RunStatus.RUNNING,
        attempt=F("attempt") + 1,
        vain_attempts=F("vain_attempts") + 1,
        beat_at=now,
        stage="",
        stage_started_at=None,
        done=0,
        done_before=0,
        total=None,
    )
    if not claimed:
        return None
    Run.objects.filter(pk=run_id, started_at=None).update(started_at=now)
    return Run.objects.get(pk=run_id)


def work_on(run_id: int, job: Job) -> Run | None:
    """Claim the run and do its job; None where it was not to be had."""
    run = claim(run_id)
    if run is None:
        log.info("run %s is somebody else's or has ended", run_id)
        return None
    return do(run, job)


def do(run: Run, job: Job, watch: Callable[[Progress], None] | None = None) -> Run:
    """Do the job of a claimed run and write down how it ended. `watch` hears of each advance."""
    progress = Progress(run, watch)
    if run.attempt > 1:
        progress.say(f"Attempt {run.attempt}: the run is taken up again where it was left.", "warning")
    try:
        with progress.beating():
            job(run, progress)
            progress.check()
    except Superseded:
        log.warning("run %s attempt %s was taken over and stops", run.pk, run.attempt)
    except Cancelled:
        end(progress, RunStatus.CANCELLED)
    except UserError as error:
        log.warning("run %s failed: %s", run.pk, error)
        end(progress, RunStatus.FAILED, str(error))
    except (OperationalError, InterfaceError) as error:
        # The database went away or gave up on us, which is no fault of the run's.
        log.exception("run %s lost its database; it will be taken up again", run.pk)
        _let_go(run, f"The database did not answer ({_first_line(error)}); the run will be taken up again.")
    except Exception as error:
        log.exception("run %s failed", run.pk)
        end(progress, RunStatus.FAILED, f"{type(error).__name__}: {_first_line(error)}")
    except KeyboardInterrupt:
        end(progress, RunStatus.CANCELLED)
        raise
    except BaseException:  # the worker is told to stop: somebody else may start at once
        _let_go(run, "The worker was stopped; the run will be taken up again.")
        raise
    else:
        end(progress, RunStatus.DONE)
    run.refresh_from_db()
    return run


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or "no further word").splitlines()[0][:500]


def end(progress: Progress, status: RunStatus, error: str = "") -> bool:
    """Write the end of a run; False where another attempt has taken it over meanwhile."""
    run = progress.run
    progress.finish_stage()
    with transaction.atomic():
        ended = Run.objects.filter(pk=run.pk, attempt=run.attempt, status=RunStatus.RUNNING).update(
            status=status, error=error, finished_at=timezone.now(), stages=progress.stages, counts=run.counts
        )
        if ended:
            words = {RunStatus.DONE: "Done.", RunStatus.CANCELLED: "Cancelled.", RunStatus.FAILED: error}
            progress.say(words[status], "error" if status == RunStatus.FAILED else "info")
            tell(run, status, error)
    return bool(ended)


def _let_go(run: Run, line: str) -> None:
    """Back to the queue, if the database is there to be told."""
    try:
        connection.close_if_unusable_or_obsolete()
        with transaction.atomic():
            if Run.objects.filter(pk=run.pk, attempt=run.attempt, status=RunStatus.RUNNING).update(
                status=RunStatus.QUEUED, beat_at=None
            ):
                RunLine.objects.create(run=run, level="warning", text=line)
    except DatabaseError:
        log.warning("run %s could not be put back into the queue; its silence will do it", run.pk)


@transaction.atomic
def cancel_run(*, run: Run, by: User | None = None) -> Run:
    """Ask a run to stop. One that nobody has begun ends at once, a running one within a second or two."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.is_finished:
        raise RunFinished(run)
    if run.cancel_asked_at is None:
        run.cancel_asked_at = timezone.now()
        who = by.username if by else "the command line"
        RunLine.objects.create(run=run, text=f"Cancel was asked for by {who}.")
    if run.status == RunStatus.QUEUED:
        run.status, run.finished_at = RunStatus.CANCELLED, run.cancel_asked_at
    run.save(update_fields=["cancel_asked_at", "status", "finished_at"])
    return run


def revive_stalled_runs() -> list[int]:
    """Ring again for queued runs nobody heard of and those whose heart stopped; give up hopeless ones."""
    revived = []
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - SILENT_AFTER)
    stalled = Run.objects.filter(silent, status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    for run_id in stalled.order_by("pk").values_list("pk", flat=True):
        run = _queue_again(run_id)
        if run is not None:
            revived.append(run.pk)
            if not send(run):
                break  # the others would find the broker down as well
    return revived


@transaction.atomic
def _queue_again(run_id: int) -> Run | None:
    run = (
        Run.objects.select_for_update(skip_locked=True).filter(_unclaimed(timezone.now()), pk=run_id).first()
    )
    if run is None:
        return None
    if run.status == RunStatus.RUNNING and run.cancel_asked_at is not None:
        _end_silent(run, RunStatus.CANCELLED, "")
        return None
    if run.vain_attempts >= VAIN_ATTEMPTS:
        where = f" in the stage “{run.stage}”" if run.stage else ""
        _end_silent(
            run,
            RunStatus.FAILED,
            f"Given up after {run.vain_attempts} attempts that ended{where} without getting further; "
            "the worker's log says why.",
        )
        return None
    if run.status == RunStatus.RUNNING:
        RunLine.objects.create(
            run=run, level="warning", text="The worker fell silent; the run is queued again."
        )
    # Queued again also ends the claim of a worker that only slept.
    run.status, run.beat_at = RunStatus.QUEUED, None
    run.save(update_fields=["status", "beat_at"])
    return run


def _end_silent(run: Run, status: RunStatus, error: str) -> None:
    run.status, run.error, run.finished_at = status, error, timezone.now()
    run.save(update_fields=["status", "error", "finished_at"])
    RunLine.objects.create(run=run, level="error" if error else "info", text=error or "Cancelled.")
    tell(run, status, error)


def tell(run: Run, status: RunStatus, error: str) -> None:
    """Whoever listens hears that a run is done or has failed."""
    names = {RunStatus.DONE: EventName.RUN_FINISHED, RunStatus.FAILED: EventName.RUN_FAILED}
    if status in names:
        told = {"run": run.pk, "kind": run.kind, "status": str(status), "error": error}
        emit(names[status], {**told, "counts": run.counts})
