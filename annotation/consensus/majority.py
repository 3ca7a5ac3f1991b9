"""The plurality of the votes."""

from collections.abc import Sequence

METHOD = "majority"


def majority(votes: Sequence[int]) -> tuple[int | None, list[float]]:
    """The class with more votes than each other one (None where two are level) and the posteriors.

    `votes` counts the answers of each class. The posterior of a class is (votes + 1/K) / (n + 1), the
    mean under a symmetric Dirichlet prior that weighs one vote in all (Perks 1947).
    """
    total, best = sum(votes), max(votes)
    share = 1 / len(votes)
    winners = [place for place, count in enumerate(votes) if count == best]
    posteriors = [(count + share) / (total + 1) for count in votes]
    return (winners[0] if len(winners) == 1 and total else None), posteriors
