"""The whole of kgcurate as real processes for a bench: `manage.py serve` in a var folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from kgcurate.launch.probe import healthy
from kgcurate.servers.part import tied_command
from kgcurate.servers.places import socket_dir

REPO = Path(__file__).resolve().parents[1]
PATIENCE = 180  # seconds for anything to happen on a busy machine

# One step of a bench inside Django, in a process of its own: `module:function` and its JSON arguments.
STEP = """
import importlib, json, sys
import django
django.setup()
module, function = sys.argv[1].split(":")
told = getattr(importlib.import_module(module), function)(**json.loads(sys.argv[2]))
print(json.dumps(told))
"""


class Stack:
    """One running kgcurate: `host`, `port`, `step("bench.x:function", …)`, `memory()`, `pid(part)`."""

    host = "127.0.0.1"

    def __init__(self, home: Path, **environment: str):
        self.var, self.port = home / "var", free_port()
        self.output = home / "serve.out"
        silent = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "BROKER_URL"), "")
        self.environment = {
            **os.environ, **silent,
            "KGCURATE_VAR": str(self.var), "PORT": str(self.port), "HOST": self.host, "DEMO": "0",
            "ALLOWED_HOSTS": "127.0.0.1,localhost", "LOG_LEVEL": "ERROR", "PYTHONPATH": str(REPO),
            "DJANGO_SETTINGS_MODULE": "kgcurate.settings", **environment,
        }  # fmt: skip

    def start(self) -> None:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                # Tied to us, so that a killed bench takes it along.
                tied_command([sys.executable, "manage.py", "serve"], signal.SIGTERM, None),
                cwd=REPO, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        self.wait_ready()

    def wait_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while not (healthy(self.host, self.port, "127.0.0.1") and {"worker", "beat"} <= set(self._pids())):
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(
                    f"kgcurate did not start:\n{self.output.read_text(errors='replace')[-3000:]}"
                )
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(socket_dir(self.var), ignore_errors=True)

    def pid(self, part: str) -> int:
        return self._pids()[part]

    def _pids(self) -> dict[str, int]:
        with suppress(OSError, ValueError):
            register = json.loads((self.var / "parts.json").read_text())
            return {name: note["pid"] for name, note in register.items()}
        return {}

    def step(self, function: str, **told: Any) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", STEP, function, json.dumps(told)],
            cwd=REPO, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{function}: {done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def processes(self, part: str) -> list[psutil.Process]:
        main = psutil.Process(self.pid(part))
        return [main, *main.children(recursive=True)]

    def memory(self, part: str) -> int:
        """MB that the processes of a part hold for themselves (proportional share of what they share)."""
        return round(sum(held(process) for process in self.processes(part)) / 2**20)

    def cpu(self, part: str) -> float:
        """Seconds of processor time that a part has used, with processes of it that have ended since.

        What has ended counts with whoever waited for it; read anew where that happened between two reads.
        """
        for _ in range(20):
            before = self.processes(part)
            seconds = sum(used(process) for process in before)
            if [process.pid for process in self.processes(part)] == [process.pid for process in before]:
                break
        return seconds

    def priorities(self, part: str) -> dict[str, int]:
        """What is furthest from 0 among a part's processes, and among their groups of processes."""
        processes = self.processes(part)
        own = [process.nice() for process in processes]
        groups = [priority_of_group(process.pid) for process in processes]
        return {"process": max(own, key=abs), "group": max(groups, key=abs)}


def held(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        full = process.memory_full_info()
        return getattr(full, "pss", 0) or full.rss
    return 0


def used(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return sum(times[:4])  # of its own, and of children that have ended
    return 0.0


def priority_of_group(pid: int | str = "self") -> int:
    """Linux shares the processor out between groups of processes; 0 where it does not."""
    with suppress(OSError, ValueError):
        return int(Path(f"/proc/{pid}/autogroup").read_text().rsplit(maxsplit=1)[1])
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_stack(**environment: str) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="kgcurate-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)  # PostgreSQL may run as somebody else
        stack = Stack(home, **environment)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
