"""Frequent n-grams from the order of the suffixes: every n-gram is a run of it, inside the run of its first
n-1 symbols; so a level looks at nothing but the frequent runs of the level below (Apriori; Agrawal and
Srikant 1994).
"""

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mining.phrases.compiled import compiled, cores, on_all_cores
from mining.phrases.ngrams import Level, find, pack, save_level, unpack
from mining.phrases.suffixes.order import Order
from mining.phrases.workspace import Workspace

_BYTES_PER_OCCURRENCE = 32  # key, its sorted copy, slot and number


def write_level(
    suffixes: Order,
    symbol: NDArray[np.int32],
    below: Level | None,
    workspace: Workspace,
    *,
    min_count: int,
    memory_mb: int,
    report: Callable[[int, int], None],
) -> None:
    """Write the frequent n-grams of one symbol more than `below` (None: single symbols) and their
    occurrences.
    """
    size = 1 if below is None else below.size + 1
    if below is None:  # all suffixes are one run
        begin, count = np.zeros(1, np.int64), np.array([len(suffixes.order)])
    else:
        begin, count = workspace.load_table(f"runs{below.size}")["begin"], below.count
    begin, count, owner, infrequent = _frequent_runs(suffixes, begin, count, size, min_count)
    last = symbol[suffixes.order[begin].astype(np.int64) + (size - 1)]
    tails = last if below is None else _tails(below, owner, last, workspace)
    workspace.save_table(f"runs{size}", {"begin": begin, "last": last})
    _write_occurrences(suffixes, symbol, begin, count, size, workspace, memory_mb=memory_mb, report=report)
    save_level(workspace, size, last if below is None else owner, tails, count, infrequent)


def _tails(
    below: Level, owner: NDArray[np.int64], last: NDArray[np.int32], workspace: Workspace
) -> NDArray[np.intp]:
    """The number, at the level below, of all but the first symbol of each n-gram."""
    ends = workspace.load_table(f"runs{below.size}")["last"]
    if below.size == 1:
        return find(ends.astype(np.uint64), last.astype(np.uint64))[0]
    # The level below is sorted by its first n-2 symbols and its last one.
    return find(pack(below.left, ends), pack(below.right[owner], last))[0]


def _frequent_runs(
    suffixes: Order, begin: NDArray[np.int64], count: NDArray[np.int64], size: int, min_count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]:
    """Begin, count and owner (which of the given runs it lies in) of each frequent run, and the number of the
    infrequent ones.
    """
    nothing = np.empty(0, np.int64)
    frequent, infrequent = _runs(suffixes.shared, suffixes.reach, begin, count, size, min_count,
                                 nothing, nothing, nothing)  # fmt: skip
    found = tuple(np.empty(frequent, np.int64) for _ in range(3))
    _runs(suffixes.shared, suffixes.reach, begin, count, size, min_count, *found)
    return *found, infrequent


@compiled
def _runs(shared, reach, begin, count, size, min_count, out_begin, out_count, out_owner):
    """Frequent and infrequent runs of n-grams; the frequent ones are written where there is room for them."""
    frequent = infrequent = 0
    for owner in range(len(begin)):
        at, end = begin[owner], begin[owner] + count[owner]
        while at < end:
            stop = at + 1
            while stop < end and shared[stop] >= size:
                stop += 1
            if reach[at] >= size:
                if stop - at < min_count:
                    infrequent += 1
                else:
                    if frequent < len(out_begin):
                        out_begin[frequent], out_count[frequent] = at, stop - at
                        out_owner[frequent] = owner
                    frequent += 1
            at = stop
    return frequent, infrequent


def _write_occurrences(
    suffixes: Order,
    symbol: NDArray[np.int32],
    begin: NDArray[np.int64],
    count: NDArray[np.int64],
    size: int,
    workspace: Workspace,
    *,
    memory_mb: int,
    report: Callable[[int, int], None],
) -> None:
    """Slot and n-gram of every occurrence, by slot; windows of the stream one after another where they would
    not fit the memory together.
    """
    most = max((memory_mb << 20) // _BYTES_PER_OCCURRENCE // cores(), 1_000)
    windows = max(-(-int(count.sum()) // most), 1)
    wide = -(-len(symbol) // windows)
    if size == 1:
        ranges = [(at, min(at + most, len(symbol))) for at in range(0, len(symbol), most)]
        work = functools.partial(_single_symbols, symbol, _numbers(suffixes, symbol, begin))
    else:
        inside = np.zeros(windows, np.int64)
        _spread(suffixes.order, begin, count, wide, inside)
        ranges = [(window * wide, int(number)) for window, number in enumerate(inside.tolist())]
        work = functools.partial(_window, suffixes.order, begin, count, wide)
    with workspace.appending(**{f"slot{size}": "<u4", f"gram{size}": "<i4"}) as out:
        for done, (slot, gram) in enumerate(on_all_cores(work, ranges), start=1):
            out[f"slot{size}"].append(slot)
            out[f"gram{size}"].append(gram)
            if len(ranges) > 1:
                report(done, len(ranges))


def _numbers(suffixes: Order, symbol: NDArray[np.int32], begin: NDArray[np.int64]) -> NDArray[np.int32]:
    """Per symbol number: which of the frequent symbols it is, -1 for none."""
    number = np.full(int(symbol.max(initial=0)) + 1, -1, np.int32)
    number[symbol[suffixes.order[begin].astype(np.int64)]] = np.arange(len(begin))
    return number


def _single_symbols(
    symbol: NDArray[np.int32], number: NDArray[np.int32], slots: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    gram = number[symbol[slots[0] : slots[1]]]
    found = np.flatnonzero(gram >= 0)
    return found + slots[0], gram[found].astype(np.int64)


def _window(
    order: NDArray[np.uint32],
    begin: NDArray[np.int64],
    count: NDArray[np.int64],
    wide: int,
    window: tuple[int, int],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """window: its first slot, and the number of occurrences in it."""
    key = np.empty(window[1], np.uint64)
    _collect(order, begin, count, window[0], window[0] + wide, key)
    key.sort()
    return unpack(key)


@compiled
def _spread(order, begin, count, wide, inside):
    """Count the occurrences in each window of so many slots."""
    for gram in range(len(begin)):
        for at in range(begin[gram], begin[gram] + count[gram]):
            inside[np.int64(order[at]) // wide] += 1


@compiled
def _collect(order, begin, count, low, high, key):
    found = 0
    for gram in range(len(begin)):
        for at in range(begin[gram], begin[gram] + count[gram]):
            slot = np.int64(order[at])
            if low <= slot < high:
                key[found] = np.uint64(slot) << np.uint64(32) | np.uint64(gram)
                found += 1
