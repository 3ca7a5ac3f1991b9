import pytest

from mining.agreement import alpha, kappa, wilson


def test_kappa_is_that_of_a_worked_example():
    # Cohen (1960): 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no; agreement 0.7, by chance 0.5.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15

    assert kappa(pairs) == pytest.approx(0.4)


def test_kappa_of_nothing_and_of_one_answer_is_unknown():
    assert kappa([]) is None and kappa([("y", "y")] * 9) is None
    assert kappa([("y", "n")] * 9) == 0


def test_alpha_is_that_of_a_worked_example():
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), A: two observers, binary data.
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]

    assert alpha(list(zip(first, second, strict=True))) == pytest.approx(0.095, abs=0.001)


def test_units_with_one_judge_do_not_count():
    assert alpha([("y", "y"), ("n", "n"), ("y",), ("n",)]) == 1
    assert alpha([("y",), ()]) is None and alpha([("y", "y")]) is None


def test_an_interval_of_a_share():
    low, high = wilson(160, 200) or (0, 0)

    assert (low, high) == (pytest.approx(0.739, abs=0.001), pytest.approx(0.850, abs=0.001))
    assert wilson(0, 0) is None
