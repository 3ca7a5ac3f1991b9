"""The order of all suffixes of the stream by their first symbols (Manber and Myers 1993), cut off at a depth
and at breaks.

Three arrays with an entry per symbol of the stream, in that order: `order` uint32, the slot where the suffix
begins; `shared` uint8, how many symbols it has in common with the one before it; `reach` uint8, how many
symbols lie between its slot and the next break. Both numbers end at the depth. Suffixes that are equal so far
lie in any order: nothing that is made of them depends on it.

An n-gram is a run of entries with `shared` of n and more, its count the length of the run. So the order holds
the counts of all n-grams, those that occur once included, in 6 bytes a symbol.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mining.phrases.compiled import compiled, cores, on_all_cores
from mining.phrases.workspace import Workspace

DTYPES = {"order": "<u4", "shared": "u1", "reach": "u1"}
_BYTES_PER_SUFFIX = 64  # slot, key, group, their sorted copies and the permutation
_SCAN = 1 << 22  # slots looked at at once

Ordered = tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint8]]


@dataclass(frozen=True)
class Order:
    """The three arrays, mapped from disk."""

    order: NDArray[np.uint32]
    shared: NDArray[np.uint8]
    reach: NDArray[np.uint8]

    @classmethod
    def load(cls, workspace: Workspace) -> "Order":
        return cls(*(workspace.array(name, dtype) for name, dtype in DTYPES.items()))


def write_order(
    symbol: NDArray[np.int32],
    workspace: Workspace,
    *,
    depth: int,
    memory_mb: int,
    report: Callable[[int, int], None],
) -> int:
    """Sort all suffixes of the stream; comes back with their number. Suffixes that begin with symbols of one
    range are sorted at once, on one core, in its share of the memory (those of one symbol alone may exceed
    it).
    """
    counts = _symbol_counts(symbol)
    most = max((memory_mb << 20) // _BYTES_PER_SUFFIX // cores(), 1_000)
    tasks = [
        functools.partial(_sorted_range, symbol, low, high, int(counts[low:high].sum()), depth)
        for low, high in _ranges(counts, most)
    ]
    total, done = int(counts.sum()), 0
    with workspace.appending(**DTYPES) as out:
        for columns in on_all_cores(lambda task: task(), tasks):
            for name, column in zip(DTYPES, columns, strict=True):
                out[name].append(column)
            done += len(columns[0])
            report(done, total)
    return total


def _symbol_counts(symbol: NDArray[np.int32]) -> NDArray[np.int64]:
    """int64 per symbol number; breaks count nothing."""
    counts = np.zeros(1, np.int64)
    for at in range(0, len(symbol), _SCAN):
        part = np.bincount(symbol[at : at + _SCAN])
        counts = np.pad(counts, (0, max(0, len(part) - len(counts))))
        counts[: len(part)] += part
    counts[0] = 0
    return counts


def _ranges(counts: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Half-open ranges of symbol numbers that begin at most so many suffixes, at least one symbol each."""
    ends, low = np.cumsum(counts), 1
    while low < len(counts):
        high = int(np.searchsorted(ends, ends[low - 1] + most, side="right"))
        high = min(max(high, low + 1), len(counts))
        yield low, high
        low = high


def _sorted_range(symbol: NDArray[np.int32], low: int, high: int, number: int, depth: int) -> Ordered:
    slots = np.empty(number, np.uint32)
    filled = 0
    for at in range(0, len(symbol), _SCAN):
        filled = _select(np.asarray(symbol[at : at + _SCAN]), at, low, high, slots, filled)
    return sort_suffixes(symbol, slots, depth)


@compiled
def _select(part, at, low, high, slots, filled):
    for place in range(len(part)):
        if low <= part[place] < high:
            slots[filled] = at + place
            filled += 1
    return filled


def sort_suffixes(symbol: NDArray[np.int32], slots: NDArray[np.uint32], depth: int) -> Ordered:
    """The suffixes that begin at these slots, in order.

    As many symbols as fit a 64-bit key beside the number of the group are sorted in a round; the next one
    sorts what is still equal.
    """
    order, reach = slots.copy(), np.empty(len(slots), np.uint8)
    _measure(symbol, order, depth, reach)
    shared = np.zeros(len(slots), np.uint8)
    bits = max(int(symbol.max(initial=1)).bit_length(), 1)
    open_ = np.arange(len(slots))  # places whose order is not settled yet, each group together
    group = np.zeros(len(slots), np.uint64)
    known = 0  # symbols that are equal within each group
    while known < depth and len(open_):
        take = min((64 - int(group[-1]).bit_length()) // bits, depth - known)
        key = np.empty(len(open_), np.uint64)
        here, there = order[open_], reach[open_]
        _pack(symbol, here, there, group, known, take, bits, key)
        by_key = np.argsort(key)
        key, here, there = key[by_key], here[by_key], there[by_key]
        order[open_], reach[open_] = here, there
        stays = np.empty(len(open_), np.bool_)
        group = _compare(key, there, known, take, bits, open_, shared, stays)
        known += take
        open_, group = open_[stays], group[stays]
        if len(group):
            group = np.cumsum(np.concatenate([[0], group[1:] != group[:-1]])).astype(np.uint64)
    return order, shared, reach


@compiled
def _measure(symbol, slots, depth, reach):
    for place in range(len(slots)):
        size = 0
        while size < depth and symbol[np.int64(slots[place]) + size] != 0:
            size += 1
        reach[place] = size


@compiled
def _pack(symbol, slots, reach, group, known, take, bits, key):
    """Group number and the next symbols, 0 past a break, as one number that sorts like them."""
    for place in range(len(slots)):
        value, slot = group[place], np.int64(slots[place])
        for step in range(known, known + take):
            value <<= np.uint64(bits)
            if step < reach[place]:
                value |= np.uint64(symbol[slot + step])
        key[place] = value


@compiled
def _compare(key, reach, known, take, bits, places, shared, stays):
    """Group numbers after this round, `shared` of each place against the one before it in its old group, and
    which places stay open: those equal to a neighbour, unless they ended before the last of these symbols.
    """
    group = np.zeros(len(key), np.uint64)
    old, last = np.uint64(take * bits), (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    for at in range(len(key)):
        stays[at] = False
        if at == 0:
            continue
        differ = key[at] ^ key[at - 1]
        group[at] = group[at - 1] + np.uint64(differ != 0)
        if old < np.uint64(64) and (differ >> old) != 0:
            continue
        same, rest = known + take, differ
        while rest != 0:
            same -= 1
            rest >>= np.uint64(bits)
        shared[places[at]] = min(same, reach[at], reach[at - 1])
        if differ == 0 and key[at] & last != 0:
            stays[at] = stays[at - 1] = True
    return group
