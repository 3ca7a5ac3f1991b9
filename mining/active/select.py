"""Which candidates to ask about next: those the model doubts most, mixed with a fixed random share.

The random share keeps finding what the model is wrongly sure of. No two phrases of one batch are nearly
the same, for the second answer would teach next to nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.intp]
# Shared part of two phrases' character bigrams from which they count as nearly the same.
NEARLY_THE_SAME = 0.7
_FETCH = 256


class Choice(NamedTuple):
    position: int
    is_random: bool


def least_certain(probabilities: NDArray[np.floating], *, size: int) -> Positions:
    """Positions of the `size` candidates nearest to a coin flip, most doubtful first."""
    distance = np.abs(probabilities - 0.5)
    # Stable, so that equal scores keep their order and a repeated run asks the same.
    return np.argsort(distance, kind="stable")[:size]


def most_likely(probabilities: NDArray[np.floating], *, size: int) -> Positions:
    """Positions of the `size` candidates that the model thinks likeliest to be a yes."""
    return np.argsort(-probabilities, kind="stable")[:size]


def choose(
    probabilities: NDArray[np.floating],
    *,
    size: int,
    random_share: float,
    seed: int,
    first: Callable[..., Positions] = least_certain,
    forms: Callable[[Sequence[int]], Sequence[str]] | None = None,
) -> list[Choice]:
    """Up to `size` different positions in the order to ask, the random ones spread evenly among them.

    `first` puts the candidates in the order that the rest is taken from.
    `forms` gives the normal forms at some positions; it is asked only about those under consideration,
    so a million candidates need not be read to choose two hundred. Fewer than `size` come back only when
    nothing is left that differs enough from what was chosen.
    """
    if not 0 <= random_share <= 1:
        raise ValueError(f"random_share must be between 0 and 1, not {random_share!r}")
    count = len(probabilities)
    sources = {
        False: _with_forms(first(probabilities, size=count), forms),
        True: _with_forms(np.random.default_rng(seed).permutation(count), forms),
    }
    guard = _Guard()
    chosen: list[Choice] = []
    taken: set[int] = set()
    while sources and len(chosen) < size:
        # The n-th place is random when the running total of the share passes a whole number there.
        place = len(chosen)
        turn = int((place + 1) * random_share + 1e-9) > int(place * random_share + 1e-9)
        turn = turn if turn in sources else not turn
        position = _next_new(sources[turn], taken, guard)
        if position is None:
            del sources[turn]
            continue
        taken.add(position)
        chosen.append(Choice(position, turn))
    return chosen


def _with_forms(
    positions: Positions, forms: Callable[[Sequence[int]], Sequence[str]] | None
) -> Iterator[tuple[int, str | None]]:
    for start in range(0, len(positions), _FETCH):
        piece = [int(position) for position in positions[start : start + _FETCH]]
        yield from zip(piece, forms(piece) if forms else [None] * len(piece), strict=True)


def _next_new(source: Iterator[tuple[int, str | None]], taken: set[int], guard: "_Guard") -> int | None:
    for position, form in source:
        if position not in taken and (form is None or guard.lets_in(form)):
            return position
    return None


class _Guard:
    """Remembers what was let in, by its character bigrams, and refuses what is nearly the same."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._holders: defaultdict[str, list[int]] = defaultdict(list)

    def lets_in(self, form: str) -> bool:
        grams = bigrams(form)
        shared = Counter(index for gram in grams for index in self._holders[gram])
        for index, common in shared.items():
            if common / (len(grams) + self._sizes[index] - common) >= NEARLY_THE_SAME:
                return False
        for gram in grams:
            self._holders[gram].append(len(self._sizes))
        self._sizes.append(len(grams))
        return True


def bigrams(form: str) -> set[str]:
    """Character bigrams with the edges; spaces and hyphens do not make a phrase another one."""
    bare = "".join(form.replace("-", "").split())
    edged = f"^{bare}$"
    return {edged[start : start + 2] for start in range(len(edged) - 1)}
