"""The posterior of one task from what is known about its judges (Dawid and Skene 1979, equation 2.5).

The annotators' figures come from the last fit, so that forming a verdict costs a few multiplications
however many judgments the campaign has.
"""

from collections.abc import Sequence
from math import exp, log

# An annotator nobody knows yet: right four times of five, wrong in any way alike, and this belief
# weighs as much as so many answers of each true class (of 0.1 to 8, the best mean in docs/benchmarks.md).
USUALLY_RIGHT = 0.8
PRIOR_WEIGHT = 2.0

Matrix = Sequence[Sequence[float]]


def unknown(classes: int) -> list[list[float]]:
    """Expected counts (K, K) that stand for an annotator without a history; rows are true classes."""
    wrong = PRIOR_WEIGHT * (1 - USUALLY_RIGHT) / (classes - 1)
    right = PRIOR_WEIGHT * USUALLY_RIGHT
    return [[right if said == true else wrong for said in range(classes)] for true in range(classes)]


def posteriors(answers: Sequence[tuple[int, Matrix | None]], prior: Sequence[float]) -> list[float]:
    """Probability of each class given the answers of independent judges.

    `answers` pairs the class that a judge named with their expected counts (K, K) beyond the prior
    belief, None for nobody's known; `prior` holds the K class probabilities, none of them 0.
    """
    belief = unknown(len(prior))
    weights = [log(share) for share in prior]
    for said, counts in answers:
        for true, row in enumerate(belief):
            seen = counts[true] if counts else (0.0,) * len(prior)
            weights[true] += log((row[said] + seen[said]) / (sum(row) + sum(seen)))
    return normalised(weights)


def with_model(weights: Sequence[float], score: float, base_rate: float, *, accept: int = 0) -> list[float]:
    """Posteriors after the model's vote on them: the likelihood ratio that its calibrated score holds.

    `score` is the model's probability of accept and `base_rate` the share of accepts it was calibrated
    at; their quotient moves accept one way and the other classes the other, so that the people's own
    posterior stays recoverable by leaving this step out.
    """
    score = min(max(score, 0.01), 0.99)  # no model is worth more than a few sure people
    base_rate = min(max(base_rate, 0.01), 0.99)
    yes, no = log(score / base_rate), log((1 - score) / (1 - base_rate))
    return normalised(
        [log(max(weight, 1e-300)) + (yes if place == accept else no) for place, weight in enumerate(weights)]
    )


def normalised(weights: Sequence[float]) -> list[float]:
    """Log weights as probabilities."""
    highest = max(weights)
    shares = [exp(weight - highest) for weight in weights]
    total = sum(shares)
    return [share / total for share in shares]
