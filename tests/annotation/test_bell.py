import threading
import time

import pytest
from kombu.exceptions import OperationalError

from annotation.bell import WAITING, Bell


@pytest.fixture
def bell():
    return Bell()


def test_nobody_waits_for_a_broker_that_hangs(bell):
    hanging, free = threading.Event(), threading.Event()
    began = time.monotonic()

    bell.ring("first", lambda: (hanging.set(), free.wait(60)))
    assert hanging.wait(60)
    for at in range(WAITING + 5):
        bell.ring(f"message {at}", lambda: None)

    assert time.monotonic() - began < 30
    free.set()


def test_messages_go_out_in_order_and_a_broken_one_stops_nothing(bell):
    said, done = [], threading.Event()

    bell.ring("one", lambda: said.append("one"))
    bell.ring("broken", lambda: 1 / 0)
    bell.ring("two", lambda: said.append("two"))
    bell.ring("last", done.set)

    assert done.wait(60)
    assert said == ["one", "two"]


def test_a_silent_broker_is_left_in_peace_for_a_while(bell, caplog):
    asked, heard = [], threading.Event()

    def refuse():
        asked.append(1)
        heard.set()
        raise OperationalError("refused")

    bell.ring("verdict 1", refuse)
    assert heard.wait(60)
    bell.ring("verdict 2", refuse)
    bell.ring("verdict 3", refuse)
    while not bell._waiting.empty():
        time.sleep(0.01)

    assert asked == [1]
    assert "verdict 1 waits for beat" in caplog.text
