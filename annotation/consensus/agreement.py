"""Krippendorff's alpha for nominal answers, with a bootstrap interval, from patterns of answers.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). Tasks on which the same answers
fell the same number of times are one pattern, so that a million tasks are a few hundred rows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95


@dataclass(frozen=True)
class Agreement:
    alpha: float
    low: float
    high: float
    tasks: int
    judgments: int


def alpha(patterns: Floats, weights: Floats) -> Floats:
    """(B,) alphas of B weightings (B, P) of P patterns (P, K); NaN where everybody said one and the same.

    A pattern is how often each of K answers was given to a task; its weight is how many tasks have it.
    """
    per_task = patterns.sum(axis=1)
    # Pairs that differ, of the pairs in each task: (n^2 - sum of squares) / (n - 1).
    apart = (per_task**2 - (patterns**2).sum(axis=1)) / np.maximum(per_task - 1, 1)
    observed = weights @ apart
    totals = weights @ patterns
    every = totals.sum(axis=1)
    by_chance = every**2 - (totals**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(by_chance > 0, 1 - (every - 1) * observed / by_chance, np.nan)


def agreement(
    patterns: NDArray[Any], counts: NDArray[np.integer], *, draws: int = 1000, seed: int = 0
) -> Agreement | None:
    """None where no two people answered one task, or nobody ever said anything else.

    Tasks are drawn anew with replacement for the interval (percentiles of `draws` bootstrap samples).
    """
    several = patterns.sum(axis=1) > 1
    patterns, counts = patterns[several].astype(np.float64), counts[several]
    tasks = int(counts.sum())
    if not tasks:
        return None
    point = float(alpha(patterns, counts[None, :].astype(np.float64))[0])
    if np.isnan(point):
        return None
    drawn = np.random.default_rng(seed).multinomial(tasks, counts / tasks, size=draws)
    samples = alpha(patterns, drawn.astype(np.float64))
    samples = samples[~np.isnan(samples)]
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(samples) else (point, point)
    judgments = int((patterns.sum(axis=1) * counts).sum())
    return Agreement(point, float(low), float(high), tasks, judgments)
