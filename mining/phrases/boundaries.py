"""How often the edges of an n-gram are word boundaries."""

import numpy as np
from numpy.typing import NDArray

from mining.phrases.ngrams import Level
from mining.phrases.statistics import occurrences


def boundary_shares(
    level: Level,
    group_of: NDArray[np.int64],
    counts: NDArray[np.int64],
    word: NDArray[np.int32],
    memory_mb: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of each group's occurrences with word boundaries at both edges (float64, groups), and with one
    before each symbol and after the last (float64, groups × (size + 1)). word: per slot, -1 inside a word.
    """
    both, each = np.zeros(len(counts)), np.zeros((len(counts), level.size + 1))
    for slot, group in occurrences(level, group_of, 0, len(counts), memory_mb):
        outside = (word[slot] >= 0) & (word[slot + level.size] >= 0)
        both += np.bincount(group[outside], minlength=len(counts))
        for place in range(level.size + 1):
            each[:, place] += np.bincount(group[word[slot + place] >= 0], minlength=len(counts))
    return both / counts, each / counts[:, None]
