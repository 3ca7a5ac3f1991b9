"""Who copies from whom: rings whose answers are more alike than their members and the tasks explain.

Two honest people agree because both are right, and err alike where a task misleads. For every task that
two people share, the other judges say how likely each class is; with both people's confusion matrices
(estimated on tasks that the two do not share) that gives the chance of what they said if they had not
talked. Agreement on an unlikely answer counts for much, agreement on the obvious for almost nothing (the
score of a mixture in which a share of the answers is simply the same). What remains of a pair beyond what
each of the two shows with everybody else (an additive fit over the whole crowd, outliers left out, so that
hard tasks accuse nobody) is standard normal for honest pairs. Rings are grown from pairs, and every ring
stands against all groups of its size that one could have looked at (Bonferroni).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import log, sqrt

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import lsqr
from scipy.special import gammaln
from scipy.stats import norm

from annotation.consensus.dawid_skene import Floats, Ids, Judgments, confusion_counts
from annotation.consensus.naive_bayes import unknown

LEAST_SHARED = 20  # tasks; on fewer nothing can be told
LEAST_PEOPLE = 6  # of fewer, nobody is the crowd
MOST_ROWS = 5_000_000  # pairs of answers; gold that everybody has met would make more than that
MOST_SCORE = 5.0  # of one answer in common: no single one convicts
OUTLIER = 2.5  # standard deviations that the fit of the crowd leaves out
LEVEL = 1e-3
LEAST_COPIED = 0.15  # of a ring's answers in common, beyond what the crowd explains
ONE_KEY = 0.95  # of their answers one and the same: alike without copying, and found without this
LARGEST = 12  # members of a ring that is grown


@dataclass(frozen=True)
class Pair:
    one: int  # annotators, by place
    other: int
    shared: int
    agreed: int
    expected: float  # agreements, as each of the two agrees with everybody else
    copied: float  # share of the shared answers that would explain the rest
    z: float  # standard deviations beyond the crowd
    is_flagged: bool = False


@dataclass(frozen=True)
class Found:
    pairs: list[Pair]  # most suspicious first
    rings: list[list[int]]


def find(judgments: Judgments, posteriors: Floats) -> Found:
    """Pairs that share enough tasks, and the rings among them.

    `posteriors` (tasks, classes) by any method; an annotator's own vote and the other's are taken out.
    """
    nothing = Found([], [])
    if len(judgments) < LEAST_SHARED or judgments.annotator_count < LEAST_PEOPLE:
        return nothing
    size = judgments.annotator_count
    (first, second, pair), keys, shared = _shared_enough(_pairs(judgments), judgments)
    if len(keys) < size:
        return nothing
    ends = keys // size, keys % size
    score, surplus, agree = _score(judgments, posteriors, first, second, pair, ends)
    z, _explained = _beyond_the_crowd(score, pair, shared, ends, size)
    _z, explained = _beyond_the_crowd(surplus, pair, shared, ends, size)
    agreed = np.bincount(pair, agree, minlength=len(keys))
    expected = agreed - np.bincount(pair, surplus, minlength=len(keys)) + explained * shared
    expected = np.clip(expected, 0, shared)
    copied = np.clip((agreed - expected) / np.maximum(shared - expected, 1), 0, 1)
    found = _rings(z, copied, ends, size)
    inside = [set(ring) for ring in found]
    pairs = [
        Pair(int(one), int(other), int(n), int(said), float(chance), float(share), float(far), flagged)
        for one, other, n, said, chance, share, far in zip(
            *ends, shared, agreed, expected, copied, z, strict=True
        )
        for flagged in [any({int(one), int(other)} <= ring for ring in inside)]
    ]
    return Found(sorted(pairs, key=lambda pair: (-pair.is_flagged, -pair.z)), found)


def _beyond_the_crowd(values: Floats, pair: Ids, shared: Ids, ends, size: int) -> tuple[Floats, Floats]:
    """(standard deviations, fitted means) of pairs: what both people's own parts leave of their mean."""
    count = len(shared)
    mean = np.bincount(pair, values, minlength=count) / shared
    spread = np.bincount(pair, values**2, minlength=count) / shared - mean**2
    # Who always agrees shows no spread; that must not make them infinitely suspicious.
    spread = np.maximum(spread, 0.5 * np.median(spread)) + 1e-9
    weight = np.sqrt(shared / spread)
    places = np.arange(count)
    parts = csr_matrix(
        (np.concatenate([weight, weight]), (np.concatenate([places, places]), np.concatenate(ends))),
        shape=(count, size),
    )
    kept = np.ones(count, dtype=bool)
    for _round in range(4):
        own = lsqr(parts[kept], (mean * weight)[kept], damp=0.1)[0]
        fitted = own[ends[0]] + own[ends[1]]
        left = (mean - fitted) * weight
        kept = left < OUTLIER
    scale = max(1.0, 1.4826 * float(np.median(np.abs(left - np.median(left)))))
    return left / scale, fitted


def _rings(z: Floats, copied: Floats, ends, size: int) -> list[list[int]]:
    """Groups that stand out among all groups of their size, the clearest first; nobody is in two."""
    far: dict[int, dict[int, int]] = {}
    for place, (one, other) in enumerate(zip(*ends, strict=True)):
        far.setdefault(int(one), {})[int(other)] = place
        far.setdefault(int(other), {})[int(one)] = place
    found: list[list[int]] = []
    taken: set[int] = set()
    seeds = [place for place in np.argsort(-z)[: 5 * size] if z[place] > 1]
    grown = [_grow([int(ends[0][place]), int(ends[1][place])], far, z, copied, size) for place in seeds]
    for chance, ring in sorted(one for one in grown if one is not None):
        if chance < log(LEVEL) and not taken & set(ring):
            found.append(sorted(ring))
            taken |= set(ring)
    return found


def _grow(members: list[int], far, z, copied, size: int) -> tuple[float, list[int]] | None:
    """The best ring around a pair: (log of its corrected p, members); None where copying explains little."""
    best: tuple[float, list[int]] | None = None
    while True:
        places = [far[one][other] for one, other in combinations(members, 2) if other in far[one]]
        together = z[places].sum() / sqrt(len(places))
        groups = gammaln(size + 1) - gammaln(len(members) + 1) - gammaln(size - len(members) + 1)
        chance = float(norm.logsf(together) + groups + log(LARGEST))
        if copied[places].mean() >= LEAST_COPIED and (best is None or chance < best[0]):
            best = (chance, list(members))
        near = {one: _pull(one, members, far, z) for member in members for one in far[member]}
        near = {one: pull for one, pull in near.items() if one not in members}
        if len(members) >= LARGEST or not near:
            return best
        joins = max(near, key=lambda one: (near[one], -one))
        if near[joins] / sqrt(len(members)) < max(1.0, 0.5 * z[places].mean()):
            return best
        members = [*members, joins]


def _pull(one: int, members: list[int], far, z) -> float:
    """How far somebody stands out with the members of a ring, all together."""
    places = [far[one][member] for member in members if member in far[one]]
    return float(z[places].sum() / sqrt(len(places))) if len(places) == len(members) else 0.0


def _log_votes(judgments: Judgments, counts: Floats) -> Floats:
    """(N, classes): log probability of each answer under each true class, by its annotator's matrix."""
    smoothed = counts + np.array(unknown(judgments.classes))
    table = np.log(smoothed / smoothed.sum(axis=2, keepdims=True))
    return table[judgments.annotators, :, judgments.answers]


def _pairs(judgments: Judgments) -> tuple[Ids, Ids]:
    """Places of two judgments on one task, the annotator with the smaller number first."""
    firsts, seconds, rows = [], [], 0
    cell = judgments.annotators * judgments.classes + judgments.answers
    said = np.bincount(cell, minlength=judgments.annotator_count * judgments.classes)
    said = said.reshape(-1, judgments.classes)
    has_choice = said.max(axis=1) < ONE_KEY * said.sum(axis=1)
    for first, second in _by_size(judgments):
        kept = has_choice[judgments.annotators[first]] & has_choice[judgments.annotators[second]]
        first, second = first[kept], second[kept]
        left = MOST_ROWS - rows
        firsts.append(first[:left])
        seconds.append(second[:left])
        rows += len(firsts[-1])
    empty = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *firsts]), np.concatenate([empty, *seconds])


def _by_size(judgments: Judgments) -> Iterator[tuple[Ids, Ids]]:
    """Tasks with few judges first: there are the most of them, and they cost the least."""
    order = np.lexsort((judgments.annotators, judgments.tasks))
    per_task = np.bincount(judgments.tasks, minlength=judgments.task_count)
    starts = np.concatenate([[0], np.cumsum(per_task)[:-1]])
    for size in np.unique(per_task):
        if size < 2:
            continue
        block = order[starts[per_task == size][:, None] + np.arange(size)]
        left, right = np.triu_indices(int(size), 1)
        yield block[:, left].ravel(), block[:, right].ravel()


def _shared_enough(rows: tuple[Ids, Ids], judgments: Judgments) -> tuple[tuple[Ids, Ids, Ids], Ids, Ids]:
    """((first, second, pair) of pairs with enough tasks, key of each pair, its number of tasks)."""
    first, second = rows
    key = judgments.annotators[first].astype(np.int64) * judgments.annotator_count
    key += judgments.annotators[second]
    keys, pair, shared = np.unique(key, return_inverse=True, return_counts=True)
    enough = shared >= LEAST_SHARED
    place = np.cumsum(enough) - 1
    kept = enough[pair]
    return (first[kept], second[kept], place[pair[kept]]), keys[enough], shared[enough]


def _without(judgments: Judgments, posteriors: Floats, votes: Floats, *gone: Ids) -> Floats:
    """(rows, classes): what the others say of the task, the given judgments' votes taken out."""
    tasks = judgments.tasks[gone[0]]
    weights = np.log(np.maximum(posteriors[tasks], 1e-12))
    for one in gone:
        weights -= votes[one]
    weights -= weights.max(axis=1, keepdims=True)
    shares = np.exp(weights)
    shares /= shares.sum(axis=1, keepdims=True)
    if judgments.truth is not None:
        truth = judgments.truth[tasks]
        known = truth >= 0
        shares[known] = np.eye(judgments.classes)[truth[known]]
    return shares


def _own_counts(judgments: Judgments, posteriors: Floats, votes: Floats) -> Floats:
    """(annotators, classes, classes): expected counts, each answer by what everybody else says."""
    believed = _without(judgments, posteriors, votes, np.arange(len(judgments)))
    return _counts(judgments.annotators, believed, judgments.answers, judgments.annotator_count)


def _counts(groups: Ids, believed: Floats, answers: Ids, size: int) -> Floats:
    classes = believed.shape[1]
    cell = groups * classes + answers
    table = np.empty((size, classes, classes))
    for true in range(classes):
        table[:, true] = np.bincount(cell, believed[:, true], minlength=size * classes).reshape(size, classes)
    return table


def _score(judgments: Judgments, posteriors: Floats, first, second, pair, ends):
    """Per shared task, less what is expected of two who do not talk: how much likelier "simply the same"
    makes what the two said; whether they agree. And whether they agree, as it is."""
    votes = _log_votes(judgments, confusion_counts(judgments, posteriors))
    believed = _without(judgments, posteriors, votes, first, second)
    alone = _own_counts(judgments, posteriors, votes)
    one = _confusion_apart(alone, believed, judgments.answers[first], pair, ends[0])
    other = _confusion_apart(alone, believed, judgments.answers[second], pair, ends[1])
    said_one, said_other = judgments.answers[first], judgments.answers[second]
    # (rows, classes): chance that both say it, and that either does.
    both = np.maximum(np.einsum("rc,rck->rk", believed, one[pair] * other[pair]), 1e-12)
    either = np.einsum("rc,rck->rk", believed, (one[pair] + other[pair]) / 2)
    ratio = np.minimum(either / both, MOST_SCORE)
    agree = said_one == said_other
    said = np.where(agree, ratio[np.arange(len(pair)), said_one], 0.0)
    return said - (both * ratio).sum(axis=1), agree - both.sum(axis=1), agree


def _confusion_apart(alone, believed, answers, pair, annotator) -> Floats:
    """(pairs, classes, classes): each annotator's matrix without the tasks that the pair shares."""
    together = _counts(pair, believed, answers, len(annotator))
    apart = np.maximum(alone[annotator] - together, 0) + np.array(unknown(believed.shape[1]))
    return apart / apart.sum(axis=2, keepdims=True)
