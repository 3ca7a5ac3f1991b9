"""One child process: how it starts, when it is ready, how it stops."""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from kgcurate.servers.errors import ServerError

CHILD = Path(__file__).with_name("child.py")
LOG_LIMIT = 8 * 1024 * 1024
POLL = 0.05


def _nothing() -> None:
    pass


def _always() -> bool:
    return True


@dataclass
class Part:
    """A part of the running project. Start it from the main thread: the kernel ties it to that thread."""

    name: str
    command: list[str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    # What the kernel sends where the launcher is killed and cannot say goodbye (Linux only).
    orphan_signal: signal.Signals = signal.SIGTERM
    grace: float = 10
    cwd: Path = Path("/")
    environment: dict[str, str] = field(default_factory=dict)
    user: pwd.struct_passwd | None = None
    is_server: bool = False  # a server is stopped after those that use it
    prepare: Callable[[], None] = _nothing
    ready: Callable[[], bool] = _always
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.prepare()
        trim_log(self.log)
        with self.log.open("ab") as log, no_signals():
            self.process = subprocess.Popen(
                tied_command(self.command, self.orphan_signal, self.user),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd,
                env={**os.environ, **self.environment},
                # Ctrl-C in the terminal is for the launcher, which then stops the parts in order.
                start_new_session=True,
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_ready(self, *, timeout: float) -> None:
        """Return when the part answers; ServerError where it died or stays silent."""
        end = time.monotonic() + timeout
        while not self.ready():
            if not self.alive():
                raise ServerError(
                    f"{self.name} stopped while starting: {last_line(self.log)} (see {self.log})"
                )
            if time.monotonic() > end:
                raise ServerError(f"{self.name} is not ready after {timeout:.0f} s (see {self.log})")
            time.sleep(POLL)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, *, grace: float | None = None) -> None:
        """Ask, wait, then kill; whatever it started itself goes with it."""
        if self.process is None:
            return
        family = descendants(self.process.pid)
        self.ask_to_stop()
        try:
            self.process.wait(self.grace if grace is None else grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        end_processes(family, patience=2)
        self.sweep()
        self.process = None

    def kill(self) -> None:
        """At once, with all it started."""
        if self.process is not None:
            family = descendants(self.process.pid)
            self.process.kill()
            end_processes(family, patience=0)
            self.sweep()

    def sweep(self) -> None:
        """End what a part that is gone left in its process group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def how_it_ended(self) -> str:
        code = self.process.returncode if self.process else None
        return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


@contextmanager
def no_signals() -> Iterator[None]:
    """Hold signals back for a moment, or one between fork and assignment would lose a child."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def tied_command(
    command: list[str], orphan_signal: signal.Signals, user: pwd.struct_passwd | None = None
) -> list[str]:
    """The command behind child.py, which ties it to this process and drops root where a user is given."""
    uid, gid = (user.pw_uid, user.pw_gid) if user else (-1, -1)
    who = [str(number) for number in (os.getpid(), orphan_signal.value, uid, gid)]
    return [sys.executable, "-I", "-S", str(CHILD), *who, *command]


def descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def end_processes(processes: list[psutil.Process], *, patience: float) -> None:
    """Wait for them, then kill the rest. psutil compares start times, so a reused pid is safe."""
    left = _wait_for_end(processes, patience)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _wait_for_end(left, 5)


def _wait_for_end(processes: list[psutil.Process], patience: float) -> list[psutil.Process]:
    """Those still running when patience ends."""
    end = time.monotonic() + patience
    while (left := [process for process in processes if is_running(process)]) and time.monotonic() < end:
        time.sleep(POLL)
    return left


def is_running(process: psutil.Process) -> bool:
    """Running for real: a zombie waits only for its parent, and in a container for an idle init."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def trim_log(log: Path, *, limit: int = LOG_LIMIT) -> None:
    """Keep a log bounded: over the limit it moves to `.1`. Safe while written, as that only appends."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > limit:
        with log.open("rb") as source:
            source.seek(-limit, os.SEEK_END)
            log.with_name(log.name + ".1").write_bytes(source.read(limit))
        os.truncate(log, 0)


def last_line(log: Path) -> str:
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        lines = file.read().decode(errors="replace").strip().splitlines()
        if lines:
            return lines[-1].strip()
    return "it said nothing"
