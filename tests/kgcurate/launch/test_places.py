"""The same launcher from unusual places and as an ordinary user."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig

import pytest

from kgcurate.servers.part import tied_command
from kgcurate.servers.places import REPO
from tests.live import LiveStack

LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "var",
    "build",
    "bench",
    "tests",
    "docs",
    "shared",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)


def test_runs_from_any_clone_path(stack_home):
    clone = stack_home / "spaces and 图谱 é" / ("x" * 150) / "repo"
    shutil.copytree(REPO, clone, ignore=LEFT_OUT)
    stack = LiveStack(stack_home, repo=clone, environment={"KGCURATE_VAR": ""})
    stack.var = clone / "var"

    stack.start()
    assert stack.stop() == 0

    assert stack.processes() == []
    assert (clone / "var" / "postgres" / "PG_VERSION").exists()


def reachable_python(user):
    """A Python of our version that the user may run; root's own often lies in a private home."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = tied_command(
            [python, "-c", "import django, celery, redis, psycopg, psutil"], signal.SIGTERM, user
        )
        if (
            os.path.exists(python)
            and subprocess.run(command, env=packages(), capture_output=True).returncode == 0
        ):
            return python
    return None


def packages():
    return {"PYTHONPATH": sysconfig.get_path("purelib"), "PATH": os.environ["PATH"]}


@pytest.mark.skipif(os.geteuid() != 0, reason="runs as an ordinary user already")
def test_runs_as_an_ordinary_user(stack_home):
    user = pwd.getpwnam("nobody")
    python = reachable_python(user)
    if python is None:
        pytest.skip("the user nobody can reach neither this Python nor its packages")
    clone = stack_home / "repo"
    shutil.copytree(REPO, clone, ignore=LEFT_OUT)
    for path in (stack_home, clone):
        os.chown(path, user.pw_uid, user.pw_gid)
    stack = LiveStack(stack_home, repo=clone, python=python, user=user, environment=packages())

    stack.start()
    owners = {process.username() for process in stack.processes()}
    assert stack.stop() == 0

    assert owners == {"nobody"}
    assert stack.processes() == []
