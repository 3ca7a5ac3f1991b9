"""Numbers of answers, paces and ends, held against cases that can be worked out by hand or by simulation."""

from math import inf

import numpy as np
import pytest

from annotation import estimates
from annotation.estimates import Span, answers_per_task, confidence


def test_fixed_overlap_takes_just_that_many():
    assert answers_per_task(overlap=3, least=2, stop_at=None, reliability=0.6, is_majority=True) == 3


def test_two_who_agree_are_enough_where_they_are_sure():
    """Two right or two wrong stop at once; otherwise a third is asked."""
    expected = answers_per_task(overlap=3, least=2, stop_at=0.9, reliability=0.9, is_majority=False)

    assert confidence(2, 0, 0.9, False) > 0.9 > confidence(1, 1, 0.9, False)
    assert expected == pytest.approx(2 + 2 * 0.9 * 0.1)


@pytest.mark.parametrize("reliability", [0.65, 0.8, 0.93])
@pytest.mark.parametrize("is_majority", [True, False])
def test_the_expectation_is_the_mean_of_a_simulated_crowd(reliability, is_majority):
    policy = {"overlap": 7, "least": 2, "stop_at": 0.8}
    expected = answers_per_task(**policy, reliability=reliability, is_majority=is_majority)

    random = np.random.default_rng(5)
    asked = []
    for answers in random.random((20_000, 7)) < reliability:
        for count in range(1, 8):
            right = int(answers[:count].sum())
            if count >= 2 and confidence(right, count - right, reliability, is_majority) >= 0.8:
                break
        asked.append(count)

    assert np.mean(asked) == pytest.approx(expected, abs=0.05)


def test_less_reliable_people_take_more_answers_and_known_answers_come_on_top():
    policy = {"overlap": 7, "least": 2, "stop_at": 0.95, "is_majority": False}

    found = estimates.answers(1000, **policy, reliability=Span(0.7, 0.8, 0.95), gold_share=0.2)
    without = estimates.answers(1000, **policy, reliability=Span(0.7, 0.8, 0.95))

    assert 2000 <= without.low < without.mean < without.high <= 7000
    assert found.mean == pytest.approx(without.mean / 0.8)


def test_a_steady_pace_has_a_narrow_interval_and_a_burst_a_wide_one():
    steady = estimates.rate_per_hour([10, 11] * 6, hours=12)
    burst = estimates.rate_per_hour([0] * 11 + [126], hours=12)

    assert steady.mean == burst.mean == pytest.approx(10.5)
    assert 10 < steady.low < steady.high < 11
    assert burst.low == 0 and burst.high > 30
    assert estimates.rate_per_hour([0] * 12, hours=12) is None


def test_the_end_is_open_where_nobody_may_come_back():
    left = estimates.hours_left(Span(90, 100, 110), Span(0, 10, 20))

    assert (left.low, left.mean, left.high) == (4.5, 10, inf)


def test_free_seats_are_the_least_that_is_wanted():
    left = estimates.answers_left(tasks=10, given=25, seats=8, per_task=Span(2, 3, 4))

    assert (left.low, left.mean, left.high) == (8, 8, 15)
