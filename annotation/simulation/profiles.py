"""How simulated people answer: mostly right, often wrong, or without looking."""

import random
from dataclasses import dataclass

from annotation.models import Answer

SIDES = (Answer.ACCEPT, Answer.REJECT)


@dataclass(frozen=True)
class Profile:
    name: str
    accuracy: float  # how often the answer is the true one
    unsure: float  # how often they say so where others decide
    skips: float
    seconds: float  # median time for one answer

    def answer(self, truth: Answer, chance: random.Random) -> Answer:
        if chance.random() < self.skips:
            return Answer.SKIP
        if truth == Answer.UNSURE:
            # Where careful people disagree, half say so and the others take either side.
            return Answer.UNSURE if chance.random() < 0.5 else chance.choice(SIDES)
        if chance.random() < self.unsure:
            return Answer.UNSURE
        wrong = SIDES[1 - SIDES.index(truth)]
        return truth if chance.random() < self.accuracy else wrong

    def took(self, chance: random.Random) -> float:
        """Seconds; people's times are about log-normal."""
        return self.seconds * chance.lognormvariate(0, 0.5)


@dataclass(frozen=True)
class Spammer(Profile):
    """Never looks: every second one of them always says yes, the others press either key."""

    always_yes: bool = False

    def answer(self, truth: Answer, chance: random.Random) -> Answer:
        return Answer.ACCEPT if self.always_yes else chance.choice(SIDES)


PROFILES = {
    "careful": Profile("careful", accuracy=0.96, unsure=0.02, skips=0.01, seconds=3.0),
    "careless": Profile("careless", accuracy=0.80, unsure=0.03, skips=0.02, seconds=1.6),
    "spamming": Spammer("spamming", accuracy=0.5, unsure=0.0, skips=0.0, seconds=0.5),
}


def crowd(shares: dict[str, int]) -> list[Profile]:
    """`{"careful": 4, "spamming": 2}` as people, one profile each."""
    people: list[Profile] = []
    for name, number in shares.items():
        for place in range(number):
            profile = PROFILES[name]
            if isinstance(profile, Spammer):
                profile = Spammer(**{**profile.__dict__, "always_yes": place % 2 == 0})
            people.append(profile)
    return people
