"""How good a classifier's probabilities are, with intervals; plain numpy.

Everything is computed for many weightings of the examples at once, one a row: a weighting of ones gives
the value, weightings drawn at random the bootstrap. A metric is None where it is undefined (no positives,
one class only), never a made-up number.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Truth = NDArray[np.bool_]
Floats = NDArray[np.float64]

THRESHOLD = 0.5
RESAMPLES = 1000
LEVEL = 0.95
# Where fewer resamples than this have a value, the interval would say nothing.
_ENOUGH = 20
_CELLS = 4_000_000  # of a matrix of weights held at once
METRICS = ("average_precision", "f1", "accuracy", "precision", "recall", "auc", "brier")


def values(truth: Truth, probabilities: Floats) -> dict[str, float | None]:
    """Every metric; `brier`, the mean squared distance from the truth, is better when smaller."""
    truth, probabilities = _checked(truth, probabilities)
    if not len(truth):
        return dict.fromkeys(METRICS)
    computed = _weighted(truth, probabilities, np.ones((1, len(truth))))
    return {name: None if np.isnan(computed[name][0]) else float(computed[name][0]) for name in METRICS}


def intervals(
    truth: Truth, probabilities: Floats, *, seed: int, resamples: int = RESAMPLES
) -> dict[str, tuple[float, float] | None]:
    """Percentile bootstrap of 95 %; resamples on which a metric is undefined are left out."""
    truth, probabilities = _checked(truth, probabilities)
    if len(truth) < 2:
        return dict.fromkeys(METRICS)
    drawn = [_weighted(truth, probabilities, weights) for weights in _draws(len(truth), seed, resamples)]
    found: dict[str, tuple[float, float] | None] = {}
    for name in METRICS:
        column = np.concatenate([computed[name] for computed in drawn])
        column = column[~np.isnan(column)]
        if len(column) < _ENOUGH:
            found[name] = None
        else:
            low, high = np.quantile(column, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            found[name] = float(low), float(high)
    return found


def measure(truth: Truth, probabilities: Floats, *, seed: int) -> dict[str, object]:
    """{"f1": [value, low, high], …, "size": n, "positives": n}; an undefined part is None."""
    found = values(truth, probabilities)
    spread = intervals(truth, probabilities, seed=seed)
    measured: dict[str, object] = {"size": len(truth), "positives": int(np.sum(truth))}
    for name in METRICS:
        value, (low, high) = found[name], spread[name] or (None, None)
        measured[name] = None if value is None else [_rounded(value), _rounded(low), _rounded(high)]
    return measured


def _checked(truth: Truth, probabilities: Floats) -> tuple[Truth, Floats]:
    return np.asarray(truth, dtype=bool), np.asarray(probabilities, dtype=np.float64)


def _draws(size: int, seed: int, resamples: int) -> Iterator[Floats]:
    """How often each example comes up in samples of the same size with replacement."""
    rng = np.random.default_rng(seed)
    at_once = max(_CELLS // size, 1)
    for start in range(0, resamples, at_once):
        yield rng.multinomial(size, np.full(size, 1 / size), size=min(at_once, resamples - start)).astype(
            float
        )


def _weighted(truth: Truth, probabilities: Floats, weights: Floats) -> dict[str, Floats]:
    said_yes = probabilities >= THRESHOLD
    total, positives = weights.sum(axis=1), weights @ truth
    yeses, hits = weights @ said_yes, weights @ (said_yes & truth)
    with np.errstate(invalid="ignore"):  # 0 / 0 is "undefined" here
        return {
            "accuracy": weights @ (said_yes == truth) / total,
            "precision": hits / yeses,
            "recall": hits / positives,
            "f1": 2 * hits / (yeses + positives),
            "brier": weights @ (probabilities - truth) ** 2 / total,
            **_ranking(truth, probabilities, weights),
        }


def _ranking(truth: Truth, probabilities: Floats, weights: Floats) -> dict[str, Floats]:
    """Average precision, with one step per distinct probability, and the area under the ROC curve."""
    order = np.argsort(-probabilities, kind="stable")
    last_of_tie = np.flatnonzero(np.append(np.diff(probabilities[order]) != 0, True))
    above = np.cumsum(weights[:, order], axis=1)[:, last_of_tie]
    hits = np.cumsum(weights[:, order] * truth[order], axis=1)[:, last_of_tie]
    gained = np.diff(hits, axis=1, prepend=0)
    positives, negatives = hits[:, -1], above[:, -1] - hits[:, -1]
    misses = above - hits
    # Negatives ranked below a step, and half of those tied with it (Mann-Whitney).
    beaten = negatives[:, None] - misses + np.diff(misses, axis=1, prepend=0) / 2
    return {
        "average_precision": (gained * hits / np.maximum(above, 1)).sum(axis=1) / positives,
        "auc": (gained * beaten).sum(axis=1) / (positives * negatives),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
