"""The plurality of the votes."""

import pytest

from annotation.consensus.majority import majority


@pytest.mark.parametrize(
    ("votes", "winner", "posterior"),
    [
        ((3, 0, 0, 0), 0, 3.25 / 4),
        ((0, 3, 0, 0), 1, 0.25 / 4),
        ((2, 1, 0, 0), 0, 2.25 / 4),
        ((1, 1, 0, 0), None, 1.25 / 3),
        ((1, 0, 2, 0), 2, 1.25 / 4),
        ((2, 1, 0, 2), None, 2.25 / 6),
        ((0, 0, 0, 3), 3, 0.25 / 4),
        ((0, 0, 0, 0), None, 0.25),
    ],
)
def test_the_most_votes_win_and_level_ones_do_not(votes, winner, posterior):
    won, posteriors = majority(votes)

    assert won == winner
    assert posteriors[0] == pytest.approx(posterior)
    assert sum(posteriors) == pytest.approx(1)
