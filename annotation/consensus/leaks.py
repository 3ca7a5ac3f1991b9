"""Has a known answer got about? Its latest answers against its earlier ones, and against who gave them.

Two signs, each as a tail probability under "nothing has changed": right far more often than these people
were on it before, and right far quicker than they usually are. Either is enough (Bonferroni over the two).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LATE = 20  # answers that are held against the ones before
EARLY = 10  # before fewer than these nothing can have changed
QUICK = 0.4  # of a person's own median time
LEAK_P = 1e-3  # over all known answers that are looked at together
# How easy one known answer may be beside the average question: log odds, normal around 0.
EASE = np.linspace(-6, 6, 97)
EASE_SPREAD = 2.0


@dataclass(frozen=True)
class Given:
    """The answers to one known answer in the order they came: (N,) each."""

    right: Sequence[bool]
    reliability: Sequence[float]  # of who answered, over all their answers
    haste: Sequence[float]  # time taken, as a share of the person's own median


@dataclass(frozen=True)
class Leak:
    p: float
    p_right: float
    p_quick: float


def leak(given: Given) -> Leak | None:
    """None where there are too few answers to tell."""
    if len(given.right) < EARLY + LATE:
        return None
    right = np.asarray(given.right, dtype=bool)
    odds = np.clip(np.asarray(given.reliability, dtype=float), 0.05, 0.99)
    odds = np.log(odds / (1 - odds))
    quick = right & (np.asarray(given.haste, dtype=float) < QUICK)
    p_right = _more_right(odds[:-LATE], right[:-LATE], odds[-LATE:], int(right[-LATE:].sum()))
    p_quick = _more_quick(quick[:-LATE], int(quick[-LATE:].sum()))
    return Leak(min(1.0, 2 * min(p_right, p_quick)), p_right, p_quick)


def _more_right(early_odds, early_right, late_odds, late_right: int) -> float:
    """P(at least so many of the late ones right), over what the early ones say of how easy it is."""
    weights = -0.5 * (EASE / EASE_SPREAD) ** 2
    early = 1 / (1 + np.exp(-(early_odds[:, None] + EASE[None, :])))
    weights = weights + np.log(np.where(early_right[:, None], early, 1 - early)).sum(axis=0)
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    late = 1 / (1 + np.exp(-(late_odds[:, None] + EASE[None, :])))
    return float(min(1.0, (weights * at_least(late, late_right)).sum()))


def at_least(shares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """P(X >= count) for sums of independent yes-or-no draws: (N, M) chances to (M,) tails."""
    size, columns = shares.shape
    ways = np.zeros((size + 1, columns))
    ways[0] = 1
    for row in shares:
        ways[1:] = ways[1:] * (1 - row) + ways[:-1] * row
        ways[0] *= 1 - row
    return ways[count:].sum(axis=0)


def _more_quick(early, late_quick: int) -> float:
    """The same for right and quick, with the early share known as far as its number allows."""
    a, b = early.sum() + 0.5, len(early) - early.sum() + 4.5  # before any answer one in ten is so quick
    shares = np.linspace(0.005, 0.995, 100)
    weights = np.exp((a - 1) * np.log(shares) + (b - 1) * np.log(1 - shares))
    weights /= weights.sum()
    tails = at_least(np.broadcast_to(shares, (LATE, len(shares))), late_quick)
    return float(min(1.0, (weights * tails).sum()))


def threshold(looked_at: int) -> float:
    """Bonferroni: among many known answers one looks odd by chance."""
    return LEAK_P / max(1, looked_at)
