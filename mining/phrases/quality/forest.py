"""The robust positive-only classifier (AutoPhrase, section 4.1; AliMe KG 4.1.1).

Positives are few and mostly right, the pool of all others is called negative and holds good phrases too. Each
of many trees is grown without pruning on K positives and K negatives drawn with replacement, so that few
trees see a given wrong label, and their vote evens it out. Seeds are frequent by the way they are found,
so negatives are drawn from the pool with the frequencies that positives have: otherwise the trees would
learn that a phrase is what occurs often.

Where people have decided, their decisions take the place of both: with `ENOUGH` accepted (rejected)
phrases all positives (negatives) are drawn from them, with fewer in proportion. So the classifier begins
positive-only and ends fully supervised.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from mining.phrases.compiled import on_all_cores

ENOUGH = 100  # as many as a tree draws by default
_ROWS = 100_000  # scored at once


@dataclass(frozen=True)
class Labels:
    """Rows of the feature table. seeds: positive by lexicon; pool: called negative; accepted, rejected: by
    people. count: int64, occurrences of every row of the table.
    """

    seeds: NDArray[np.intp]
    pool: NDArray[np.intp]
    accepted: NDArray[np.intp]
    rejected: NDArray[np.intp]
    count: NDArray[np.int64]

    @property
    def usable(self) -> bool:
        return bool(len(self.seeds) + len(self.accepted)) and bool(len(self.pool) + len(self.rejected))


def train_and_score(
    features: NDArray[np.float32], labels: Labels, *, trees: int, draw: int, seed: int
) -> NDArray[np.float64]:
    """Share of the trees that call each row a phrase, float64 in 0..1."""

    alike = _as_frequent(labels)

    def grow(number: int) -> DecisionTreeClassifier:
        random = np.random.default_rng([seed, number])
        positive = _draw(random, labels.accepted, labels.seeds, draw)
        negative = _draw(random, labels.rejected, labels.pool, draw, alike)
        tree = DecisionTreeClassifier(max_features="sqrt", random_state=int(random.integers(2**31)))
        truth = np.repeat([1, 0], draw)
        return tree.fit(features[np.concatenate([positive, negative])], truth)

    forest = list(on_all_cores(grow, list(range(trees))))
    ranges = [(at, min(at + _ROWS, len(features))) for at in range(0, len(features), _ROWS)]

    def score(rows: tuple[int, int]) -> NDArray[np.float64]:
        part = np.ascontiguousarray(features[rows[0] : rows[1]], np.float32)
        votes = np.zeros(len(part))
        for tree in forest:
            votes += tree.tree_.predict(part).reshape(len(part), -1)[:, 1]
        return votes / len(forest)

    # Rounded, so that the order cannot hang on how a sum of votes was rounded.
    return np.round(np.concatenate([np.empty(0), *on_all_cores(score, ranges)]), 9)


def _as_frequent(labels: Labels) -> NDArray[np.float64]:
    """Cumulative weights of the pool that give it the distribution of the positives' frequencies."""
    bins = np.log2(np.maximum(labels.count, 1)).astype(np.int64)
    positives = np.concatenate([labels.seeds, labels.accepted])
    wanted = np.bincount(bins[positives], minlength=bins.max(initial=0) + 1) / max(len(positives), 1)
    there = np.bincount(bins[labels.pool], minlength=len(wanted))
    weights = (wanted / np.maximum(there, 1))[bins[labels.pool]]
    if not weights.sum():
        weights = np.ones(len(labels.pool))
    return np.cumsum(weights)


def _draw(
    random: np.random.Generator,
    decided: NDArray[np.intp],
    guessed: NDArray[np.intp],
    number: int,
    cumulative: NDArray[np.float64] | None = None,
) -> NDArray[np.intp]:
    """With replacement: from what people decided in proportion to how much that is, else from the guesses."""
    share = min(1.0, len(decided) / ENOUGH) if len(guessed) else 1.0
    from_people = round(share * number)
    people = random.choice(decided, from_people) if from_people else decided[:0]
    rest = number - from_people
    if not rest:
        return people
    if cumulative is None:
        return np.concatenate([people, random.choice(guessed, rest)])
    drawn = np.searchsorted(cumulative, random.random(rest) * cumulative[-1], side="right")
    return np.concatenate([people, guessed[np.minimum(drawn, len(guessed) - 1)]])
