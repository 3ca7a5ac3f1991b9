import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as reference

from mining.classifiers import metrics

NAMES = sorted(metrics.METRICS)


@st.composite
def labelled(draw):
    size = draw(st.integers(2, 60))
    truth = draw(arrays(bool, size))
    # Few distinct values, so that ties are common.
    probabilities = draw(arrays(np.int64, size, elements=st.integers(0, 8))) / 8
    return truth, probabilities


@given(labelled())
def test_every_metric_agrees_with_scikit_learn(sample):
    truth, probabilities = sample
    said = probabilities >= metrics.THRESHOLD

    assert metrics.accuracy(truth, probabilities) == pytest.approx(reference.accuracy_score(truth, said))
    assert metrics.brier(truth, probabilities) == pytest.approx(np.mean((probabilities - truth) ** 2))
    if truth.any():
        assert metrics.recall(truth, probabilities) == pytest.approx(reference.recall_score(truth, said))
        assert metrics.average_precision(truth, probabilities) == pytest.approx(
            reference.average_precision_score(truth, probabilities)
        )
    if said.any():
        assert metrics.precision(truth, probabilities) == pytest.approx(
            reference.precision_score(truth, said)
        )
    if truth.any() or said.any():
        assert metrics.f1(truth, probabilities) == pytest.approx(reference.f1_score(truth, said))
    if truth.any() and not truth.all():
        assert metrics.auc(truth, probabilities) == pytest.approx(
            reference.roc_auc_score(truth, probabilities)
        )


def test_undefined_metrics_are_none_and_not_a_number():
    none_is_yes = metrics.measure(np.zeros(5, bool), np.full(5, 0.1), seed=1)

    assert none_is_yes["recall"] is none_is_yes["precision"] is none_is_yes["f1"] is None
    assert none_is_yes["average_precision"] is none_is_yes["auc"] is None
    assert none_is_yes["accuracy"][0] == 1
    assert metrics.measure(np.zeros(0, bool), np.zeros(0), seed=1) == {
        "size": 0,
        "positives": 0,
        **dict.fromkeys(NAMES),
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_interval_holds_the_value_and_the_seed_decides_it(name):
    rng = np.random.default_rng(3)
    truth = rng.random(200) < 0.4
    probabilities = np.clip(truth * 0.3 + rng.random(200) * 0.7, 0, 1)

    value, low, high = metrics.measure(truth, probabilities, seed=5)[name]
    again = metrics.measure(truth, probabilities, seed=5)[name]

    assert low < value < high
    assert again == [value, low, high]


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(11)
    covered = 0
    for trial in range(100):
        truth = rng.random(150) < 0.5
        right = rng.random(150) < 0.8
        probabilities = np.where(right == truth, 0.9, 0.1)
        low, high = metrics.interval(metrics.accuracy, truth, probabilities, seed=trial, resamples=300)
        covered += low <= 0.8 <= high

    # 95 % of 100, less three standard errors and what a bootstrap of 150 falls short by.
    assert covered >= 85
