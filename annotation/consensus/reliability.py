"""How reliable a person is, with the interval that the number of their answers allows."""

from dataclasses import dataclass

from scipy.stats import beta

LEVEL = 0.95


@dataclass(frozen=True)
class Reliability:
    """Posterior mean and credible interval of the share of right answers."""

    mean: float
    low: float
    high: float


def reliability(right: float, seen: float) -> Reliability:
    """After `right` (expected) right answers of `seen`, from a uniform prior: Beta(right + 1, wrong + 1)."""
    a, b = right + 1, max(seen - right, 0) + 1
    low, high = beta.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2], a, b)
    return Reliability(a / (a + b), float(low), float(high))


def right_answers(mean: float, seen: float) -> float:
    """The expected number of right answers behind a posterior mean."""
    return mean * (seen + 2) - 1
