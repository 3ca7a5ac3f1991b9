"""What many tasks' judges think at once: `annotation.actions.settling.judged` over arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Opinions:
    """Of N tasks."""

    answers: NDArray[np.intp]  # (N,) place of the answer among the classes; `unsure` where they disagree
    is_disputed: NDArray[np.bool_]  # (N,)
    posteriors: Floats  # (N, classes)
    people: Floats  # (N,) of accept without the model's vote; NaN where it had none


def opinions(
    posteriors: Floats,
    *,
    dispute_below: float,
    unsure: int,
    scores: Floats | None = None,
    base_rate: float = 0.5,
) -> Opinions:
    """From the people's posteriors (N, classes), and the model's scores (N,), NaN where it has no vote."""
    people = np.full(len(posteriors), np.nan)
    if scores is not None:
        votes = ~np.isnan(scores)
        people[votes] = posteriors[votes, 0]
        posteriors = posteriors.copy()
        posteriors[votes] = with_model(posteriors[votes], scores[votes], base_rate)
    answers = posteriors.argmax(axis=1)
    is_disputed = posteriors.max(axis=1, initial=0) < dispute_below
    return Opinions(np.where(is_disputed, unsure, answers), is_disputed, posteriors, people)


def with_model(posteriors: Floats, scores: Floats, base_rate: float) -> Floats:
    """`naive_bayes.with_model`, row by row."""
    scores, base_rate = np.clip(scores, 0.01, 0.99), min(max(base_rate, 0.01), 0.99)
    weights = np.log(np.maximum(posteriors, 1e-300)) + np.log((1 - scores) / (1 - base_rate))[:, None]
    weights[:, 0] += np.log(scores / base_rate) - np.log((1 - scores) / (1 - base_rate))
    shares = np.exp(weights - weights.max(axis=1, keepdims=True, initial=-np.inf))
    return shares / shares.sum(axis=1, keepdims=True)
