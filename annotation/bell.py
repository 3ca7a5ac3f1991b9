"""Telling workers without making anybody wait for the broker.

A message is a bell and not the truth: the row is, and beat finds what nobody was told about. So messages
go out from a thread; where the broker is silent they are dropped and not kept.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable

from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

REST = 10  # seconds without trying, as often as beat looks for waiting verdicts anyway
WAITING = 1_000  # messages; further ones are left to beat


class Bell:
    """One thread a process, started when there is first something to say."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = 0
        self._waiting: queue.Queue[tuple[str, Callable[[], object]]] = queue.Queue(WAITING)

    def ring(self, what: str, send: Callable[[], object]) -> None:
        """`send` puts a message on the broker, some time soon or never; `what` names it in the log."""
        self._begin()
        try:
            self._waiting.put_nowait((what, send))
        except queue.Full:
            log.warning("%s waits for beat: too many messages are on their way", what)

    def _begin(self) -> None:
        # A forked child has the object and not the thread.
        with self._lock:
            if self._process != os.getpid():
                self._process, self._waiting = os.getpid(), queue.Queue(WAITING)
                threading.Thread(
                    target=self._send_all, args=[self._waiting], name="bell", daemon=True
                ).start()

    @staticmethod
    def _send_all(waiting: "queue.Queue[tuple[str, Callable[[], object]]]") -> None:
        silent_until = 0.0
        while True:
            what, send = waiting.get()
            if time.monotonic() < silent_until:
                continue
            try:
                send()
            except OperationalError:
                silent_until = time.monotonic() + REST
                log.warning("the broker does not answer; %s waits for beat", what)
            except Exception:
                log.exception("%s could not be announced and waits for beat", what)


bell = Bell()
