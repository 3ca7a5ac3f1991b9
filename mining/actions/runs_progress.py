"""What a run tells while it works: stage, done and total, log lines, and that it is alive.

The job only sets numbers; a thread with a connection of its own writes them every second, so that a
long silent stage stays alive, and hears there whether the run was cancelled or taken over.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from mining.models import Run, RunLine, RunStatus
from mining.templatetags.mining_runs import stage_words
from people.templatetags.when import spoken

log = logging.getLogger(__name__)

BEAT = 1.0  # seconds


class Cancelled(Exception):
    """Somebody asked the run to stop."""


class Superseded(Exception):
    """Another attempt has taken the run over, or it has been ended: this one must not write any more."""


class Progress:
    """The voice of one attempt of a run. Not to be shared between threads of a job."""

    def __init__(self, run: Run, watch: "Callable[[Progress], None] | None" = None) -> None:
        self.run = run
        self._watch = watch
        self.stages: list[dict[str, Any]] = list(run.stages)
        self._name = ""
        self._done = self._done_before = 0
        self._total: int | None = None
        self._began = 0.0
        self._cancelled = self._superseded = False
        self._threaded = False
        self._last_beat = time.monotonic()

    # What a job says

    def stage(self, name: str, total: int | None = None, *, done: int = 0) -> None:
        """Begin a stage and end the one before; `done`: what earlier attempts have done of it."""
        self.finish_stage()
        self._name, self._done, self._total, self._began = name, done, total or None, time.monotonic()
        self._done_before = done
        Run.objects.filter(**self._own()).update(
            stage=name, done=done, done_before=done, total=self._total,
            stage_started_at=timezone.now(), stages=self.stages,
        )  # fmt: skip
        if self._watch:
            self._watch(self)
        self.check()

    def advance(self, done: int, total: int | None = None) -> None:
        """So much of the stage is done; cheap. Raises Cancelled or Superseded."""
        self._done = done
        if total:
            self._total = total
        if not self._threaded and time.monotonic() - self._last_beat > BEAT:
            self._beat()
        if self._watch:
            self._watch(self)
        self.check()

    def __str__(self) -> str:
        """One line for a terminal."""
        name = stage_words(self._name)
        name = name[:1].upper() + name[1:]
        if not self._done:
            return f"{name} …"
        words = f"{name}: {self._done:,}" + (f" of {self._total:,}" if self._total else "")
        seconds = time.monotonic() - self._began
        rate = (self._done - self._done_before) / seconds if seconds > 0 else 0
        if rate <= 0:
            return words
        left = f", {spoken((self._total - self._done) / rate)} left" if self._total else ""
        return f"{words}, {rate:,.0f} a second{left}"

    def report(self, stage: str, done: int, total: int) -> None:
        """The form the miners know: stage, done, total, and (stage, 1, 1) when the stage is finished."""
        if stage != self._name:
            self.stage(stage, total)
        finished = (done, total) == (1, 1)
        if finished and self._done > 1:
            done, total = max(self._done, self._total or 0), self._total or self._done
        self.advance(done, total)
        if finished:
            self.checkpoint()

    def checkpoint(self, *, resume_at: dict[str, Any] | None = None, **counts: Any) -> None:
        """Note what has lastingly been achieved, with the job's own writes in one transaction.

        Raises Superseded where the run is no longer ours, which takes the job's writes back with it.
        """
        self.run.counts.update(counts)
        if resume_at is not None:
            self.run.resume_at = resume_at
        if not Run.objects.filter(**self._own()).update(
            counts=self.run.counts, resume_at=self.run.resume_at, stages=self.stages, vain_attempts=0
        ):
            raise Superseded(self.run.pk)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Touch the run's files in here: nobody can take it over meanwhile.

        Superseded where that has already happened, as to a worker that slept.
        """
        with transaction.atomic():
            ours = Run.objects.select_for_update(no_key=True).filter(**self._own())
            if ours.values_list("pk", flat=True).first() is None:
                raise Superseded(self.run.pk)
            yield

    def clear_folder(self) -> None:
        """Remove what the run worked in."""
        with self.holding():
            shutil.rmtree(self.run.folder, ignore_errors=True)

    def say(self, text: str, level: str = "info") -> None:
        """A line for the run's log, to be read by a person."""
        RunLine.objects.create(run=self.run, text=text, level=level)

    def check(self) -> None:
        if self._superseded:
            raise Superseded(self.run.pk)
        if self._cancelled:
            raise Cancelled(self.run.pk)

    def finish_stage(self) -> None:
        """Move the stage under way to the list of those behind us; a resumed stage keeps its place there."""
        if not self._name:
            return
        seconds = time.monotonic() - self._began
        known = next((stage for stage in self.stages if stage["name"] == self._name), None)
        if known is None:
            known = {"name": self._name, "seconds": 0.0}
            self.stages.append(known)
        known.update(done=self._done, total=self._total, seconds=round(known["seconds"] + seconds, 3))
        self._name = ""

    # The heart

    @contextmanager
    def beating(self) -> Iterator[None]:
        # Inside somebody's transaction no other connection can see the row: then `advance` beats itself.
        if connection.in_atomic_block:
            yield
            return
        stop = threading.Event()
        heart = threading.Thread(
            target=self._keep_beating, args=[stop], name=f"run-{self.run.pk}", daemon=True
        )
        self._threaded = True
        heart.start()
        try:
            yield
        finally:
            stop.set()
            heart.join()
            self._threaded = False

    def _keep_beating(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(BEAT):
                try:
                    self._beat()
                except DatabaseError:
                    log.warning("run %s could not say that it lives", self.run.pk, exc_info=True)
                    connection.close()
                if self._superseded:
                    return
        finally:
            connection.close()

    def _beat(self) -> None:
        self._last_beat = time.monotonic()
        changes: dict[str, Any] = {"beat_at": timezone.now()}
        if self._name:
            changes |= {"done": self._done, "total": self._total}
        with transaction.atomic():
            if not Run.objects.filter(**self._own()).update(**changes):
                self._superseded = True
                return
            asked = Run.objects.values_list("cancel_asked_at", flat=True).get(pk=self.run.pk)
        self._cancelled = asked is not None

    def _own(self) -> dict[str, Any]:
        return {"pk": self.run.pk, "attempt": self.run.attempt, "status": RunStatus.RUNNING}
