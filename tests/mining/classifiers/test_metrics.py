import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as reference

from mining.classifiers import metrics


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

    found = metrics.values(truth, probabilities)

    expected = {
        "accuracy": reference.accuracy_score(truth, said),
        "brier": np.mean((probabilities - truth) ** 2),
        "precision": reference.precision_score(truth, said) if said.any() else None,
        "recall": reference.recall_score(truth, said) if truth.any() else None,
        "f1": reference.f1_score(truth, said) if truth.any() or said.any() else None,
        "average_precision": (
            reference.average_precision_score(truth, probabilities) if truth.any() else None
        ),
        "auc": (reference.roc_auc_score(truth, probabilities) if truth.any() and not truth.all() else None),
    }
    assert found == {
        name: value if value is None else pytest.approx(value) for name, value in expected.items()
    }


def test_undefined_metrics_are_none_and_not_a_number():
    none_is_yes = metrics.measure(np.zeros(5, bool), np.full(5, 0.1), seed=1)

    assert none_is_yes["recall"] is none_is_yes["precision"] is none_is_yes["f1"] is None
    assert none_is_yes["average_precision"] is none_is_yes["auc"] is None
    assert none_is_yes["accuracy"] == [1, 1, 1]
    nothing = metrics.measure(np.zeros(0, bool), np.zeros(0), seed=1)
    assert nothing == {"size": 0, "positives": 0, **dict.fromkeys(metrics.METRICS)}


def test_the_interval_holds_the_value_and_the_seed_decides_it():
    rng = np.random.default_rng(3)
    truth = rng.random(200) < 0.4
    probabilities = np.clip(truth * 0.3 + rng.random(200) * 0.7, 0, 1)

    measured = metrics.measure(truth, probabilities, seed=5)

    for name in metrics.METRICS:
        value, low, high = measured[name]
        assert low < value < high, name
    assert metrics.measure(truth, probabilities, seed=5) == measured


def test_one_example_has_values_but_no_interval():
    measured = metrics.measure(np.array([True]), np.array([0.7]), seed=1)

    assert measured["f1"] == [1.0, None, None]
    assert measured["auc"] is None


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(11)
    covered = 0
    for trial in range(100):
        truth = rng.random(150) < 0.5
        right = rng.random(150) < 0.8
        probabilities = np.where(right == truth, 0.9, 0.1)
        low, high = metrics.intervals(truth, probabilities, seed=trial, resamples=300)["accuracy"]
        covered += low <= 0.8 <= high

    # 95 % of 100, less three standard errors and what a bootstrap of 150 falls short by.
    assert covered >= 85


def test_large_samples_are_drawn_in_pieces(monkeypatch):
    rng = np.random.default_rng(2)
    truth, probabilities = rng.random(100) < 0.5, rng.random(100)
    whole = metrics.intervals(truth, probabilities, seed=1, resamples=50)
    monkeypatch.setattr(metrics, "_CELLS", 700)

    in_pieces = metrics.intervals(truth, probabilities, seed=1, resamples=50)

    assert in_pieces == {name: pytest.approx(edges) for name, edges in whole.items()}
