"""Dawid-Skene: against crowd-kit's, against itself in another order, and one task at a time."""

import numpy as np
import pandas as pd
import pytest
from crowdkit import aggregation
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.consensus import dawid_skene as ds
from annotation.consensus import methods, naive_bayes

CLASSES = 4


def crowd(seed=1, tasks=400, people=12, each=5, good=0.85, spammers=3):
    """Judgments of a made-up crowd and the truth behind them."""
    chance = np.random.default_rng(seed)
    truth = chance.choice(CLASSES, size=tasks, p=[0.45, 0.4, 0.1, 0.05])
    skill = np.where(np.arange(people) < people - spammers, good, 0.25)
    rows = []
    for task in range(tasks):
        for person in chance.choice(people, size=each, replace=False):
            is_right = chance.random() < skill[person]
            rows.append((task, person, truth[task] if is_right else chance.integers(CLASSES)))
    of = np.array(rows)
    return ds.Judgments(of[:, 0], of[:, 1], of[:, 2], tasks, people, CLASSES), truth


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_agrees_with_crowd_kits_where_everybody_has_answered_a_lot():
    judgments, truth = crowd()
    frame = pd.DataFrame(
        {"task": judgments.tasks, "worker": judgments.annotators, "label": judgments.answers}
    )

    ours = ds.dawid_skene(judgments).posteriors.argmax(axis=1)
    theirs = aggregation.DawidSkene(n_iter=100).fit_predict(frame).sort_index().to_numpy()

    assert (ours == theirs).mean() > 0.97
    assert (ours == truth).mean() > 0.95
    assert (ours == truth).mean() >= (ds.vote_shares(judgments).argmax(axis=1) == truth).mean()


def test_the_order_of_judgments_does_not_matter():
    judgments, _truth = crowd(tasks=100)
    order = np.random.default_rng(3).permutation(len(judgments))
    turned = ds.Judgments(
        judgments.tasks[order], judgments.annotators[order], judgments.answers[order], 100, 12, CLASSES
    )

    assert ds.dawid_skene(turned).posteriors == pytest.approx(ds.dawid_skene(judgments).posteriors, abs=1e-9)


def test_known_answers_are_sure_and_teach_about_people():
    # Two people always contradict each other; only the known answers tell who is right.
    tasks = np.repeat(np.arange(40), 2)
    people = np.tile([0, 1], 40)
    answers = np.where(people == 0, 0, 1)
    known = np.full(40, -1)
    known[:10] = 0
    judgments = ds.Judgments(tasks, people, answers, 40, 2, CLASSES, known)

    posteriors = ds.dawid_skene(judgments).posteriors

    assert (posteriors[:10, 0] == 1).all()
    assert (posteriors[10:].argmax(axis=1) == 0).all()


def test_one_task_at_a_time_says_the_same_as_all_at_once():
    judgments, _truth = crowd(tasks=60)
    fitted = ds.dawid_skene(judgments)
    counts = ds.confusion_counts(judgments, fitted.posteriors)
    all_at_once = ds.posteriors_of(judgments, counts, fitted.prior)

    for task in range(10):
        of_task = np.flatnonzero(judgments.tasks == task)
        answers = [
            (int(judgments.answers[row]), counts[judgments.annotators[row]].tolist()) for row in of_task
        ]
        one = naive_bayes.posteriors(answers, fitted.prior.tolist())
        assert one == pytest.approx(all_at_once[task].tolist())


def test_a_spammer_is_told_from_a_careful_person_without_any_known_answer():
    judgments, truth = crowd()
    fitted = ds.dawid_skene(judgments)
    counts = ds.confusion_counts(judgments, fitted.posteriors)
    right, is_seen = ds.right_by_the_others(judgments, fitted.posteriors, counts)

    assert is_seen.all()
    of_person = [right[judgments.annotators == person].mean() for person in range(12)]
    really = [
        (judgments.answers == truth[judgments.tasks])[judgments.annotators == person].mean()
        for person in range(12)
    ]
    assert of_person == pytest.approx(really, abs=0.06)


def test_nobody_sees_whether_a_lonely_answer_is_right():
    judgments = ds.Judgments(np.array([0]), np.array([0]), np.array([1]), 1, 1, CLASSES)
    fitted = ds.dawid_skene(judgments)

    _right, is_seen = ds.right_by_the_others(
        judgments, fitted.posteriors, ds.confusion_counts(judgments, fitted.posteriors)
    )

    assert is_seen.tolist() == [0]


@pytest.mark.parametrize("method", sorted(methods.METHODS))
def test_every_method_finds_most_of_the_truth_and_returns_probabilities(method):
    judgments, truth = crowd(tasks=150, each=5)

    fitted = methods.fit(method, judgments)

    assert fitted.posteriors.shape == (150, CLASSES)
    assert fitted.posteriors.sum(axis=1) == pytest.approx(np.ones(150))
    assert (fitted.posteriors.argmax(axis=1) == truth).mean() > 0.85
    assert (fitted.prior > 0).all()


@pytest.mark.parametrize("method", sorted(methods.METHODS))
def test_no_judgments_at_all_are_no_reason_to_fail(method):
    nothing = ds.Judgments(*(np.zeros(0, dtype=int),) * 3, 0, 0, CLASSES)

    assert methods.fit(method, nothing).posteriors.shape == (0, CLASSES)


def test_an_unknown_method_names_those_there_are():
    judgments, _truth = crowd(tasks=5)
    with pytest.raises(ValueError, match=r"no consensus method 'best'.*dawid_skene.*majority"):
        methods.fit("best", judgments)


@pytest.mark.parametrize("bad", [{"answers": np.array([7])}, {"tasks": np.array([-1])}])
def test_ids_out_of_range_are_refused(bad):
    good = {"tasks": np.array([0]), "annotators": np.array([0]), "answers": np.array([0])}
    with pytest.raises(ValueError, match="must lie between"):
        ds.Judgments(**{**good, **bad}, task_count=1, annotator_count=1, classes=CLASSES)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.integers(0, 3))
@settings(deadline=None, max_examples=50)
def test_the_models_vote_moves_the_posterior_its_own_way(score, base_rate, said):
    people = naive_bayes.posteriors([(said, None)], [0.25] * CLASSES)
    joined = naive_bayes.with_model(people, score, base_rate)

    assert sum(joined) == pytest.approx(1)
    assert (joined[0] >= people[0] - 1e-12) == (score >= base_rate - 1e-12)
    # Separable: what it joined is taken off by the opposite vote.
    odds = (joined[0] / (1 - joined[0])) / (people[0] / (1 - people[0]))
    assert odds == pytest.approx((score / base_rate) / ((1 - score) / (1 - base_rate)), rel=1e-6)


def test_a_method_that_cannot_fit_says_so():
    # Two pairs of people with one task each: M-MSR has too little to compare.
    few = ds.Judgments(np.array([0, 0, 1, 1]), np.arange(4), np.array([0, 1, 0, 1]), 2, 4, 2)

    with pytest.raises(methods.DidNotFit, match="mmsr"):
        methods.fit("mmsr", few)
