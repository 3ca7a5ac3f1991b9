"""Frequent n-grams as flat arrays, level by level, and the counting of 64-bit keys.

An n-gram is told apart by the numbers of its two (n-1)-grams: exact, no hashing of n-grams, no Python object
per occurrence. `suffixes/` finds them.
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
    infrequent: int  # distinct n-grams below the threshold whose first n-1 symbols are frequent

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


def find(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Position of each wanted key in the sorted keys, and whether it is there at all."""
    if not len(keys):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted


def chunk_size(memory_mb: int) -> int:
    """Occurrences taken at once: a quarter of the budget at about 64 bytes each."""
    return max(1_000, (memory_mb << 20) // 256)


def save_level(
    workspace: Workspace,
    size: int,
    left: NDArray[Any],
    right: NDArray[Any],
    counts: NDArray[np.int64],
    infrequent: int,
) -> None:
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
