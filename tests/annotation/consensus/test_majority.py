"""The plurality of the votes."""

import numpy as np
import pytest

from annotation.consensus.majority import majority


@pytest.mark.parametrize(
    ("votes", "answer", "posterior"),
    [
        ((3, 0, 0), "accept", 4 / 5),
        ((0, 3, 0), "reject", 1 / 5),
        ((2, 1, 0), "accept", 3 / 5),
        ((1, 1, 0), "unsure", 1 / 2),
        ((1, 0, 2), "unsure", 2 / 3),
        ((2, 1, 2), "unsure", 3 / 5),
        ((1, 1, 1), "unsure", 1 / 2),
        ((0, 0, 3), "unsure", 1 / 2),
        ((2, 0, 1), "accept", 3 / 4),
    ],
)
def test_the_most_votes_win_and_a_tie_is_unsure(votes, answer, posterior):
    answers, posteriors = majority(np.array([votes]))

    assert answers.tolist() == [answer]
    assert posteriors.tolist() == pytest.approx([posterior])


def test_many_tasks_at_once_are_judged_one_by_one():
    votes = np.array([(3, 0, 0), (0, 2, 1), (1, 1, 1)])

    answers, posteriors = majority(votes)

    assert answers.tolist() == ["accept", "reject", "unsure"]
    assert posteriors.shape == (3,)
