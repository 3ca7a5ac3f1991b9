"""A new batch into the order of the suffixes: what went is dropped, what came is sorted and put in."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from mining.phrases.compiled import compiled
from mining.phrases.suffixes.order import DTYPES, Order, Ordered, sort_suffixes
from mining.phrases.workspace import Workspace

GONE = np.uint32(0xFFFFFFFF)  # in the place of a slot that is no more
_CHUNK = 4_000_000  # suffixes copied at once


def merge_order(
    before: Order,
    moved: NDArray[np.uint32],
    fresh: NDArray[np.uint32],
    symbol: NDArray[np.int32],
    workspace: Workspace,
    *,
    depth: int,
    report: Callable[[int, int], None],
) -> None:
    """Write the order of the stream `symbol`.

    before: the order of the stream as it was; moved: uint32 per slot of that stream, where it is now or GONE;
    fresh: uint32, the slots of all other symbols. The symbols that stayed have kept their order among each
    other.
    """
    new, new_shared, new_reach = sort_suffixes(symbol, fresh, depth)
    total, placed = len(before.order), 0  # of the new ones
    last = np.int64(-1)  # slot of the last suffix written
    with workspace.appending(**DTYPES) as out:
        for at, (slots, shared, reach) in _kept(before, moved):
            upto = len(new) if at == total else placed + _not_after(symbol, new[placed:], slots, depth)
            part = slice(placed, upto)
            fresh_part = new[part], new_shared[part], new_reach[part]
            merged, shared, reach = _merged((slots, shared, reach), fresh_part, symbol, last, depth)
            out["order"].append(merged)
            out["shared"].append(shared)
            out["reach"].append(reach)
            placed = upto
            if len(merged):
                last = np.int64(merged[-1])
            report(at, total)


def _kept(before: Order, moved: NDArray[np.uint32]) -> Iterator[tuple[int, Ordered]]:
    """What is left of the old order, with the slots of now, chunk by chunk; at least one chunk."""
    carry, total = 255, len(before.order)
    for at in range(0, max(total, 1), _CHUNK):
        slots = moved[before.order[at : at + _CHUNK]]
        shared = np.array(before.shared[at : at + _CHUNK])
        carry = _share(slots, shared, carry)
        stays = slots != GONE
        yield min(at + _CHUNK, total), (slots[stays], shared[stays], before.reach[at : at + _CHUNK][stays])


@compiled
def _share(slots, shared, carry):
    """Between two suffixes that stay, those that went took some of what they share. Comes back with the
    carry.
    """
    for place in range(len(slots)):
        carry = min(carry, shared[place])
        if slots[place] != GONE:
            shared[place] = carry
            carry = 255
    return carry


def _not_after(
    symbol: NDArray[np.int32], new: NDArray[np.uint32], old: NDArray[np.uint32], depth: int
) -> int:
    """How many of the new ones belong before the end of this chunk of old ones."""
    if not len(old):
        return 0
    low, high = 0, len(new)
    while low < high:
        middle = (low + high) // 2
        if _compare(symbol, np.int64(new[middle]), np.int64(old[-1]), depth) < 0:
            low = middle + 1
        else:
            high = middle
    return low


def _merged(old: Ordered, new: Ordered, symbol: NDArray[np.int32], last: np.int64, depth: int) -> Ordered:
    places = np.empty(len(new[0]), np.int64)
    _find(symbol, old[0], new[0], depth, places)
    size = len(old[0]) + len(new[0])
    is_new = np.zeros(size, np.bool_)
    is_new[places + np.arange(len(places))] = True
    slots, shared, reach = np.empty(size, np.uint32), np.empty(size, np.uint8), np.empty(size, np.uint8)
    slots[is_new], shared[is_new], reach[is_new] = new
    slots[~is_new], shared[~is_new], reach[~is_new] = old
    _measure_neighbours(symbol, slots, is_new, last, depth, shared)
    return slots, shared, reach


@compiled
def _compare(symbol, one, other, depth):
    """-1, 0 or 1, as the suffix at slot `one` comes before, with or after that at `other`."""
    for step in range(depth):
        a, b = symbol[one + step], symbol[other + step]
        if a != b:
            return -1 if a < b else 1
        if a == 0:
            return 0
    return 0


@compiled
def _find(symbol, old, new, depth, places):
    """The place among the old ones of each new one, by galloping from the place of the one before."""
    begin = 0
    for number in range(len(new)):
        slot, low, step = np.int64(new[number]), begin, 1
        while low + step <= len(old) and _compare(symbol, np.int64(old[low + step - 1]), slot, depth) < 0:
            low += step
            step *= 2
        high = min(low + step - 1, len(old))
        while low < high:
            middle = (low + high) // 2
            if _compare(symbol, np.int64(old[middle]), slot, depth) < 0:
                low = middle + 1
            else:
                high = middle
        places[number] = begin = low


@compiled
def _measure_neighbours(symbol, slots, is_new, last, depth, shared):
    """`shared` of every new suffix and of every one behind a new one. last: the slot before the first, -1:
    none.
    """
    for place in range(len(slots)):
        if place == 0:
            before = last
        elif is_new[place] or is_new[place - 1]:
            before = np.int64(slots[place - 1])
        else:
            continue
        size = 0
        if before >= 0:
            here = np.int64(slots[place])
            while size < depth and symbol[here + size] != 0 and symbol[here + size] == symbol[before + size]:
                size += 1
        shared[place] = size
