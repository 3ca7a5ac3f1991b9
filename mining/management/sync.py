"""Runs done by a command in its own process, with a progress line."""

import logging
import time
from typing import Any, TextIO

from django.core.management import CommandError
from django.core.management.base import OutputWrapper

from mining.actions.runs import Job, create_claimed, do
from mining.actions.runs_progress import Progress
from mining.models import Run, RunKind, RunStatus
from mining.templatetags.mining_runs import count_words

SHOWN_EVERY, TOLD_EVERY = 0.5, 10.0  # seconds, on a terminal and in a file


class ProgressLine:
    """One line that is written over on a terminal, a line now and then elsewhere."""

    def __init__(self, out: OutputWrapper | TextIO) -> None:
        self.out = out
        self.on_terminal = bool(getattr(out, "isatty", lambda: False)())
        self.last = time.monotonic()
        self.width = 0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self.last < (SHOWN_EVERY if self.on_terminal else TOLD_EVERY):
            return
        self.last = now
        line = str(progress)
        if self.on_terminal:
            self.out.write("\r" + line.ljust(self.width), ending="")  # type: ignore[call-arg]
            self.out.flush()
            self.width = len(line)
        else:
            self.out.write(line)

    def clear(self) -> None:
        if self.width:
            self.out.write("\r" + " " * self.width + "\r", ending="")  # type: ignore[call-arg]


def run_here(kind: RunKind, parameters: dict[str, Any], job: Job, *, out: OutputWrapper | TextIO) -> Run:
    """Do a run to its end; CommandError where it failed."""
    line = ProgressLine(out)
    # The command says itself how it ended.
    logging.getLogger("mining.actions.runs").setLevel(logging.ERROR)
    try:
        run = do(create_claimed(kind, parameters), job, line)
    finally:
        line.clear()
    if run.status == RunStatus.CANCELLED:
        raise CommandError(f"run {run.pk} was cancelled", returncode=130)
    return run


def summary(run: Run) -> str:
    """What a run did, in one line."""
    took = run.took.total_seconds() if run.took else 0
    numbers = [
        f"{count_words(name)}: {number:,}"
        for name, number in run.counts.items()
        if isinstance(number, int) and number
    ]
    begun = f"{run.get_kind_display()} (run {run.pk}) {run.get_status_display().lower()} in {took:.1f} s; "
    return begun + (", ".join(numbers) or "nothing was found")
