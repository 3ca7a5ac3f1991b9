"""One number per candidate, and which candidates live only inside a longer one."""

import numpy as np
from numpy.typing import NDArray

from mining.phrases.ngrams import Level

# Half-way points: the value of each measure at which its part of the score is one half.
HALF_PMI, HALF_ENTROPY, HALF_DOCUMENTS = 4.0, 1.5, 5.0
# Weights of cohesion, freedom, frequency, boundaries and standing; they sum to 1.
WEIGHTS = (0.25, 0.3, 0.15, 0.2, 0.1)
# A single word's rarity counts less than the same PMI: it says nothing about belonging together.
SINGLE_WORD = 0.5


def score(
    pmi: NDArray[np.float64],
    entropy: NDArray[np.float64],
    document_count: NDArray[np.int64],
    boundary_share: NDArray[np.float64],
    raw_share: NDArray[np.float64],
    rarity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Quality in 0..1: the weighted geometric mean of five parts, each growing with its measure.

    cohesion = pmi / (pmi + 4); freedom = h / (h + 1.5) with h the poorer side's entropy; frequency = d / (d
    + 5) with d documents; the boundary share; and the share of raw occurrences, between two breaks. A part
    of 0 makes the score 0: a phrase must be good in all of them. Single words have no PMI; half their
    `rarity`, log(documents / documents with the word), takes its place. It depends on nothing but the
    candidate's own counts and the corpus size, so scores of two runs compare.
    """
    cohesion = np.maximum(np.where(np.isnan(pmi), SINGLE_WORD * rarity, pmi), 0.0)
    shares = (
        cohesion / (cohesion + HALF_PMI),
        entropy / (entropy + HALF_ENTROPY),
        document_count / (document_count + HALF_DOCUMENTS),
        boundary_share,
        raw_share,
    )
    product = np.ones(len(pmi))
    for share, weight in zip(shares, WEIGHTS, strict=True):
        product *= share**weight
    # Rounded so that the order cannot hang on the last bit of a library's logarithm.
    return np.round(product, 9)


def largest_container(levels: list[Level], alive: list[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
    """Per level and n-gram: the count of the most frequent longer n-gram that contains it and is alive (0:
    none).
    """
    best = [np.zeros(len(level), np.int64) for level in levels]
    for size in range(len(levels), 1, -1):
        level, here = levels[size - 1], best[size - 1]
        worth = np.maximum(here, np.where(alive[size - 1], level.count, 0))
        np.maximum.at(best[size - 2], level.left, worth)
        np.maximum.at(best[size - 2], level.right, worth)
    return best
