"""The table of consensus methods: each turns all judgments of a campaign into posteriors."""

import warnings
from collections.abc import Callable

import numpy as np

from annotation.consensus.dawid_skene import (
    Fit,
    Floats,
    Judgments,
    clamp,
    class_prior,
    dawid_skene,
    vote_shares,
)

# One that fails to settle must not hold a worker for ever; far beyond what the data of the bench need.
M_MSR_ITERATIONS = 1_000


class DidNotFit(RuntimeError):
    """A method that cannot make sense of these judgments; another one has to."""


def fit(method: str, judgments: Judgments) -> Fit:
    """The posteriors of every task by the named method.

    ValueError for an unknown name; DidNotFit where the method fails on these judgments, as M-MSR does
    where too few pairs of people have answered the same tasks.
    """
    try:
        run = METHODS[method]
    except KeyError:
        there = ", ".join(sorted(METHODS))
        raise ValueError(f"no consensus method {method!r}; there are: {there}") from None
    if not len(judgments):
        shares = vote_shares(judgments)
        return Fit(shares, class_prior(shares))
    try:
        fitted = run(judgments)
    except (ArithmeticError, LookupError, ValueError) as error:
        raise DidNotFit(f"{method} failed on {len(judgments)} judgments: {error}") from error
    if not np.isfinite(fitted.posteriors).all():
        raise DidNotFit(f"{method} gives no probabilities for these {len(judgments)} judgments")
    return fitted


def _majority(judgments: Judgments) -> Fit:
    shares = vote_shares(judgments)
    return Fit(shares, class_prior(shares))


def by_crowd_kit(name: str, **options) -> Callable[[Judgments], Fit]:
    """A method of crowd-kit by the name of its class; options are those of its constructor."""

    def run(judgments: Judgments) -> Fit:
        import pandas as pd  # half a second to load, so not before somebody wants it
        from crowdkit import aggregation

        frame = pd.DataFrame(
            {"task": judgments.tasks, "worker": judgments.annotators, "label": judgments.answers}
        )
        aggregator = getattr(aggregation, name)(**options)
        with warnings.catch_warnings():
            # crowd-kit 1.4 is written for pandas 2: what it does is right and only announced to change.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", getattr(pd.errors, "Pandas4Warning", DeprecationWarning))
            if name in SKILLS_ONLY:
                posteriors = _weighted_votes(judgments, aggregator.fit(frame).skills_)
            elif hasattr(aggregator, "fit_predict_proba"):
                posteriors = _table(judgments, aggregator.fit_predict_proba(frame))
            else:
                scores = aggregator.fit_predict_score(frame).clip(lower=0)
                posteriors = _table(judgments, scores.div(scores.sum(axis=1).replace(0, 1), axis=0))
        posteriors = clamp(posteriors, judgments)
        return Fit(posteriors, class_prior(posteriors))

    return run


# Their last step, a vote weighted by skill, is ours: in crowd-kit 1.4 it fails with scikit-learn 1.7 and
# later ("no attribute __sklearn_tags__").
SKILLS_ONLY = ("Wawa", "ZeroBasedSkill")


def _weighted_votes(judgments: Judgments, skills) -> Floats:
    weight = np.zeros(judgments.annotator_count)
    weight[skills.index.to_numpy(dtype=int)] = np.maximum(skills.to_numpy(dtype=float), 0)
    cell = judgments.tasks * judgments.classes + judgments.answers
    size = judgments.task_count * judgments.classes
    votes = np.bincount(cell, weights=weight[judgments.annotators], minlength=size)
    votes = votes.reshape(judgments.task_count, judgments.classes)
    total = votes.sum(axis=1, keepdims=True)
    return np.divide(votes, total, out=vote_shares(judgments), where=total > 0)


def _table(judgments: Judgments, shares) -> Floats:
    """A frame of tasks by labels as (tasks, classes); what it does not mention is uniform or impossible."""
    posteriors = np.full((judgments.task_count, judgments.classes), 1 / judgments.classes)
    rows, columns = shares.index.to_numpy(dtype=int), shares.columns.to_numpy(dtype=int)
    posteriors[rows] = 0.0
    posteriors[np.ix_(rows, columns)] = shares.to_numpy(dtype=float)
    return posteriors


METHODS: dict[str, Callable[[Judgments], Fit]] = {
    "majority": _majority,
    "dawid_skene": dawid_skene,
    # The further ones are crowd-kit's (Ustalov et al. 2024), with its defaults. They take no known
    # answers into their estimates; gold then still measures people through the confusion counts.
    "one_coin": by_crowd_kit("OneCoinDawidSkene"),
    "glad": by_crowd_kit("GLAD"),
    "mace": by_crowd_kit("MACE"),
    "mmsr": by_crowd_kit("MMSR", n_iter=M_MSR_ITERATIONS, random_state=0),
    "wawa": by_crowd_kit("Wawa"),
    "zero_based_skill": by_crowd_kit("ZeroBasedSkill"),
}
