"""The miner's counts once more, by plain loops over strings: slow, obvious, what numpy is compared with."""

import itertools
import math
from collections import Counter, defaultdict


def grams(runs, size):
    """(run number, start) of every n-gram: runs are lists of symbols that no phrase crosses."""
    for number, run in enumerate(runs):
        for start in range(len(run) - size + 1):
            yield number, start, tuple(run[start : start + size])


def counts(runs, longest, min_count):
    """Frequent n-grams and their counts, of all sizes."""
    found = Counter(gram for size in range(1, longest + 1) for _, _, gram in grams(runs, size))
    return {gram: count for gram, count in found.items() if count >= min_count}


def pmi(gram, frequent, total):
    splits = (
        math.log(frequent[gram] * total / (frequent[gram[:at]] * frequent[gram[at:]]))
        for at in range(1, len(gram))
    )
    return min(splits)


def entropies(runs, size, free=frozenset()):
    """(left, right) entropy per n-gram; a break or a free symbol is a neighbour of its own each time."""
    alone = itertools.count()
    sides = (defaultdict(Counter), defaultdict(Counter))
    for number, start, gram in grams(runs, size):
        run = runs[number]
        before = run[start - 1] if start else None
        after = run[start + size] if start + size < len(run) else None
        for side, neighbour in zip(sides, (before, after), strict=True):
            lonely = neighbour is None or neighbour in free
            side[gram]["alone", next(alone)] += lonely
            side[gram][neighbour] += not lonely
    return tuple({gram: _entropy(around) for gram, around in side.items()} for side in sides)


def _entropy(around):
    total = sum(around.values())
    return -sum(n / total * math.log(n / total) for n in around.values() if n)
