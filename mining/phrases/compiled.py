"""Loops that numpy cannot say, compiled by numba; and the stream in pieces, one per core.

Compiling takes a few seconds and its result is kept beside the source, or in the user's cache folder, for
the next process.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

_PIECE = 2_000_000  # slots between two reports


def compiled(function: Callable[..., Any]) -> Any:
    """The function in machine code; it lets go of the interpreter's lock, so that threads use all cores."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder that may be written
        return numba.njit(nogil=True)(function)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pieces(symbol: NDArray[np.int32], size: int = _PIECE) -> list[tuple[int, int]]:
    """Ranges of slots that cover the stream; each begins at a break, so that no run is torn."""
    found, begin = [], 0
    while begin < len(symbol):
        finish = min(begin + size, len(symbol))
        while finish < len(symbol):
            breaks = np.flatnonzero(symbol[finish : finish + 65_536] == 0)
            if len(breaks):
                finish += int(breaks[0])
                break
            finish = min(finish + 65_536, len(symbol))
        found.append((begin, finish))
        begin = finish
    return found


def on_all_cores(work: Callable[[Any], Any], tasks: list[Any]) -> Iterator[Any]:
    """Results in the order of the tasks. Few are begun ahead of the reader, so that results do not pile up
    and a reader who stops (a run that is cancelled) waits for those under way alone.
    """
    if len(tasks) <= 1:
        yield from map(work, tasks)
        return
    with ThreadPoolExecutor(cores()) as pool:
        waiting = deque(pool.submit(work, task) for task in tasks[: cores() + 1])
        for task in tasks[cores() + 1 :]:
            yield waiting.popleft().result()
            waiting.append(pool.submit(work, task))
        while waiting:
            yield waiting.popleft().result()
