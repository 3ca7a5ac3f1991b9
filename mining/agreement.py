"""Arithmetic of judging: shares with their intervals, and how far judges agree beyond chance."""

from collections import Counter
from collections.abc import Hashable, Sequence
from math import sqrt

LEVEL = 1.96  # of a normal distribution: 95 %


def wilson(yes: int, of: int) -> tuple[float, float] | None:
    """95 % interval of a share (Wilson 1927); None of nothing."""
    if not of:
        return None
    share, square = yes / of, LEVEL**2
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = LEVEL / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of**2))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa of two judges (1960); None without pairs, or where both always said one thing."""
    if not pairs:
        return None
    total = len(pairs)
    agreed = sum(one == other for one, other in pairs) / total
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[answer] * second[answer] for answer in first) / total**2
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def alpha(units: Sequence[Sequence[Hashable]]) -> float | None:
    """Krippendorff's alpha (2011) for named answers of any number of judges; units with one do not count.

    None where nothing can be compared, or only one answer was ever given.
    """
    compared = [Counter(unit) for unit in units if len(unit) > 1]
    values: Counter[Hashable] = Counter()
    for unit in compared:
        values.update(unit)
    total = values.total()
    if total < 2 or len(values) < 2:
        return None
    observed = sum(
        number * (unit.total() - number) / (unit.total() - 1) for unit in compared for number in unit.values()
    )
    expected = sum(number * (total - number) for number in values.values()) / (total - 1)
    return 1 - observed / expected
