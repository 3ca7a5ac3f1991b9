"""How good a classifier's probabilities are, with intervals; plain numpy.

Every metric is None where it is undefined (no positives, one class only), never a made-up number.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Truth = NDArray[np.bool_]
Probabilities = NDArray[np.float64]

THRESHOLD = 0.5
RESAMPLES = 1000
LEVEL = 0.95
# Where fewer resamples than this have a value, the interval would say nothing.
_ENOUGH = 20


def accuracy(truth: Truth, probabilities: Probabilities) -> float | None:
    if not len(truth):
        return None
    return float(np.mean((probabilities >= THRESHOLD) == truth))


def precision(truth: Truth, probabilities: Probabilities) -> float | None:
    said_yes = probabilities >= THRESHOLD
    return float(truth[said_yes].mean()) if said_yes.any() else None


def recall(truth: Truth, probabilities: Probabilities) -> float | None:
    return float((probabilities[truth] >= THRESHOLD).mean()) if truth.any() else None


def f1(truth: Truth, probabilities: Probabilities) -> float | None:
    said_yes = probabilities >= THRESHOLD
    total = int(said_yes.sum() + truth.sum())
    return 2 * int((said_yes & truth).sum()) / total if total else None


def average_precision(truth: Truth, probabilities: Probabilities) -> float | None:
    """Area under the precision-recall steps; equal probabilities share one step."""
    if not truth.any():
        return None
    order = np.argsort(-probabilities, kind="stable")
    hits = np.cumsum(truth[order])
    last_of_tie = np.append(np.diff(probabilities[order]) != 0, True)
    at = np.flatnonzero(last_of_tie)
    gained = np.diff(hits[at], prepend=0) / hits[-1]
    return float(np.sum(gained * hits[at] / (at + 1)))


def auc(truth: Truth, probabilities: Probabilities) -> float | None:
    """Chance that a random yes is scored above a random no; ties count half (Mann-Whitney)."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return None
    _, group, size = np.unique(probabilities, return_inverse=True, return_counts=True)
    rank = np.cumsum(size) - (size - 1) / 2
    above = rank[group][truth].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def brier(truth: Truth, probabilities: Probabilities) -> float | None:
    """Mean squared distance from the truth; smaller is better."""
    return float(np.mean((probabilities - truth) ** 2)) if len(truth) else None


METRICS: dict[str, Callable[[Truth, Probabilities], float | None]] = {
    "accuracy": accuracy,
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "average_precision": average_precision,
    "auc": auc,
    "brier": brier,
}


def interval(
    metric: Callable[[Truth, Probabilities], float | None],
    truth: Truth,
    probabilities: Probabilities,
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> tuple[float, float] | None:
    """Percentile bootstrap of 95 %; resamples on which the metric is undefined are left out."""
    if len(truth) < 2:
        return None
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        drawn = rng.integers(len(truth), size=len(truth))
        value = metric(truth[drawn], probabilities[drawn])
        if value is not None:
            values.append(value)
    if len(values) < _ENOUGH:
        return None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def measure(truth: Truth, probabilities: Probabilities, *, seed: int) -> dict[str, object]:
    """{"f1": [value, low, high], …, "size": n, "positives": n}; an undefined part is None."""
    truth = np.asarray(truth, dtype=bool)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    measured: dict[str, object] = {"size": len(truth), "positives": int(truth.sum())}
    for name, metric in METRICS.items():
        value = metric(truth, probabilities)
        if value is None:
            measured[name] = None
            continue
        low, high = interval(metric, truth, probabilities, seed=seed) or (None, None)
        measured[name] = [_rounded(value), _rounded(low), _rounded(high)]
    return measured


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
