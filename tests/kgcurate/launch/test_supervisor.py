import json
import os
import subprocess
import sys

import psutil
import pytest

from kgcurate.launch.supervisor import GIVE_UP_AFTER, Watched, end_leftovers
from kgcurate.servers import ServerError
from kgcurate.servers.part import Part


def make_part(tmp_path):
    return Part(name="worker", command=["/bin/true"], log=tmp_path / "log" / "worker.log")


def test_the_pause_grows_and_quick_deaths_end_it(tmp_path):
    watched = Watched(make_part(tmp_path))

    pauses = [watched.note_death(float(second)) for second in range(GIVE_UP_AFTER - 1)]

    assert pauses == [0.0, 0.5, 1.0, 2.0, 4.0]
    with pytest.raises(ServerError, match="worker keeps dying: it said nothing"):
        watched.note_death(float(GIVE_UP_AFTER))


def test_rare_deaths_are_forgotten(tmp_path):
    watched = Watched(make_part(tmp_path))

    assert [watched.note_death(1000.0 * turn) for turn in range(20)] == [0.0] * 20


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def register(var, pid, started):
    (var / "parts.json").write_text(json.dumps({"web": {"pid": pid, "started": started}}))


def test_what_a_killed_launcher_left_is_ended(tmp_path, sleeper):
    register(tmp_path, sleeper.pid, psutil.Process(sleeper.pid).create_time())
    said = []

    end_leftovers(tmp_path, said.append)

    assert sleeper.wait(5) is not None
    assert said == [f"ending what a killed earlier run left: {sleeper.pid}"]


def test_a_pid_that_is_somebody_else_by_now_is_left_alone(tmp_path, sleeper):
    register(tmp_path, sleeper.pid, psutil.Process(sleeper.pid).create_time() - 3600)

    end_leftovers(tmp_path, pytest.fail)

    assert sleeper.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"web": {}}', '{"web": {"pid": 4194305, "started": 1}}'])
def test_a_broken_register_is_no_trouble(tmp_path, text):
    (tmp_path / "parts.json").write_text(text)

    end_leftovers(tmp_path, pytest.fail)

    assert os.path.exists(tmp_path / "parts.json")
