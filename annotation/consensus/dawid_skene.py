"""Dawid-Skene by expectation maximisation, vectorised over judgments.

A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
Algorithm", Applied Statistics 28 (1979). With a Dirichlet prior on the rows of each confusion matrix
(MAP instead of maximum likelihood): annotators with few answers keep the benefit of the doubt instead of
being called perfect or hopeless. Against crowd-kit's plain EM: docs/benchmarks.md.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from annotation.consensus.naive_bayes import unknown

Ids = NDArray[np.integer]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judgments:
    """Parallel arrays of N judgments, with ids from 0: who said what about which task.

    `truth` (tasks,) names the class of tasks whose answer is known (gold), -1 where it is not.
    """

    tasks: Ids
    annotators: Ids
    answers: Ids
    task_count: int
    annotator_count: int
    classes: int
    truth: Ids | None = None

    def __post_init__(self):
        for name, ids, count in (
            ("tasks", self.tasks, self.task_count),
            ("annotators", self.annotators, self.annotator_count),
            ("answers", self.answers, self.classes),
        ):
            if len(ids) != len(self.tasks):
                raise ValueError(f"{name} has {len(ids)} entries, tasks {len(self.tasks)}")
            if len(ids) and (ids.min() < 0 or ids.max() >= count):
                raise ValueError(f"{name} must lie between 0 and {count - 1}")

    def __len__(self) -> int:
        return len(self.tasks)

    @cached_property
    def by_task(self) -> csr_matrix:
        """(tasks, annotators * classes): 1 where the annotator gave that answer to the task."""
        cells = self.annotators * self.classes + self.answers
        shape = self.task_count, self.annotator_count * self.classes
        return csr_matrix((np.ones(len(self)), (self.tasks, cells)), shape=shape)

    @cached_property
    def by_cell(self) -> csr_matrix:
        """The same, turned round: (annotators * classes, tasks)."""
        return self.by_task.T.tocsr()


@dataclass(frozen=True)
class Fit:
    """What a method makes of the judgments."""

    posteriors: Floats  # (tasks, classes)
    prior: Floats  # (classes,)


def vote_shares(judgments: Judgments) -> Floats:
    """(tasks, classes): how the votes of each task are spread; tasks without one are uniform."""
    cell = judgments.tasks * judgments.classes + judgments.answers
    votes = np.bincount(cell, minlength=judgments.task_count * judgments.classes).astype(np.float64)
    votes = votes.reshape(judgments.task_count, judgments.classes)
    total = votes.sum(axis=1, keepdims=True)
    shares = np.divide(votes, total, out=np.full_like(votes, 1 / judgments.classes), where=total > 0)
    return clamp(shares, judgments)


def clamp(posteriors: Floats, judgments: Judgments) -> Floats:
    """Tasks with a known answer are sure of it."""
    if judgments.truth is None:
        return posteriors
    known = judgments.truth >= 0
    posteriors[known] = np.eye(judgments.classes)[judgments.truth[known]]
    return posteriors


def confusion_counts(judgments: Judgments, posteriors: Floats) -> Floats:
    """(annotators, classes, classes): expected count of answers by true class (row) and answer (column)."""
    counts = judgments.by_cell @ posteriors
    return counts.reshape(judgments.annotator_count, judgments.classes, judgments.classes).transpose(0, 2, 1)


def class_prior(posteriors: Floats) -> Floats:
    """Shares of the classes, with one task's weight spread evenly, so that none is impossible."""
    classes = posteriors.shape[1]
    return (posteriors.sum(axis=0) + 1 / classes) / (len(posteriors) + 1)


def posteriors_of(judgments: Judgments, counts: Floats, prior: Floats) -> Floats:
    """The E step: (tasks, classes) given annotators' counts and class shares."""
    smoothed = counts + np.array(unknown(judgments.classes))
    likelihood = np.log(smoothed / smoothed.sum(axis=2, keepdims=True))
    # (annotators * answers, classes): of each answer, how likely it is under each true class.
    weights = judgments.by_task @ likelihood.transpose(0, 2, 1).reshape(-1, judgments.classes)
    weights += np.log(prior)
    weights -= weights.max(axis=1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=1, keepdims=True)
    return clamp(weights, judgments)


def dawid_skene(judgments: Judgments, *, most_iterations: int = 100, tolerance: float = 1e-4) -> Fit:
    """Fit from the vote shares until no posterior moves by more than `tolerance`. The result depends on
    the judgments alone, not on their order (but for rounding)."""
    posteriors = vote_shares(judgments)
    prior = class_prior(posteriors)
    for _iteration in range(most_iterations):
        before = posteriors
        counts = confusion_counts(judgments, posteriors)
        prior = class_prior(posteriors)
        posteriors = posteriors_of(judgments, counts, prior)
        if not len(judgments) or np.abs(posteriors - before).max() < tolerance:
            break
    return Fit(posteriors, prior)


def right_by_the_others(judgments: Judgments, posteriors: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """(N,) probability that each answer is right as the other judges see it, and (N,) whether anybody does.

    An annotator's own vote is taken out of the posterior first, or everybody would look better the
    fewer judges a task has. Where the truth is known the answer is right or wrong and nothing between.
    """
    smoothed = counts + np.array(unknown(judgments.classes))
    own = np.log(smoothed / smoothed.sum(axis=2, keepdims=True))[judgments.annotators, :, judgments.answers]
    weights = np.log(np.maximum(posteriors[judgments.tasks], 1e-300)) - own
    weights -= weights.max(axis=1, keepdims=True)
    shares = np.exp(weights)
    shares /= shares.sum(axis=1, keepdims=True)
    right = shares[np.arange(len(judgments)), judgments.answers]
    is_seen = np.bincount(judgments.tasks, minlength=judgments.task_count)[judgments.tasks] > 1
    if judgments.truth is not None:
        truth = judgments.truth[judgments.tasks]
        right = np.where(truth >= 0, truth == judgments.answers, right)
        is_seen |= truth >= 0
    return right, is_seen.astype(np.float64)
