import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from kgcurate.servers import places
from kgcurate.servers.command import needs_servers
from tests.live import PATIENCE, LiveStack, processes_of, wait_for

ASK = "from django.db import connection; connection.ensure_connection(); print('answered')"


def sleep(seconds):
    return f"import time; print('here', flush=True); time.sleep({seconds})"


@pytest.fixture
def in_background(stack_home):
    """Starts a `manage.py shell` that prints a word when it has the servers; ended after the test."""
    started = []

    def start(stack, code):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v0", "-c", code],
            cwd=stack.repo,
            env=stack.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "here\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("", False),
        ("help", False),
        ("migrate --help", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("makemessages", False),
        ("collectstatic --no-input", False),
        ("serve", False),
        ("migrate", True),
        ("import_documents help.jsonl", True),
    ],
)
def test_only_commands_that_use_the_servers_start_them(line, needed):
    assert needs_servers(["manage.py", *line.split()]) is needed


def test_a_command_starts_the_servers_and_stops_them(stack_home):
    stack = LiveStack(stack_home)

    said = stack.manage("shell", "-v0", "-c", ASK)

    assert said.stdout.strip() == "answered"
    assert processes_of(stack.var) == []


def test_any_path_will_do_for_var(stack_home):
    stack = LiveStack(stack_home / "spaces and 图谱 é" / ("x" * 150))
    stack.home.mkdir(parents=True)

    stack.manage("shell", "-v0", "-c", ASK)

    assert (stack.var / "postgres" / "PG_VERSION").exists()
    assert not places.socket_dir(stack.var).exists()


def test_a_stale_pid_file_does_not_stop_the_start(stack_home):
    stack = LiveStack(stack_home)
    stack.manage("shell", "-v0", "-c", ASK)
    # A pid that lives and is somebody else, as after a reboot.
    (stack.var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{stack.var / 'postgres'}\n")
    socket = places.socket_dir(stack.var) / ".s.PGSQL.5432"
    socket.touch()
    socket.with_name(".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (stack.var / "owner.json").write_text("{broken")

    stack.manage("shell", "-v0", "-c", ASK)

    assert psutil.pid_exists(os.getpid())


def test_a_half_made_database_folder_is_made_again(stack_home):
    stack = LiveStack(stack_home)
    (stack.var / "postgres.new" / "base").mkdir(parents=True)

    stack.manage("shell", "-v0", "-c", ASK)

    assert not (stack.var / "postgres.new").exists()


def test_a_killed_command_takes_its_servers_along(stack_home, in_background):
    stack = LiveStack(stack_home)
    command = in_background(stack, sleep(60))

    command.kill()
    command.communicate()

    if sys.platform == "linux":
        wait_for(lambda: not processes_of(stack.var), "the servers to end")
    stack.manage("shell", "-v0", "-c", ASK)


def test_a_terminated_command_stops_its_servers(stack_home, in_background):
    stack = LiveStack(stack_home)
    command = in_background(stack, sleep(60))

    command.terminate()
    command.communicate()

    assert command.returncode == 128 + signal.SIGTERM
    assert processes_of(stack.var) == []


def test_two_commands_at_once_share_the_servers(stack_home, in_background):
    stack = LiveStack(stack_home)
    first = in_background(stack, sleep(600))
    second = in_background(stack, f"import sys; print('here', flush=True); sys.stdin.readline(); {ASK}")

    # The first started the servers, so it has to wait for the second.
    first.terminate()
    wait_for(lambda: first.stderr.readline(), "the first to say that it waits")
    said, _ = second.communicate("go on\n", timeout=PATIENCE)
    first.communicate(timeout=PATIENCE)

    assert said.strip() == "answered"
    assert processes_of(stack.var) == []


def test_serve_waits_for_a_command_and_takes_over(stack_home, in_background):
    stack = LiveStack(stack_home)
    command = in_background(stack, sleep(600))
    stack.start(ready=False)
    wait_for(
        lambda: "waiting for `manage.py shell`" in stack.output.read_text(), "serve to say that it waits"
    )

    command.terminate()
    stack.wait_ready()

    assert json.loads((stack.var / "owner.json").read_text())["command"] == "serve"
    stack.stop()


def test_a_value_that_cannot_be_understood_is_one_line(stack_home):
    stack = LiveStack(stack_home, environment={"KGCURATE_ENV": "prodution"})

    done = stack.manage("check", check=False)

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "kgcurate: KGCURATE_ENV is 'prodution'; it must be development or production"
    )
