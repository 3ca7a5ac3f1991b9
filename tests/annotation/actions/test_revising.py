"""Fits, revised verdicts, curators' decisions, and people taken out of a campaign."""

import random

import pytest
from django.utils import timezone

from annotation.actions import fitting
from annotation.actions.deciding import NotDecided, adjudicate, change_standing
from annotation.actions.judging import NotAsked
from annotation.actions.revising import recompute, remove_annotator, revise
from annotation.actions.serving import serve
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.models import Answer, Consensus, Judgment, Participation, Standing, Verdict
from people.models import Change
from tests.annotation.promises import assert_promises
from tests.factories.annotation import ask, judge, make_annotator, make_campaign, make_task

pytestmark = pytest.mark.django_db

BAYES = {"consensus": Consensus.DAWID_SKENE}


def answer_all(campaign, people, *, seed=7, skip_person=None, accuracy=None):
    """Every person answers what they are given, by a chance of their own; the same for the same seed."""
    for number, person in enumerate(people):
        if person is skip_person:
            continue
        while tasks := serve(campaign=campaign, annotator=person, size=50):
            for task in sorted(tasks, key=lambda task: task.candidate_id):
                chance = random.Random(f"{seed} {number} {task.candidate_id}")
                truth = Answer.ACCEPT if task.candidate_id % 3 else Answer.REJECT
                wrong = Answer.REJECT if truth == Answer.ACCEPT else Answer.ACCEPT
                is_right = chance.random() < (accuracy or [0.9] * 99)[number]
                judge(task, person, truth if is_right else wrong)


def state(campaign):
    """What a campaign has come to, without ids."""
    tasks = {
        task.candidate_id: (task.seats_free, task.seats_granted, len(task.taken_by))
        for task in campaign.tasks.all()
    }
    verdicts = {
        verdict.task.candidate_id: (verdict.answer, verdict.is_disputed, verdict.votes, verdict.posteriors)
        for verdict in Verdict.objects.standing().of_campaign(campaign).select_related("task")
    }
    return tasks, verdicts


def figures(campaign, people):
    measured = {one.annotator_id: one for one in campaign.participations.all()}
    return [
        (measured[person.pk].confusion, measured[person.pk].reliability, measured[person.pk].judgments)
        for person in people
        if person.pk in measured
    ]


def assert_same(one, other):
    (tasks, verdicts), (other_tasks, other_verdicts) = one, other
    assert tasks == other_tasks
    assert verdicts.keys() == other_verdicts.keys()
    for candidate, (*facts, posteriors) in verdicts.items():
        *other_facts, other_posteriors = other_verdicts[candidate]
        assert facts == other_facts
        assert posteriors == pytest.approx(other_posteriors, abs=0.006)


@pytest.mark.parametrize("policy", [{}, BAYES], ids=["majority", "dawid-skene"])
def test_a_removed_annotator_leaves_everything_as_if_they_had_never_been_there(policy):
    size, accuracy = 30, [0.95, 0.9, 0.35, 0.9]
    with_them = make_campaign(size=size, overlap=4, **policy)
    without = make_campaign(size=size, overlap=4, **policy)
    people = [make_annotator() for _ in range(4)]
    gone = people[2]
    answer_all(with_them, people, accuracy=accuracy)
    answer_all(without, people, accuracy=accuracy, skip_person=gone)

    removed = remove_annotator(campaign=with_them, annotator=gone, by=None, why="guesses")
    recompute(without, without.tasks.values_list("pk", flat=True))

    assert removed == size
    assert_same(state(with_them), state(without))
    stayed = [person for person in people if person is not gone]
    for (confusion, *rest), (other, *other_rest) in zip(
        figures(with_them, stayed), figures(without, stayed), strict=True
    ):
        assert confusion == pytest.approx(other, abs=1e-6)
        assert rest == pytest.approx(other_rest)
    assert_promises(with_them)
    assert Judgment.objects.filter(annotator=gone, removed_at=None, task__campaign=with_them).count() == 0
    assert Change.objects.filter(action="remove", entity_id=with_them.pk).count() == 1
    # The rest of the crowd fills the seats, and the verdicts come as they would have.
    fifth = make_annotator()
    answer_all(with_them, [fifth])
    assert Verdict.objects.standing().of_campaign(with_them).count() == size
    assert_promises(with_them)


def test_removal_under_adaptive_overlap_is_equal_to_a_rebuild_and_twice_is_once():
    policy = {"stop_at": 0.9, "least_overlap": 2, "overlap": 5, **BAYES}
    campaign = make_campaign(size=25, **policy)
    people = [make_annotator() for _ in range(5)]
    answer_all(campaign, people, accuracy=[0.9, 0.3, 0.9, 0.85, 0.9])

    remove_annotator(campaign=campaign, annotator=people[1], by=None, why="guesses")
    after_removal = state(campaign)
    assert_promises(campaign)
    recompute(campaign, campaign.tasks.values_list("pk", flat=True))
    assert_same(state(campaign), after_removal)

    assert remove_annotator(campaign=campaign, annotator=people[1], by=None, why="again") == 0
    assert_same(state(campaign), after_removal)
    assert_promises(campaign)


def test_somebody_who_was_removed_gets_no_tasks_and_their_answers_are_refused():
    campaign = make_campaign(size=3, overlap=1)
    gone = make_annotator()
    (held,) = serve(campaign=campaign, annotator=gone, size=1)
    remove_annotator(campaign=campaign, annotator=gone, by=None, why="guesses")

    assert serve(campaign=campaign, annotator=gone, size=1) == []
    with pytest.raises(NotAsked):
        judge(held, gone)
    assert_promises(campaign)


def test_an_answer_that_was_removed_cannot_be_undone_any_more():
    task, gone = make_task(overlap=2), make_annotator()
    judgment = ask(task, gone)
    remove_annotator(campaign=task.campaign, annotator=gone, by=None, why="guesses")

    with pytest.raises(TooLateToUndo):
        withdraw_judgment(judgment_id=judgment.pk, annotator=gone)
    assert_promises(task.campaign)


def test_a_paused_person_gets_nothing_until_a_person_lets_them_go_on():
    campaign, person = make_campaign(size=3), make_annotator()
    change_standing(campaign=campaign, annotator=person, standing=Standing.PAUSED, by=None, why="too quick")
    assert serve(campaign=campaign, annotator=person, size=1) == []

    change_standing(campaign=campaign, annotator=person, standing=Standing.ACTIVE, by=None, why="talked")

    assert len(serve(campaign=campaign, annotator=person, size=1)) == 1
    assert list(Change.objects.filter(action="standing").order_by("pk").values_list("reason", flat=True)) == [
        "too quick",
        "talked",
    ]


def test_a_fit_tells_the_careful_from_those_who_guess_and_revises_what_they_decided():
    campaign = make_campaign(size=60, overlap=5, **BAYES)
    people = [make_annotator() for _ in range(5)]
    # Three who answer at random outvote two careful ones until they are known.
    answer_all(campaign, people, accuracy=[0.98, 0.98, 0.55, 0.5, 0.45])
    truth = lambda task: "accept" if task.candidate_id % 3 else "reject"  # noqa: E731

    def right():
        standing = Verdict.objects.standing().of_campaign(campaign).select_related("task")
        return sum(verdict.answer == truth(verdict.task) for verdict in standing)

    before = right()
    assert fitting.refresh(campaign) == "fitted"

    assert right() > before
    assert right() >= 57
    known = {one.annotator_id: one.reliability for one in campaign.participations.all()}
    assert min(known[people[0].pk], known[people[1].pk]) > 0.85 > 0.65 > known[people[3].pk]
    assert Verdict.objects.of_campaign(campaign).exclude(withdrawn_at=None).exists()
    assert_promises(campaign)


def test_what_is_new_is_added_and_a_quarter_more_is_fitted_anew():
    campaign = make_campaign(size=220, overlap=2, **BAYES)
    people = [make_annotator() for _ in range(2)]
    for task in serve(campaign=campaign, annotator=people[0], size=50):
        judge(task, people[0])
    assert fitting.refresh(campaign) == "fitted"
    for task in serve(campaign=campaign, annotator=people[1], size=50):
        judge(task, people[1])
    long_ago = timezone.now() - 2 * fitting.SETTLED_AFTER
    Verdict.objects.of_campaign(campaign).update(formed_at=long_ago)

    assert fitting.refresh(campaign) == "fitted"  # 100 new ones of 50

    assert fitting.refresh(campaign) == "nothing"
    for task in serve(campaign=campaign, annotator=people[0], size=20):
        judge(task, people[0])
    for task in serve(campaign=campaign, annotator=people[1], size=20):
        judge(task, people[1])
    Verdict.objects.of_campaign(campaign).update(formed_at=long_ago)
    before = Participation.objects.get(campaign=campaign, annotator=people[0])
    assert fitting.refresh(campaign) == "added"
    after = Participation.objects.get(campaign=campaign, annotator=people[0])
    assert sum(after.confusion) == pytest.approx(sum(before.confusion) + 20)
    assert after.judgments == before.judgments + 20


def test_a_curators_decision_replaces_a_dispute_and_no_fit_changes_it():
    task = make_task(overlap=2)
    given = [ask(task, make_annotator(), answer) for answer in (Answer.ACCEPT, Answer.REJECT)]
    disputed = task.verdicts.get()
    assert disputed.is_disputed

    decided = adjudicate(verdict=disputed, answer=Answer.ACCEPT, by=make_annotator(), why="see sentence 2")

    assert (decided.answer, decided.method, decided.is_disputed) == (Answer.ACCEPT, "curator", False)
    assert set(decided.basis) == {judgment.pk for judgment in given}
    revise(task.campaign, fitting.fit(task.campaign))
    recompute(task.campaign, [task.pk])
    assert task.verdicts.standing().get() == decided
    with pytest.raises(NotDecided):
        adjudicate(verdict=disputed, answer=Answer.REJECT, by=None, why="too late")


def test_a_bad_candidate_needs_a_reason_and_the_verdict_names_the_commonest():
    task = make_task(overlap=3)
    ask(task, make_annotator(), Answer.BAD, reason="outdated")
    ask(task, make_annotator(), Answer.BAD, reason="wrong_boundary")
    ask(task, make_annotator(), Answer.BAD, reason="wrong_boundary")

    verdict = task.verdicts.get()
    assert (verdict.answer, verdict.reason) == (Answer.BAD, "wrong_boundary")


def test_typical_or_plausible_is_kept_as_a_share_of_those_who_said():
    task = make_task(overlap=3)
    ask(task, make_annotator(), typicality="typical")
    ask(task, make_annotator(), typicality="plausible")
    ask(task, make_annotator())

    assert task.verdicts.get().typicality == pytest.approx(0.5)
