"""Looking at something that may not answer, without ever making a page wait for it."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """What a probe knows: `answered` is None where it has not looked, or not for too long to tell."""

    answered: bool | None
    value: Any = None
    error: str = ""
    at: float | None = None  # seconds since the epoch, of the look that this is


class Probe:
    """Calls `look` in a thread of its own, at most every `fresh_for` seconds and only when asked.

    What was seen longer than `stale_after` seconds ago says nothing about now, and is not told.

    A look that takes longer than `patience` seconds counts as unanswered until it comes back; no second
    one is begun meanwhile, so that a server that hangs costs one thread and not one for each request.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], Any],
        *,
        fresh_for: float = 4.0,
        patience: float = 4.0,
        stale_after: float = 15.0,
    ):
        self.name, self.look = name, look
        self.fresh_for, self.patience, self.stale_after = fresh_for, patience, stale_after
        self._lock = threading.Lock()
        self._known = Look(answered=None)
        self._began: float | None = None  # monotonic, while a look is under way
        self._ended = 0.0
        self._done = threading.Event()

    def begin(self) -> None:
        """Look again in the background, unless what is known is fresh or a look is under way."""
        with self._lock:
            is_fresh = self._known.answered is not None and time.monotonic() - self._ended < self.fresh_for
            if self._began is not None or is_fresh:
                return
            self._began = time.monotonic()
            self._done = threading.Event()
        threading.Thread(target=self._work, name=f"probe-{self.name}", daemon=True).start()

    def latest(self, *, wait: float = 0.0) -> Look:
        """What is known now; waits up to `wait` seconds for the look that has just been begun."""
        self.begin()
        if wait > 0:
            self._done.wait(wait)
        with self._lock:
            if self._began is not None and time.monotonic() - self._began > self.patience:
                return Look(answered=False, error="no answer", at=self._known.at)
            return Look(answered=None) if self._is_stale() else self._known

    def _is_stale(self) -> bool:
        return self._known.answered is not None and time.monotonic() - self._ended > self.stale_after

    def finish(self, *, within: float) -> Look:
        """Look now, or join a look under way; unanswered where it is not done in so many seconds."""
        self.begin()
        if not self._done.wait(max(0.0, within)):
            return Look(answered=False, error="no answer", at=self._known.at)
        return self._known

    def _work(self) -> None:
        try:
            known = Look(answered=True, value=self.look(), at=time.time())
        except Exception as error:
            log.warning("%s does not answer: %s", self.name, error)
            known = Look(answered=False, error=f"{type(error).__name__}: {error}", at=time.time())
        with self._lock:
            self._known, self._began, self._ended = known, None, time.monotonic()
        self._done.set()
