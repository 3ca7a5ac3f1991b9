import signal
import sys

import psutil
import pytest

from kgcurate.servers import ServerError
from kgcurate.servers.part import Part, is_running, last_line, trim_log

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def make_part(tmp_path, code, **options):
    return Part(name="part", command=[sys.executable, "-c", code], log=tmp_path / "part.log", **options)


def test_a_part_that_ignores_us_ends_with_its_children(tmp_path):
    part = make_part(tmp_path, STUBBORN, grace=0.2)
    part.ready = lambda: bool(part.log.read_text().strip())
    part.start()
    part.wait_ready(timeout=30)
    family = [psutil.Process(part.process.pid), psutil.Process(int(part.log.read_text()))]

    part.stop()

    assert not any(is_running(process) for process in family)


def test_a_part_that_dies_at_its_start_says_why(tmp_path):
    part = make_part(tmp_path, "import sys; sys.exit('no such luck')", ready=lambda: False)
    part.start()

    with pytest.raises(ServerError, match="part stopped while starting: no such luck"):
        part.wait_ready(timeout=30)

    assert part.how_it_ended() == "exit code 1"
    part.stop()


def test_a_silent_part_is_not_waited_for_for_ever(tmp_path):
    part = make_part(tmp_path, "import time; time.sleep(600)", ready=lambda: False)
    part.start()

    with pytest.raises(ServerError, match="not ready after"):
        part.wait_ready(timeout=0.1)

    part.stop()


def test_signals_reach_a_part_although_they_were_held_back_at_its_birth(tmp_path):
    part = make_part(tmp_path, "print('up', flush=True); import time; time.sleep(600)")
    part.ready = lambda: part.log.read_text() == "up\n"
    part.start()
    part.wait_ready(timeout=30)

    part.ask_to_stop()
    part.process.wait(10)

    assert part.how_it_ended() == f"signal {signal.SIGTERM.value}"
    part.stop()


def test_a_log_stays_bounded_and_keeps_its_end(tmp_path):
    log = tmp_path / "log" / "web.log"
    trim_log(log)
    with log.open("ab") as writer:
        writer.write(b"old\n" * 100 + b"new\n")
        writer.flush()

        trim_log(log, limit=200)
        writer.write(b"newer\n")

    assert log.read_text() == "newer\n"
    assert log.with_name("web.log.1").read_text().endswith("old\nnew\n")
    assert log.with_name("web.log.1").stat().st_size <= 200


def test_the_last_line_of_a_log(tmp_path):
    log = tmp_path / "log"
    assert last_line(log) == "it said nothing"

    log.write_text("one\n\n two \n\n")
    assert last_line(log) == "two"
