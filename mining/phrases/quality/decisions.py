"""The classifier that people's decisions teach, once there are enough of them to do without guesses."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier

from mining.phrases.compiled import on_all_cores
from mining.phrases.quality.forest import ENOUGH

_ROWS = 50_000  # scored at once


def enough(decided: NDArray[np.int8]) -> bool:
    """Whether that many were accepted and rejected that a tree of the robust forest needs no guess. decided:
    1 accepted, -1 rejected, 0 neither."""
    return int((decided > 0).sum()) >= ENOUGH and int((decided < 0).sum()) >= ENOUGH


def score_as_decided(
    features: NDArray[np.float32], decided: NDArray[np.int8], *, trees: int, seed: int
) -> NDArray[np.float64]:
    """Mean probability, both classes weighing alike, that people would accept each row: float64 in 0..1.

    Extremely randomised trees (Geurts, Ernst and Wehenkel 2006): with a few hundred labels and a hundred
    features cuts drawn at random vary less than the best ones.
    """
    rows = np.flatnonzero(decided)
    model = ExtraTreesClassifier(
        trees, min_samples_leaf=2, max_features=0.2, class_weight="balanced", random_state=seed
    ).fit(features[rows], decided[rows] > 0)
    ranges = [(at, min(at + _ROWS, len(features))) for at in range(0, len(features), _ROWS)]
    parts = on_all_cores(lambda part: model.predict_proba(features[part[0] : part[1]])[:, 1], ranges)
    # Rounded, so that the order cannot hang on how a sum was rounded.
    return np.round(np.concatenate([np.empty(0), *parts]), 9)


def favoured(quality: NDArray[np.float64], count: NDArray[np.int64], favour: float) -> NDArray[np.float64]:
    """Quality in 0..1 with its logarithm of odds raised by `favour` per natural logarithm of how many times
    more often than the median candidate a phrase occurs.

    People decide on phrases that are mostly rare, as candidates are, and rare ones are right more often: a
    list by quality alone would leave out what everybody talks about.
    """
    if not len(count):
        return quality
    safe = np.clip(quality, 0.01, 0.99)
    odds = np.log(safe / (1 - safe)) + favour * np.log(count / np.median(count))
    return np.round(1 / (1 + np.exp(-odds)), 9)
