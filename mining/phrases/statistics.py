"""What is measured about an n-gram, by grouped reductions over sorted pairs."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level, chunk_size, pack, unpack

_BYTES_PER_PAIR = 96  # slot, group, neighbours, keys, their sort copies and the boundaries of one occurrence


def pmi(levels: list[Level], size: int, total: int) -> NDArray[np.float64]:
    """Pointwise mutual information of each n-gram of a size, in nats: that of its weakest binary split.

    PMI(a, b) = log p(ab) / (p(a) p(b)) (Church and Hanks 1990), p = count / `total`, the number of symbols;
    for more than two symbols the smallest over all binary splits, as in SegPhrase (Liu et al. 2015,
    concordance). NaN for single symbols, which have nothing to split.
    """
    if size == 1:
        return np.full(len(levels[0]), np.nan)
    count = np.log(levels[size - 1].count)
    heads, tails = parts(levels, size)
    weakest = np.full(len(levels[size - 1]), np.inf)
    for head in range(1, size):
        first = np.log(levels[head - 1].count[heads[head]])
        second = np.log(levels[size - head - 1].count[tails[size - head]])
        weakest = np.minimum(weakest, count + np.log(max(total, 1)) - first - second)
    return weakest


def parts(levels: list[Level], size: int) -> tuple[dict[int, NDArray[np.intp]], dict[int, NDArray[np.intp]]]:
    """For each length k < size: the numbers (at level k) of the first and of the last k symbols."""
    heads = {size: np.arange(len(levels[size - 1]))}
    tails = dict(heads)
    for length in range(size - 1, 0, -1):
        heads[length] = levels[length].left[heads[length + 1]].astype(np.intp)
        tails[length] = levels[length].right[tails[length + 1]].astype(np.intp)
    return heads, tails


def blocks(counts: NDArray[np.int64], memory_mb: int) -> Iterator[tuple[int, int]]:
    """Ranges of groups whose occurrences fit the budget together (one group alone may exceed it)."""
    most = (memory_mb << 20) // _BYTES_PER_PAIR
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        done = ends[begin - 1] if begin else 0
        finish = max(int(np.searchsorted(ends, done + most, side="right")), begin + 1)
        yield begin, finish
        begin = finish


def occurrences(
    level: Level, group_of: NDArray[np.int64], begin: int, finish: int, memory_mb: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(slot, group) of all occurrences of groups [begin, finish), in stream order, chunk by chunk.

    `group_of`: per n-gram of the level the number of its group, -1 for none.
    """
    chunk = chunk_size(memory_mb)
    for at in range(0, len(level.slot), chunk):
        group = group_of[level.gram[at : at + chunk]]
        found = np.flatnonzero((group >= begin) & (group < finish))
        yield level.slot[at : at + chunk][found].astype(np.int64), group[found]


def pair_counts(
    groups: NDArray[np.int64], values: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Distinct (group, value) pairs, sorted, and how often each occurs."""
    keys, counts = np.unique(pack(groups, values), return_counts=True)
    return *unpack(keys), counts


def freedom(
    level: Level,
    group_of: NDArray[np.int64],
    counts: NDArray[np.int64],
    stream: Stream,
    free: NDArray[np.bool_],
    documents: NDArray[np.int64],
    memory_mb: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Left entropy, right entropy (nats), document count and raw count of each group.

    Branching entropy H = -sum p(x|w) log p(x|w) over the symbols x next to w (Jin and Tanaka-Ishii 2006).
    Every occurrence beside a break or a function word (`free`: bool per symbol number) counts as a
    neighbour of its own: nothing says more that w begins or ends there, and in a small corpus "an" before
    "instant glow" must not count against it. The raw count is the number of occurrences between two breaks,
    the paper's raw phrases (section 4.1.1).
    """
    left, right = np.zeros(len(counts)), np.zeros(len(counts))
    in_documents, raw = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.int64)
    for begin, finish in blocks(counts, memory_mb):
        found = list(occurrences(level, group_of, begin, finish, memory_mb))
        slot, group = (np.concatenate(column) for column in zip(*found, strict=True))
        group = group - begin
        size, here = finish - begin, counts[begin:finish]
        before, after = stream.symbol[slot - 1], stream.symbol[slot + level.size]
        left[begin:finish] = _entropy(group, before, free, here)
        right[begin:finish] = _entropy(group, after, free, here)
        raw[begin:finish] = np.bincount(group[(before == 0) & (after == 0)], minlength=size)
        owners = pair_counts(group, documents[stream.sentences_at(slot)])[0]
        in_documents[begin:finish] = np.bincount(owners, minlength=size)
    return left, right, in_documents, raw


def _entropy(
    group: NDArray[np.int64],
    neighbour: NDArray[np.int32],
    free: NDArray[np.bool_],
    counts: NDArray[np.int64],
) -> NDArray[np.float64]:
    """H = log c - sum n_x log n_x / c, where a free neighbour, being alone with n_x = 1, adds nothing."""
    known = ~free[neighbour]
    owner, _, number = pair_counts(group[known], neighbour[known].astype(np.int64))
    spent = np.bincount(owner, weights=number * np.log(number), minlength=len(counts))
    entropy: NDArray[np.float64] = np.maximum(np.log(counts) - spent / counts, 0.0)
    return entropy
