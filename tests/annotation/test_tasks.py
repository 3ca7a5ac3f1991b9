"""What workers do with verdicts."""

import pytest

from annotation.actions.undoing import withdraw_judgment
from annotation.models import Answer, Verdict
from annotation.tasks import act_on_verdict, act_on_waiting_verdicts, release_expired_leases
from people.models import Change
from tests.factories.annotation import ask, make_annotator, make_campaign, make_task

pytestmark = pytest.mark.django_db


def proposed():
    return Change.objects.filter(entity="word", action="propose").count()


def test_an_accepted_verdict_proposes_once():
    task = make_task(overlap=1)
    ask(task, make_annotator())
    verdict = task.verdicts.get()

    assert act_on_verdict(verdict.pk)
    assert not act_on_verdict(verdict.pk)

    assert proposed() == 1
    verdict.refresh_from_db()
    assert verdict.acted_at


def test_a_rejected_verdict_proposes_nothing():
    task = make_task(overlap=1)
    ask(task, make_annotator(), Answer.REJECT)

    assert act_on_waiting_verdicts() == 0
    assert proposed() == 0
    assert not Verdict.objects.waiting().exists()


def test_a_verdict_that_was_withdrawn_meanwhile_is_passed_over():
    task, annotator = make_task(overlap=1), make_annotator()
    judgment = ask(task, annotator)
    verdict = task.verdicts.get()
    withdraw_judgment(judgment_id=judgment.pk, annotator=annotator)

    assert not act_on_verdict(verdict.pk)
    assert proposed() == 0


def test_one_verdict_that_fails_does_not_hold_up_the_others(caplog):
    campaign = make_campaign(size=3, overlap=1)
    annotator = make_annotator()
    for task in campaign.tasks.order_by("rank"):
        ask(task, annotator)
    broken = campaign.tasks.order_by("pk").first()
    broken.content["breaks"] = True
    broken.save()

    assert act_on_waiting_verdicts() == 2

    assert "could not be acted on" in caplog.text
    assert Verdict.objects.waiting().get().task == broken


def test_beat_releases_leases():
    assert release_expired_leases() == 0
