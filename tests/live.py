"""The whole of kgcurate as real processes: `manage.py serve` in a var folder of its own, on a free port."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from kgcurate.launch.probe import healthy
from kgcurate.servers.part import tied_command
from kgcurate.servers.places import REPO, socket_dir

PATIENCE = 120  # seconds for anything to happen on a busy machine


class LiveStack:
    """One running kgcurate: `url`, `var`, `pid(part)`, `kill(part)`, `manage(*words)`, `stop()`."""

    note = staticmethod(lambda stack: None)

    def __init__(
        self, home, *, demo=False, port=None, repo=REPO, python=sys.executable, user=None, environment=None
    ):
        self.home = Path(home)
        self.python, self.user = str(python), user
        self.var = self.home / "var"
        self.repo = repo
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = self.home / "serve.out"
        own = {"KGCURATE_VAR": str(self.var), "PORT": str(self.port), "DEMO": "1" if demo else "0"}
        self.environment = clean_environment(**{**own, **(environment or {})})
        self.process = None
        self.note(self)

    def start(self, *, ready=True):
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                # Tied to us, so that a killed test run takes it along.
                tied_command([self.python, "manage.py", "serve"], signal.SIGTERM, self.user),
                cwd=self.repo,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        if ready:
            try:
                self.wait_ready()
            except BaseException:
                self.end()
                raise
        return self

    def wait_ready(self):
        wait_for(self._answers, f"kgcurate to answer on {self.url}", self.said, patience=3 * PATIENCE)

    def _answers(self):
        assert self.process.poll() is None, f"serve ended with {self.process.returncode}:\n{self.said()}"
        return healthy("127.0.0.1", self.port, "127.0.0.1") and {"worker", "beat"} <= set(self.pids())

    def said(self):
        """What the launcher printed, and the ends of the logs."""
        parts = [self.output.read_text(errors="replace")]
        for log in sorted((self.var / "log").glob("*.log")):
            parts.append(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")
        return "\n".join(parts)

    def pids(self):
        """The pid of each part: web, worker, beat, postgres, redis."""
        register = json.loads((self.var / "parts.json").read_text())
        return {name: note["pid"] for name, note in register.items()}

    def pid(self, part):
        return self.pids()[part]

    def kill(self, part, number=signal.SIGKILL):
        """Kill one part, or the `launcher`; returns the pid that was."""
        pid = self.process.pid if part == "launcher" else self.pid(part)
        os.kill(pid, number)
        if part == "launcher":
            self.process.wait(PATIENCE)
        return pid

    def kill_whole(self, part):
        """kill -9 of a part with its children, parent first: it gets no chance to mend what it loses."""
        pid = self.pid(part)
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        return pid

    def wait_restarted(self, part, before):
        """Until the launcher has started the part again."""
        wait_for(lambda: self.pid(part) != before, f"{part} to be started again", self.said)
        if part != "beat":
            self.wait_ready()

    def manage(self, *words, check=True):
        """Run a manage.py command against this stack and return what it said."""
        done = subprocess.run(
            tied_command([self.python, "manage.py", *words], signal.SIGTERM, self.user),
            cwd=self.repo,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 5,
            check=False,
        )
        assert not check or done.returncode == 0, f"manage.py {words[0]}: {done.stdout}\n{done.stderr}"
        return done

    def stop(self, number=signal.SIGINT):
        """Ctrl-C; returns the launcher's exit code."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode if self.process else None

    def end(self):
        """At once, for a test that failed half way."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for process in self.processes():
            process.kill()

    def processes(self):
        """Every process that belongs to this var folder, for asking whether any is left."""
        return processes_of(self.var)


def processes_of(var):
    """Processes that name the var folder or its sockets on their command line, or work in it."""
    words, found = (str(var), str(socket_dir(var))), []
    for process in psutil.process_iter():
        try:
            line, folder = " ".join(process.cmdline()), process.cwd()
            environment = process.environ().get("TMPDIR", "") if "python" in process.name() else ""
        except (psutil.Error, OSError):
            continue
        if any(word in text for word in words for text in (line, folder, environment)):
            found.append(process)
    return found


def clean_environment(**more):
    """The environment without what the test run set for itself; empty values also silence a `.env`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "KGCURATE_", "DJANGO_", "COV_", "COVERAGE_"))
    }
    silent = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "BROKER_URL", "HOST", "ALLOWED_HOSTS"), "")
    return {**kept, **silent, "HOST": "127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1,localhost", **more}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, explain=lambda: "", *, patience=PATIENCE):
    """Poll until the condition holds and return its value."""
    end = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {patience} s in vain for {what}\n{explain()}"
        time.sleep(0.1)
    return value


@contextmanager
def a_home():
    """A temporary folder that PostgreSQL may pass through even where root runs the tests."""
    # Inside the test run's own folder, which goes with it, also when this process is killed.
    home = Path(tempfile.mkdtemp(prefix="live-", dir=os.environ.get("KGCURATE_TEST_HOME")))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running_stack(**options):
    """A started stack, stopped at the end; for fixtures of any scope."""
    with a_home() as home:
        stack = LiveStack(home, **options)
        try:
            yield stack.start()
        finally:
            stack.stop()


@pytest.fixture
def live_stack():
    """A stack of this test's own, without the demo."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="module")
def shared_stack():
    """One stack for all tests of a module, without the demo."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="module")
def demo_stack():
    """One stack for all tests of a module, with the demo workspace loaded."""
    with running_stack(demo=True) as stack:
        yield stack


@pytest.fixture
def stack_home(monkeypatch):
    """A folder for tests that start the stack themselves: `LiveStack(stack_home, …)`."""
    made = []
    monkeypatch.setattr(LiveStack, "note", made.append)
    with a_home() as home:
        yield home
        for stack in made:
            stack.end()
