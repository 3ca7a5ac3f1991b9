"""How many people are asked: fixed, adaptive, and one trusted person alone."""

import pytest

from annotation.actions.leases import release_expired_leases
from annotation.actions.serving import serve
from annotation.models import Answer, Consensus, Lease, Participation, Standing
from tests.annotation.promises import assert_promises
from tests.factories.annotation import ask, judge, lease, make_annotator, make_campaign, make_task

pytestmark = pytest.mark.django_db

ADAPTIVE = {"stop_at": 0.95, "least_overlap": 2, "overlap": 5, "consensus": Consensus.DAWID_SKENE}


def known(campaign, *, right: float, answers: float = 200, low: float | None = None, **more):
    """An annotator whose history says they are right so often."""
    annotator = make_annotator()
    wrong = (1 - right) / 3
    confusion = [answers / 4 * (right if said == true else wrong) for true in range(4) for said in range(4)]
    Participation.objects.create(
        campaign=campaign,
        annotator=annotator,
        confusion=confusion,
        reliability=right,
        reliability_low=right - 0.03 if low is None else low,
        reliability_high=min(1, right + 0.03),
        judgments=answers,
        **more,
    )
    return annotator


def test_adaptive_overlap_stops_as_soon_as_the_posterior_is_sure():
    task = make_task(**ADAPTIVE)
    assert task.seats_free == 2

    ask(task, make_annotator())
    ask(task, make_annotator())

    verdict = task.verdicts.get()
    assert (verdict.answer, verdict.method, verdict.is_disputed) == (Answer.ACCEPT, "dawid_skene", False)
    assert verdict.confidence >= 0.95
    assert_promises(task.campaign)


def test_adaptive_overlap_asks_one_more_at_a_time_while_judges_differ():
    task = make_task(**ADAPTIVE)
    ask(task, make_annotator(), Answer.ACCEPT)
    ask(task, make_annotator(), Answer.REJECT)
    task.refresh_from_db()
    assert (task.seats_free, task.seats_granted) == (1, 3)
    assert not task.verdicts.exists()
    assert_promises(task.campaign)

    for _ in range(2):
        ask(task, make_annotator(), Answer.ACCEPT)

    assert task.verdicts.get().answer == Answer.ACCEPT
    assert_promises(task.campaign)


def test_adaptive_overlap_ends_at_the_maximum_and_a_draw_is_a_dispute():
    task = make_task(**{**ADAPTIVE, "overlap": 4})
    for answer in (Answer.ACCEPT, Answer.REJECT, Answer.ACCEPT, Answer.REJECT):
        ask(task, make_annotator(), answer)

    verdict = task.verdicts.get()
    assert (verdict.answer, verdict.is_disputed) == (Answer.UNSURE, True)
    assert sum(verdict.votes.values()) == 4
    assert serve(campaign=task.campaign, annotator=make_annotator(), size=1) == []
    assert_promises(task.campaign)


def test_people_known_to_be_careful_need_fewer_answers_than_people_known_to_guess():
    careful, guessing = make_task(**ADAPTIVE), make_task(**ADAPTIVE)
    for _ in range(2):
        ask(careful, known(careful.campaign, right=0.97))
        ask(guessing, known(guessing.campaign, right=0.35))

    assert careful.verdicts.exists()
    assert not guessing.verdicts.exists()


def test_a_trusted_annotator_is_enough_and_nobody_else_is_asked():
    task = make_task(overlap=3, trusted_alone=True)
    ask(task, known(task.campaign, right=0.98))

    assert task.verdicts.get().answer == Answer.ACCEPT
    task.refresh_from_db()
    assert (task.seats_free, task.seats_granted) == (0, 1)
    assert serve(campaign=task.campaign, annotator=make_annotator(), size=1) == []
    assert_promises(task.campaign)


@pytest.mark.parametrize(
    "history",
    [
        {"right": 0.98, "answers": 10},
        {"right": 0.98, "low": 0.8},
        {"right": 0.98, "standing": Standing.ACTIVE, "answer": Answer.UNSURE},
    ],
    ids=["too few answers", "interval too wide", "cannot tell"],
)
def test_who_has_not_proven_it_or_cannot_tell_does_not_settle_alone(history):
    answer = history.pop("answer", Answer.ACCEPT)
    task = make_task(overlap=3, trusted_alone=True)
    ask(task, known(task.campaign, **history), answer)

    assert not task.verdicts.exists()


def test_a_trusted_answer_waits_for_who_holds_a_seat_and_closes_the_one_that_runs_out():
    task = make_task(overlap=3, trusted_alone=True)
    slow = make_annotator()
    lease(task, slow)
    ask(task, known(task.campaign, right=0.98))
    assert not task.verdicts.exists()
    assert_promises(task.campaign)

    Lease.objects.filter(annotator=slow).update(expires_at="2020-01-01T00:00Z")
    release_expired_leases()

    assert task.verdicts.get().answer == Answer.ACCEPT
    task.refresh_from_db()
    assert (task.seats_free, task.seats_granted) == (0, 1)
    late = judge(task, slow, Answer.REJECT)
    assert not late.is_counted
    assert_promises(task.campaign)


def test_the_models_vote_joins_and_stays_separable_but_never_in_the_evaluation_sample():
    campaign = make_campaign(
        size=40, overlap=1, consensus=Consensus.DAWID_SKENE, model_votes=True, evaluation_share=0.5
    )
    campaign.tasks.update(score=0.05)
    judge_one = {}
    annotator = make_annotator()
    for task in serve(campaign=campaign, annotator=annotator, size=40):
        judge(task, annotator)
        judge_one.setdefault(task.pool, task.verdicts.get())

    joined, alone = judge_one["model"], judge_one["evaluation"]
    assert joined.method == "dawid_skene+model"
    assert joined.people_posterior == pytest.approx(alone.posterior)
    assert joined.posterior < alone.posterior
    assert (alone.method, alone.people_posterior) == ("dawid_skene", None)
