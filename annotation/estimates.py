"""What a campaign will take: answers, hours, money, each with an interval. Arithmetic without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt

# 97.5 % point of Student's t with 11 degrees of freedom, for the mean of twelve parts of a day.
PARTS = 12
T_11 = 2.201
# An answer is implausibly quick below this share of the median, and below what anybody can read in (seconds).
QUICK_SHARE, QUICK_SECONDS = 0.2, 0.4


@dataclass(frozen=True)
class Span:
    """An estimate with the ends of its interval."""

    low: float
    mean: float
    high: float

    def times(self, other: "Span") -> "Span":
        """Of two factors that are both uncertain: the ends multiply, which errs on the wide side."""
        return Span(self.low * other.low, self.mean * other.mean, self.high * other.high)

    def scaled(self, factor: float) -> "Span":
        return Span(self.low * factor, self.mean * factor, self.high * factor)


# Where nobody is measured yet: right four times of five or better, as crowds are in docs/benchmarks.md.
ASSUMED_RELIABILITY = Span(0.75, 0.85, 0.95)


@lru_cache(maxsize=1024)
def answers_per_task(
    *,
    overlap: int,
    least: int,
    stop_at: float | None,
    reliability: float,
    is_majority: bool,
    classes: int = 4,
) -> float:
    """Expected number of answers to one task.

    People are right with probability `reliability`, independently, and wrong answers all name the same
    other class, which is the slowest way to agree. Asking stops where the policy stops
    (annotation.actions.settling.seats_wanted): at `overlap`, or from `least` on when the posterior of
    the likeliest class reaches `stop_at`.
    """
    if stop_at is None:
        return float(overlap)
    reached = {0: 1.0}  # right answers so far -> probability that asking came this far
    expected = 0.0
    for asked in range(1, overlap + 1):
        before, reached = reached, {}
        for right, chance in before.items():
            expected += chance
            for gain, share in ((1, reliability), (0, 1 - reliability)):
                reached[right + gain] = reached.get(right + gain, 0.0) + chance * share
        if asked >= least:
            reached = {
                right: chance
                for right, chance in reached.items()
                if confidence(right, asked - right, reliability, is_majority, classes) < stop_at
            }
    return expected


def confidence(right: int, wrong: int, reliability: float, is_majority: bool, classes: int = 4) -> float:
    """Posterior of the likelier of two classes with so many votes.

    Majority's is that of annotation.consensus.majority; the other methods' is Bayes' rule for people of
    this reliability whose errors are spread over the other classes.
    """
    if is_majority:
        return (max(right, wrong) + 1 / classes) / (right + wrong + 1)
    hit = min(max(reliability, 0.01), 0.99)
    miss = (1 - hit) / (classes - 1)
    weights = [hit**right * miss**wrong, hit**wrong * miss**right]
    weights += [miss ** (right + wrong)] * (classes - 2)
    return max(weights) / sum(weights)


def answers(
    tasks: int,
    *,
    overlap: int,
    least: int,
    stop_at: float | None,
    is_majority: bool,
    reliability: Span,
    gold_share: float = 0.0,
) -> Span:
    """Answers that `tasks` take, known answers mixed in; the ends are those of the reliability."""
    each = [
        answers_per_task(
            overlap=overlap,
            least=least,
            stop_at=stop_at,
            reliability=round(value, 3),
            is_majority=is_majority,
        )
        for value in (reliability.high, reliability.mean, reliability.low)
    ]
    with_gold = tasks / (1 - min(gold_share, 0.95))
    return Span(min(each) * with_gold, each[1] * with_gold, max(each) * with_gold)


def rate_per_hour(parts: Sequence[int], hours: float) -> Span | None:
    """Answers per hour from their numbers in equal parts of a period; None where there are none.

    The interval is that of the mean of the parts, which people's coming and going makes wide.
    """
    total = sum(parts)
    if not total or hours <= 0:
        return None
    mean = total / len(parts)
    spread = sqrt(sum((part - mean) ** 2 for part in parts) / (len(parts) - 1))
    off = T_11 * spread / sqrt(len(parts))
    per_hour = len(parts) / hours
    return Span(max(0.0, mean - off) * per_hour, mean * per_hour, (mean + off) * per_hour)


def hours_left(answers_left: Span, rate: Span) -> Span:
    """How long `answers_left` take at `rate` an hour; the high end is infinite where the rate may be 0."""
    return Span(
        answers_left.low / rate.high,
        answers_left.mean / rate.mean,
        answers_left.high / rate.low if rate.low else inf,
    )


def answers_left(*, tasks: int, given: int, seats: int, per_task: Span) -> Span:
    """Answers still wanted: for `tasks` without a verdict that have `given` answers and `seats` free."""
    ends = [max(float(seats), tasks * end - given) for end in (per_task.low, per_task.mean, per_task.high)]
    return Span(*ends)
