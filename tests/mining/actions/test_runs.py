import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from mining.actions import runs
from mining.actions.runs import (
    SILENT_AFTER,
    VAIN_ATTEMPTS,
    RunFinished,
    cancel_run,
    claim,
    revive_stalled_runs,
    start_run,
    work_on,
)
from mining.actions.runs_progress import Cancelled, Progress, Superseded
from mining.models import Run, RunKind, RunStatus
from people.errors import UserError

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = SILENT_AFTER + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The runs that workers were told about; nobody listens here."""
    told = []
    monkeypatch.setattr(runs.current_app, "send_task", lambda name, args, **_: told.append(args[0]))
    return told


def make_run(**fields):
    return Run.objects.create(kind=RunKind.MINE_PHRASES, **fields)


def silent(run):
    Run.objects.filter(pk=run.pk).update(beat_at=timezone.now() - LONG_AGO)


def test_a_started_run_is_queued_and_rung_for(rung):
    run = start_run(RunKind.MINE_PHRASES, {"min_count": 5})

    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED and run.beat_at is not None
    assert rung == [run.pk]


def test_a_run_waits_while_the_broker_is_down(monkeypatch, rung):
    send = runs.current_app.send_task

    def down(*_, **__):
        raise runs.BrokerDown("nobody there")

    monkeypatch.setattr(runs.current_app, "send_task", down)
    run = start_run(RunKind.MINE_PHRASES)
    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED and run.beat_at is None

    monkeypatch.setattr(runs.current_app, "send_task", send)
    assert revive_stalled_runs() == [run.pk] == rung
    assert revive_stalled_runs() == []


def test_of_many_that_claim_one_run_one_gets_it():
    run = make_run()
    start = threading.Barrier(8)

    def race(_):
        try:
            start.wait()
            return claim(run.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        claimed = [found for found in pool.map(race, range(8)) if found]

    assert len(claimed) == 1 and claimed[0].attempt == 1


def test_a_run_with_a_beating_heart_is_not_claimed():
    run = claim(make_run().pk)

    assert claim(run.pk) is None
    silent(run)
    assert claim(run.pk).attempt == 2


def test_a_job_leaves_stages_counts_and_lines():
    run = make_run()

    def job(run, progress):
        progress.stage("count", 10)
        progress.advance(10)
        progress.checkpoint(phrases=3)
        progress.stage("store", 2)
        progress.advance(2)
        progress.say("Three phrases.")

    run = work_on(run.pk, job)

    assert run.status == RunStatus.DONE and run.finished_at and run.started_at
    assert [(stage["name"], stage["done"], stage["total"]) for stage in run.stages] == [
        ("count", 10, 10),
        ("store", 2, 2),
    ]
    assert run.counts == {"phrases": 3}
    assert [line.text for line in run.lines.all()] == ["Three phrases.", "Done."]


def test_a_failing_job_says_why_in_one_sentence():
    def wrong(run, progress):
        raise UserError("There is nothing to mine.")

    def broken(run, progress):
        return {}["no such key"]

    first, second = work_on(make_run().pk, wrong), work_on(make_run().pk, broken)

    assert (first.status, first.error) == (RunStatus.FAILED, "There is nothing to mine.")
    assert (second.status, second.error) == (RunStatus.FAILED, "KeyError: 'no such key'")


def test_a_running_job_hears_that_it_was_cancelled():
    run = make_run()
    begun = threading.Event()

    def job(run, progress):
        progress.stage("count", 10**9)
        begun.set()
        while True:
            progress.advance(1)

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(in_thread, work_on, run.pk, job)
        assert begun.wait(30)
        cancel_run(run=run)
        ended = work.result(30)

    assert ended.status == RunStatus.CANCELLED and ended.error == ""
    with pytest.raises(RunFinished):
        cancel_run(run=run)


def in_thread(function, *arguments):
    try:
        return function(*arguments)
    finally:
        connection.close()


def test_a_queued_run_is_cancelled_at_once():
    run = cancel_run(run=make_run())

    assert run.status == RunStatus.CANCELLED and run.finished_at
    assert claim(run.pk) is None


def test_a_worker_that_slept_too_long_writes_nothing_any_more():
    run = make_run()

    def slow(run, progress):
        progress.stage("store", 2)
        silent(run)
        work_on(run.pk, lambda run, progress: progress.checkpoint(stored=1))
        with pytest.raises(Superseded):
            progress.checkpoint(stored=99)
        raise Superseded(run.pk)

    work_on(run.pk, slow)

    run.refresh_from_db()
    assert (run.status, run.counts, run.attempt) == (RunStatus.DONE, {"stored": 1}, 2)


def test_silence_alone_ends_the_claim_of_a_sleeper(rung):
    run = claim(make_run().pk)
    silent(run)

    assert revive_stalled_runs() == [run.pk]

    progress = Progress(run)
    with pytest.raises(Superseded):
        progress.checkpoint()


def test_a_silent_run_is_queued_again_and_goes_on(rung):
    run = claim(make_run().pk)
    Progress(run).checkpoint(resume_at={"rows": 7})
    silent(run)

    revive_stalled_runs()
    run = work_on(run.pk, lambda run, progress: progress.checkpoint(went_on_at=run.resume_at["rows"]))

    assert rung == [run.pk]
    assert run.status == RunStatus.DONE and run.counts == {"went_on_at": 7}


def test_a_run_that_gets_nowhere_is_given_up():
    run = make_run()
    for _ in range(VAIN_ATTEMPTS):
        silent(claim(run.pk))
        revive_stalled_runs()
    run.refresh_from_db()

    assert run.status == RunStatus.FAILED
    assert run.error.startswith("Given up after 5 attempts")


def test_a_run_that_gets_on_is_not_given_up():
    run = make_run()
    for at in range(VAIN_ATTEMPTS + 3):
        claimed = claim(run.pk)
        Progress(claimed).checkpoint(stored=at)
        silent(claimed)
        revive_stalled_runs()
    run.refresh_from_db()

    assert run.status == RunStatus.QUEUED


def test_a_run_whose_worker_died_while_cancelling_is_cancelled():
    run = claim(make_run().pk)
    cancel_run(run=run)
    silent(run)

    assert revive_stalled_runs() == []

    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED


def test_a_lost_database_is_no_failure_of_the_run():
    run = make_run()

    def job(run, progress):
        raise OperationalError("server closed the connection unexpectedly")

    run = work_on(run.pk, job)

    assert run.status == RunStatus.QUEUED
    assert work_on(run.pk, lambda run, progress: None).status == RunStatus.DONE


def test_a_stopped_worker_leaves_the_run_to_others():
    run = make_run()

    def job(run, progress):
        raise SystemExit(0)

    with pytest.raises(SystemExit):
        work_on(run.pk, job)

    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED


def test_rate_and_time_left_leave_out_what_earlier_attempts_did():
    run = make_run(status=RunStatus.RUNNING, done=600, done_before=500, total=1_000)
    run.stage_started_at = timezone.now() - timedelta(seconds=10)

    assert run.rate == pytest.approx(10, rel=0.1)
    assert run.time_left == pytest.approx(timedelta(seconds=40), rel=0.1)
    assert run.share == 0.6


def test_progress_beats_by_itself_within_somebodys_transaction():
    from django.db import transaction

    run = claim(make_run().pk)
    with transaction.atomic():
        progress = Progress(run)
        with progress.beating():
            progress.stage("count", 5)
            cancel_run(run=run)
            progress._last_beat = 0
            with pytest.raises(Cancelled):
                progress.advance(3)

    run.refresh_from_db()
    assert run.done == 3


def test_the_miners_way_of_reporting_keeps_the_numbers():
    run = claim(make_run().pk)
    progress = Progress(run)

    progress.report("read", 5_000, 0)
    progress.report("read", 1, 1)
    progress.report("zh:count:1", 3, 8)
    progress.report("zh:count:1", 8, 8)
    progress.report("zh:count:1", 1, 1)
    progress.report("zh:select", 1, 1)
    progress.finish_stage()

    assert [(stage["name"], stage["done"], stage["total"]) for stage in progress.stages] == [
        ("read", 5_000, 5_000), ("zh:count:1", 8, 8), ("zh:select", 1, 1),
    ]  # fmt: skip
