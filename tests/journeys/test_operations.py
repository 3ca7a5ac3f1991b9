"""Each part stopped in turn: the operations page names it within half a minute and makes nobody wait."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import httpx
import psutil
import pytest

from kgcurate.servers.part import tied_command
from tests.journeys.people import Person
from tests.live import wait_for

WITHIN = 30  # seconds
NO_WAITING = 2.5  # seconds; the page promises one, on a machine that other tests keep busy


@contextmanager
def stopped(stack, part):
    """The part with its children stands still: it is there, holds its connections, and answers nobody."""
    parent = psutil.Process(stack.pid(part))
    family = [parent, *parent.children(recursive=True)]
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(family):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@contextmanager
def worker_of(stack, queue):
    """A second worker, which serves this queue alone."""
    words = ["-m", "celery", "--app", "kgcurate", "worker", "--queues", queue, "--pool", "solo"]
    words += ["--hostname", f"{queue}@test", "--without-gossip", "--without-mingle"]
    with (stack.home / "worker.out").open("ab") as output:
        process = subprocess.Popen(
            tied_command([sys.executable, *words], signal.SIGTERM),
            cwd=stack.repo,
            env=stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Watcher:
    """An admin who looks at the operations page every half second."""

    def __init__(self, admin: Person):
        self.admin, self.slowest = admin, 0.0

    def codes(self) -> set[str]:
        began = time.monotonic()
        told = self.admin.get("/api/v1/operations")
        self.slowest = max(self.slowest, time.monotonic() - began)
        assert told.status_code == 200, told.text
        self.told = told.json()
        return {finding["code"] for finding in self.told["findings"]}

    def sees(self, *wanted: str, within: float = WITHIN) -> None:
        wait_for(lambda: set(wanted) == self.codes(), f"{wanted}", lambda: str(self.told), patience=within)

    def restarted(self) -> set[str]:
        self.codes()
        return {part["name"] for part in self.told["parts"] if part["restarted_at"]}

    def sees_all_well(self) -> None:
        wait_for(lambda: not self.codes() and self.told["is_well"], "all to be well", lambda: str(self.told))


@pytest.fixture
def watcher(live_stack):
    admin = Person.with_token(live_stack, "watching", "admin")
    yield Watcher(admin)
    admin.close()


def test_a_worker_that_stands_still_is_named_and_taken_back(live_stack, watcher):
    watcher.sees_all_well()

    with stopped(live_stack, "worker"):
        watcher.sees("queue_default_unserved", "queue_gpu_unserved")

    watcher.sees_all_well()
    assert watcher.slowest < NO_WAITING

    live_stack.kill_whole("worker")

    wait_for(lambda: {"worker_default", "worker_gpu"} <= watcher.restarted(), "the death to be told")
    watcher.sees_all_well()
    assert "beat" not in watcher.restarted()


@pytest.mark.slow
def test_the_page_names_whichever_part_is_stopped(live_stack, watcher):
    stack = live_stack
    watcher.sees_all_well()

    with stopped(stack, "beat"), stopped(stack, "worker"):
        watcher.sees("beat_missing", "queue_default_unserved", "queue_gpu_unserved")
        with worker_of(stack, "default"):
            watcher.sees("beat_missing", "queue_gpu_unserved", within=90)
    watcher.sees_all_well()

    with stopped(stack, "redis"):
        watcher.sees("redis_down")
    watcher.sees_all_well()

    assert watcher.slowest < NO_WAITING

    with stopped(stack, "postgres"):
        health = wait_for(lambda: is_down(stack), "health to name the database", patience=WITHIN)
    assert health == {"database": "down", "redis": "ok"}
    watcher.sees_all_well()


def is_down(stack):
    told = httpx.get(f"{stack.url}/health", timeout=6)
    return told.json() if told.status_code == 503 else None
