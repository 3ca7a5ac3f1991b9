"""Which key does what on the task page: spread over both hands, or all within reach of one."""

from typing import Any

from annotation import kinds
from annotation.models import Answer, Campaign
from people.models import Hand

BAD_KEY = "b"
# The index finger says yes, the next one no; undo, guideline and comment are one row away.
LEFT = {"accept": "f", "reject": "d", "unsure": "s", "bad": "e", "skip": "q"}
RIGHT = {"accept": "j", "reject": "k", "unsure": "l", "bad": "i", "skip": "p"}
OTHERS: dict[str, dict[str, Any]] = {
    Hand.BOTH: {"undo": "z", "guideline": "g", "comment": "c", "second": ["1", "2", "3", "4"]},
    Hand.LEFT: {"undo": "z", "guideline": "g", "comment": "c", "second": ["1", "2", "3", "4"]},
    Hand.RIGHT: {"undo": "u", "guideline": "h", "comment": "m", "second": ["7", "8", "9", "0"]},
}


def answers_of(campaign: Campaign) -> list[Answer]:
    """What the page offers, in its order."""
    kind = kinds.get(campaign.kind)
    answers = list(kind.answers.values())
    if kind.bad_reasons:
        # Before the last one, which is to skip.
        answers.insert(len(answers) - 1, Answer.BAD)
    return answers


def key_maps(campaign: Campaign) -> dict[str, dict[str, Any]]:
    """hand -> {answer or "undo", "guideline", "comment": key, "second": keys of the second choice}."""
    answers = answers_of(campaign)
    both = {"bad": BAD_KEY, **{str(answer): key for key, answer in kinds.get(campaign.kind).answers.items()}}
    maps = {Hand.BOTH: both, Hand.LEFT: LEFT, Hand.RIGHT: RIGHT}
    return {
        str(hand): {**{str(answer): keys[answer] for answer in answers}, **OTHERS[hand]}
        for hand, keys in maps.items()
    }
