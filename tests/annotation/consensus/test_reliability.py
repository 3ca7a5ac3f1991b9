"""Reliability with its interval."""

import pytest

from annotation.consensus.reliability import reliability, right_answers


def test_more_answers_make_the_interval_narrower_around_the_share():
    few, many = reliability(9, 10), reliability(900, 1000)

    assert few.low < many.low < many.mean < many.high
    assert many.mean == pytest.approx(0.9, abs=0.01)
    assert few.high - few.low > 5 * (many.high - many.low)


def test_without_answers_everything_is_possible():
    nobody = reliability(0, 0)

    assert nobody.mean == pytest.approx(0.5)
    assert (nobody.low, nobody.high) == pytest.approx((0.025, 0.975))


def test_the_mean_remembers_how_many_were_right():
    assert right_answers(reliability(7.5, 12).mean, 12) == pytest.approx(7.5)
