"""Counting: frequent n-grams level by level, with the pruning of Apriori (Agrawal and Srikant 1994).

An n-gram is frequent only if both its (n-1)-grams are, and it is told apart by that pair. So level n looks at
neighbouring occurrences of level n-1, packs the two numbers into one 64-bit key, sorts and counts. Exact: no
hashing of n-grams, no Python object per occurrence. Where the keys of a level exceed the memory budget they
are counted in several passes, each taking the keys of one residue class.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.symbols import mix
from mining.phrases.workspace import Workspace

_BYTES_PER_KEY = 40  # key, sort copy, count and merge copies of one occurrence


@dataclass(frozen=True)
class Level:
    """Frequent n-grams of one size.

    Per n-gram (sorted by left, then right): `count` int64; `left` and `right` int32, the numbers at level
    n-1 of its first and last n-1 symbols (at level 1 both hold the symbol number). Per occurrence, in
    stream order: `slot` uint32, where it begins, and `gram` int32, which n-gram it is.
    """

    size: int
    count: NDArray[np.int64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    slot: NDArray[np.uint32]
    gram: NDArray[np.int32]
    infrequent: int  # distinct n-grams that were counted and are below the threshold

    def __len__(self) -> int:
        return len(self.count)

    def keys(self) -> NDArray[np.uint64]:
        """One sorted key per n-gram."""
        return pack(self.left, self.right)


def pack(high: NDArray[Any], low: NDArray[Any]) -> NDArray[np.uint64]:
    """Two non-negative 32-bit columns as one 64-bit key that sorts by the first, then the second."""
    return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)


def unpack(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return (keys >> np.uint64(32)).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)


def count_keys(
    chunks: Callable[[], Iterator[NDArray[np.uint64]]], most: int, *, min_count: int, memory_mb: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64], int]:
    """Frequent keys with their counts, sorted, and the number of infrequent ones.

    `chunks` starts a new scan at each call; `most` bounds the number of keys in a scan.
    """
    passes = max(1, -(-most * _BYTES_PER_KEY // (memory_mb << 20)))
    keys, counts, infrequent = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], 0
    for residue in range(passes):
        part, number = _count_pass(chunks(), residue, passes)
        frequent = number >= min_count
        infrequent += int((~frequent).sum())
        keys.append(part[frequent])
        counts.append(number[frequent])
    key, count = np.concatenate(keys), np.concatenate(counts)
    order = np.argsort(key)
    return key[order], count[order], infrequent


def _count_pass(
    chunks: Iterator[NDArray[np.uint64]], residue: int, passes: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    keys, counts = np.empty(0, np.uint64), np.empty(0, np.int64)
    waiting: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []
    for chunk in chunks:
        mine = chunk if passes == 1 else chunk[mix(chunk) % np.uint64(passes) == residue]
        waiting.append(np.unique(mine, return_counts=True))
        # Merged when as large as what is there already, so that all merges together stay linear.
        if sum(len(part) for part, _ in waiting) >= len(keys):
            keys, counts = _merge([(keys, counts), *waiting])
            waiting = []
    return _merge([(keys, counts), *waiting])


def _merge(
    parts: list[tuple[NDArray[np.uint64], NDArray[np.int64]]],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Sums of the counts of equal keys."""
    keys = np.concatenate([part for part, _ in parts])
    counts = np.concatenate([count for _, count in parts])
    if not len(keys):
        return keys, counts
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[begins], np.add.reduceat(counts[order], begins)


def first_level(symbol: NDArray[np.int32], workspace: Workspace, *, min_count: int, memory_mb: int) -> None:
    """Write level 1: the frequent symbols of the stream."""
    chunk = chunk_size(memory_mb)
    counts = np.zeros(1, np.int64)
    for at in range(0, len(symbol), chunk):
        part = np.bincount(symbol[at : at + chunk])
        counts = np.pad(counts, (0, max(0, len(part) - len(counts))))
        counts[: len(part)] += part
    counts[0] = 0  # the breaks
    frequent = np.flatnonzero(counts >= min_count)
    number = np.full(len(counts), -1, np.int32)
    number[frequent] = np.arange(len(frequent))
    with workspace.appending(slot1="<u4", gram1="<i4") as out:
        for at in range(0, len(symbol), chunk):
            gram = number[symbol[at : at + chunk]]
            found = np.flatnonzero(gram >= 0)
            out["slot1"].append(found + at)
            out["gram1"].append(gram[found])
    infrequent = int((counts > 0).sum()) - len(frequent)
    _save(workspace, 1, pack(frequent, frequent), counts[frequent], infrequent)


def next_level(below: Level, workspace: Workspace, *, min_count: int, memory_mb: int) -> None:
    """Write the level above `below`."""
    chunk, size = chunk_size(memory_mb), below.size + 1

    def pairs() -> Iterator[tuple[NDArray[np.uint32], NDArray[np.uint64]]]:
        for at in range(0, max(len(below.slot) - 1, 0), chunk):
            slot, gram = below.slot[at : at + chunk + 1], below.gram[at : at + chunk + 1]
            near = np.flatnonzero(slot[1:] == slot[:-1] + np.uint32(1))
            yield slot[near], pack(gram[near], gram[near + 1])

    keys, counts, infrequent = count_keys(
        lambda: (key for _, key in pairs()), len(below.slot), min_count=min_count, memory_mb=memory_mb
    )
    with workspace.appending(**{f"slot{size}": "<u4", f"gram{size}": "<i4"}) as out:
        for slot, key in pairs():
            gram, found = find(keys, key)
            out[f"slot{size}"].append(slot[found])
            out[f"gram{size}"].append(gram[found])
    _save(workspace, size, keys, counts, infrequent)


def find(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Position of each wanted key in the sorted keys, and whether it is there at all."""
    if not len(keys):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted


def chunk_size(memory_mb: int) -> int:
    """Occurrences taken at once: a quarter of the budget at about 64 bytes each."""
    return max(1_000, (memory_mb << 20) // 256)


def _save(
    workspace: Workspace, size: int, keys: NDArray[Any], counts: NDArray[np.int64], infrequent: int
) -> None:
    left, right = unpack(keys)
    workspace.save_table(
        f"level{size}",
        {"count": counts, "left": left.astype(np.int32), "right": right.astype(np.int32),
         "infrequent": np.array(infrequent)},
    )  # fmt: skip


def load_level(workspace: Workspace, size: int) -> Level:
    table = workspace.load_table(f"level{size}")
    return Level(
        size=size,
        count=table["count"],
        left=table["left"],
        right=table["right"],
        slot=workspace.array(f"slot{size}", "<u4"),
        gram=workspace.array(f"gram{size}", "<i4"),
        infrequent=int(table["infrequent"]),
    )


def spelled(levels: list[Level], size: int) -> NDArray[np.int32]:
    """Symbol ranks (numbers at level 1) of every n-gram of a size: int32, n-grams × size."""
    if size == 1:
        return np.arange(len(levels[0]), dtype=np.int32)[:, None]
    level, below = levels[size - 1], spelled(levels, size - 1)
    return np.hstack([below[level.left], below[level.right][:, -1:]])
