"""Answers in, answers undone, verdicts formed."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation.actions.campaigns import finish_campaign, new_guideline_version
from annotation.actions.gold import add_gold
from annotation.actions.judging import JudgmentIdTaken, NegativeDuration
from annotation.actions.leases import release_expired_leases
from annotation.actions.serving import serve
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.models import Answer, Judgment, Lease, Verdict
from annotation.tasks import act_on_verdict
from tests.factories.annotation import (
    AlreadyDecided,
    ask,
    judge,
    lease,
    make_annotator,
    make_campaign,
    make_task,
)

pytestmark = pytest.mark.django_db


def expire(task):
    task.leases.update(expires_at=timezone.now() - timedelta(seconds=1))
    release_expired_leases()


def test_same_id_twice_keeps_one_row():
    task, annotator, judgment_id = make_task(), make_annotator(), uuid4()

    first = ask(task, annotator, judgment_id=judgment_id)
    again = judge(task, annotator, Answer.REJECT, judgment_id=judgment_id)

    assert again == first
    assert again.answer == Answer.ACCEPT
    assert task.judgments.count() == 1


def test_an_id_of_another_task_or_person_is_refused():
    campaign, annotator, judgment_id = make_campaign(), make_annotator(), uuid4()
    one, two = serve(campaign=campaign, annotator=annotator, size=2)
    judge(one, annotator, judgment_id=judgment_id)

    with pytest.raises(JudgmentIdTaken):
        judge(two, annotator, judgment_id=judgment_id)
    with pytest.raises(JudgmentIdTaken):
        judge(one, make_annotator(), judgment_id=judgment_id)

    assert Judgment.objects.count() == 1


def test_a_second_answer_under_a_new_id_returns_the_standing_one():
    task, annotator = make_task(), make_annotator()

    first = ask(task, annotator)
    second = judge(task, annotator, Answer.REJECT)

    assert second == first
    assert task.judgments.count() == 1


def test_an_answer_ends_its_lease_and_counts():
    task, annotator = make_task(overlap=2), make_annotator()

    judgment = ask(task, annotator)

    task.refresh_from_db()
    assert judgment.is_counted
    assert not task.leases.exists()
    assert (task.seats_free, task.taken_by) == (1, [annotator.pk])


def test_a_skip_gives_the_seat_back_and_is_not_counted():
    task, annotator = make_task(overlap=2), make_annotator()

    judgment = ask(task, annotator, Answer.SKIP)

    task.refresh_from_db()
    assert not judgment.is_counted
    assert (task.seats_free, task.taken_by) == (2, [annotator.pk])


def test_a_late_answer_takes_a_free_seat():
    task, annotator = make_task(overlap=1), make_annotator()
    lease(task, annotator)
    expire(task)

    judgment = judge(task, annotator)

    task.refresh_from_db()
    assert judgment.is_counted
    assert (task.seats_free, task.taken_by) == (0, [annotator.pk])
    assert task.verdicts.standing().exists()


def test_a_late_answer_without_a_seat_is_kept_but_not_counted():
    task, late, other = make_task(overlap=1), make_annotator(), make_annotator()
    lease(task, late)
    expire(task)
    ask(task, other, Answer.REJECT)

    judgment = judge(task, late)

    task.refresh_from_db()
    assert not judgment.is_counted
    assert task.seats_free == 0
    assert task.verdicts.standing().get().votes == {"accept": 0, "reject": 1, "unsure": 0, "bad": 0}


@pytest.mark.parametrize("leaves", ["skips", "stalls"])
def test_a_late_answer_counts_after_all_when_a_seat_comes_free(leaves):
    task, late, other = make_task(overlap=1), make_annotator(), make_annotator()
    lease(task, late)
    expire(task)
    lease(task, other)
    judgment = judge(task, late)
    assert not judgment.is_counted

    if leaves == "skips":
        judge(task, other, Answer.SKIP)
    else:
        expire(task)

    judgment.refresh_from_db()
    task.refresh_from_db()
    assert judgment.is_counted
    assert task.seats_free == 0
    assert task.verdicts.standing().get().answer == Answer.ACCEPT


def test_an_answer_counts_as_long_as_its_lease_was_not_released():
    task, annotator = make_task(overlap=1), make_annotator()
    lease(task, annotator)
    task.leases.update(expires_at=timezone.now() - timedelta(hours=1))

    assert judge(task, annotator).is_counted


def test_who_let_a_lease_run_out_may_be_asked_again():
    task, annotator = make_task(overlap=1), make_annotator()
    lease(task, annotator)

    expire(task)

    task.refresh_from_db()
    assert (task.seats_free, task.taken_by) == (1, [])
    assert serve(campaign=task.campaign, annotator=annotator, size=1) == [task]


def test_only_expired_leases_are_released():
    task, gone, here = make_task(overlap=3), make_annotator(), make_annotator()
    lease(task, gone)
    lease(task, here)
    task.leases.filter(annotator=gone).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert release_expired_leases() == 1

    task.refresh_from_db()
    assert (task.seats_free, task.taken_by) == (2, [here.pk])
    assert release_expired_leases() == 0


def test_enough_answers_form_a_verdict():
    task = make_task(overlap=3)
    given = [ask(task, make_annotator(), answer) for answer in (Answer.ACCEPT, Answer.REJECT, Answer.ACCEPT)]

    verdict = task.verdicts.get()

    assert verdict.answer == Answer.ACCEPT
    assert verdict.posterior == pytest.approx(2.25 / 4)
    assert verdict.votes == {"accept": 2, "reject": 1, "unsure": 0, "bad": 0}
    assert set(verdict.judgments) == set(given)


def test_gold_measures_people_and_never_gets_a_verdict():
    campaign = make_campaign(size=2, overlap=1, gold_share=1.0)
    gold = campaign.tasks.first()
    add_gold(task=gold, answer=Answer.ACCEPT, reason="certain")

    ask(gold, make_annotator())

    assert not Verdict.objects.exists()


def test_the_guideline_on_the_screen_is_recorded():
    campaign, annotator = make_campaign(), make_annotator()
    seen = campaign.guideline
    one, two = serve(campaign=campaign, annotator=annotator, size=2)
    newest = new_guideline_version(campaign=campaign, text={"en": "Now stricter."}, examples=[])

    assert judge(one, annotator, guideline_id=seen.pk).guideline == seen
    assert judge(two, annotator).guideline == newest


def test_a_guideline_of_another_campaign_is_not_recorded():
    task, other = make_task(), make_campaign()

    assert ask(task, make_annotator(), guideline_id=other.guideline.pk).guideline == task.campaign.guideline


def test_nonsense_durations_are_refused_or_clamped():
    task, annotator = make_task(), make_annotator()

    with pytest.raises(NegativeDuration):
        ask(task, annotator, seconds=-1)

    assert judge(task, annotator, seconds=10**7).took == timedelta(days=1)


def test_simulated_people_leave_simulated_judgments():
    assert ask(make_task(), make_annotator(is_simulated=True)).is_simulated


def test_undo_holds_the_task_for_its_annotator_again():
    task, annotator = make_task(overlap=2), make_annotator()
    judgment = ask(task, annotator)

    undone = withdraw_judgment(judgment_id=judgment.pk, annotator=annotator)
    again = withdraw_judgment(judgment_id=judgment.pk, annotator=annotator)

    assert undone.withdrawn_at == again.withdrawn_at is not None
    assert serve(campaign=task.campaign, annotator=annotator, size=1) == [task]
    task.refresh_from_db()
    assert (task.seats_free, task.taken_by) == (1, [annotator.pk])


def test_an_undone_task_can_be_answered_anew_and_the_old_id_stays_undone():
    task, annotator = make_task(overlap=1), make_annotator()
    first = ask(task, annotator)
    withdraw_judgment(judgment_id=first.pk, annotator=annotator)

    second = judge(task, annotator, Answer.REJECT)
    resent = judge(task, annotator, judgment_id=first.pk)

    assert resent == first
    assert resent.withdrawn_at
    assert second.is_counted
    assert task.verdicts.standing().get().answer == Answer.REJECT


def test_undo_withdraws_the_verdict_and_what_it_proposed():
    task = make_task(overlap=2)
    annotators = [make_annotator(), make_annotator()]
    judgments = [ask(task, annotator) for annotator in annotators]
    verdict = task.verdicts.get()
    act_on_verdict(verdict.pk)

    withdraw_judgment(judgment_id=judgments[0].pk, annotator=annotators[0])

    verdict.refresh_from_db()
    assert verdict.withdrawn_at
    assert set(verdict.judgments) == set(judgments)  # the trail still names both
    assert changes(task) == ["propose", "withdraw"]


def test_undo_changes_nothing_where_a_curator_has_decided():
    task, annotator = make_task(overlap=1), make_annotator()
    task.content["decided"] = True
    task.save()
    judgment = ask(task, annotator)
    act_on_verdict(task.verdicts.get().pk)

    with pytest.raises(AlreadyDecided), transaction.atomic():
        withdraw_judgment(judgment_id=judgment.pk, annotator=annotator)

    judgment.refresh_from_db()
    assert judgment.withdrawn_at is None
    assert task.verdicts.standing().exists()
    assert not Lease.objects.exists()


def test_undo_of_a_skip_takes_a_seat_again_or_leaves_the_others_theirs():
    task, annotator, other = make_task(overlap=1), make_annotator(), make_annotator()
    skip = ask(task, annotator, Answer.SKIP)
    withdraw_judgment(judgment_id=skip.pk, annotator=annotator)
    task.refresh_from_db()
    assert (task.seats_free, task.taken_by) == (0, [annotator.pk])

    again = judge(task, annotator, Answer.SKIP)
    ask(task, other)
    withdraw_judgment(judgment_id=again.pk, annotator=annotator)

    task.refresh_from_db()
    assert (task.seats_free, task.taken_by) == (0, [other.pk])


def test_only_ones_own_last_twenty_answers_can_be_undone():
    campaign, annotator = make_campaign(size=21), make_annotator()
    judgments = [judge(task, annotator) for task in serve(campaign=campaign, annotator=annotator, size=21)]

    with pytest.raises(TooLateToUndo):
        withdraw_judgment(judgment_id=judgments[0].pk, annotator=annotator)
    with pytest.raises(Judgment.DoesNotExist):
        withdraw_judgment(judgment_id=judgments[1].pk, annotator=make_annotator())

    assert withdraw_judgment(judgment_id=judgments[1].pk, annotator=annotator).withdrawn_at


def test_a_finished_campaign_keeps_its_answers():
    task, annotator = make_task(), make_annotator()
    judgment = ask(task, annotator)
    finish_campaign(campaign=task.campaign)

    with pytest.raises(TooLateToUndo):
        withdraw_judgment(judgment_id=judgment.pk, annotator=annotator)


def test_the_database_refuses_a_second_standing_judgment():
    judgment = ask(make_task(), make_annotator())

    with pytest.raises(IntegrityError, match="judgment_once_per_person"), transaction.atomic():
        Judgment.objects.create(
            pk=uuid4(),
            task=judgment.task,
            annotator=judgment.annotator,
            answer=Answer.REJECT,
            took=timedelta(0),
            guideline=judgment.guideline,
        )


def changes(task):
    from people.models import Change

    return list(
        Change.objects.filter(entity="word", entity_id=task.pk)
        .order_by("pk")
        .values_list("action", flat=True)
    )


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_when_the_broker_is_down(settings):
    task = make_task(overlap=1)
    from kgcurate.celery import app

    annotator = make_annotator()
    broker = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    began = time.monotonic()
    try:
        judgment = ask(task, annotator)
    finally:
        app.conf.broker_url = broker

    # Celery itself gives up after six seconds.
    assert time.monotonic() - began < 2
    assert Judgment.objects.filter(pk=judgment.pk).exists()
    assert Verdict.objects.waiting().count() == 1
