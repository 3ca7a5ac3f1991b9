"""Campaigns from the command line."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from annotation.actions.gold import add_gold
from annotation.actions.practising import answer_attempt, next_task, start_attempt
from annotation.models import Answer, Campaign, GoldUse, Mode
from people.models import Change
from tests.factories.annotation import make_annotator, make_campaign

pytestmark = pytest.mark.django_db


def test_a_campaign_is_made_and_listed(capsys):
    call_command("create_campaign", "By hand", kind="word", question="poi", overlap=2, fill=True)
    campaign = Campaign.objects.get(name="By hand")
    call_command("campaigns", "start", "By hand")

    said = capsys.readouterr().out
    assert campaign.tasks.count() == 10
    assert f"{campaign.pk}\trunning\tpoi\t0 of 10 decided\tBy hand" in said


def test_filling_by_name_or_id_twice_changes_nothing(capsys):
    campaign = make_campaign(size=3)

    call_command("fill_campaign", campaign.name)
    call_command("fill_campaign", str(campaign.pk))

    assert capsys.readouterr().out == "0 tasks added\n" * 2


@pytest.mark.parametrize(
    "words",
    [
        ("create_campaign", "X", "--question", "nothing", "--kind", "word"),
        ("create_campaign", "X", "--question", "poi", "--kind", "nothing"),
        ("create_campaign", "X", "--question", "poi", "--kind", "word", "--gold-share", "3"),
        ("fill_campaign", "nothing"),
        ("campaigns", "start", "nothing"),
    ],
)
def test_nonsense_is_one_line_of_error(words):
    with pytest.raises(CommandError):
        call_command(*words)


def test_what_is_finished_cannot_be_started():
    campaign = make_campaign()
    call_command("campaigns", "finish", str(campaign.pk))

    with pytest.raises(CommandError, match="cannot be started"):
        call_command("campaigns", "start", str(campaign.pk))


def test_the_qualification_test_is_shown_and_changed_with_its_trail(capsys):
    campaign = make_campaign(size=8)
    for task in campaign.tasks.order_by("candidate_id")[:3]:
        add_gold(task=task, answer=Answer.ACCEPT, reason="", use=GoldUse.TEST)
    call_command("qualification", campaign.name)
    before = capsys.readouterr()

    change = {"test_size": 3, "test_pass": 0.6, "test_attempts": 4, "why": "too many guess"}
    call_command("qualification", str(campaign.pk), **change)
    person = make_annotator(username="ann")
    attempt = start_attempt(campaign=campaign, annotator=person, mode=Mode.TEST)
    for answer in (Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT):
        answer_attempt(attempt=attempt, task=next_task(attempt), answer=answer, took=timedelta(seconds=2))
    start_attempt(campaign=campaign, annotator=make_annotator(username="ben"), mode=Mode.TEST)
    call_command("qualification", campaign.name)
    after = capsys.readouterr()

    assert before.out == "no test; 3 known answers for one\n"
    assert "3 of 3 known answers, 60% right to pass, 4 attempts\n" in after.out
    assert (
        "ann\tattempt 1\tpassed, 2 of 3 right\n" in after.out and "ben\tattempt 1\tunder way\n" in after.out
    )
    trail = Change.objects.get(action="change quality")
    assert (trail.reason, trail.after["test_size"]) == ("too many guess", 3)
    call_command("qualification", campaign.name, test_size=5)
    assert "2 more known answers are needed" in capsys.readouterr().err
    with pytest.raises(CommandError, match="--pass"):
        call_command("qualification", campaign.name, test_pass=3.0)
    with pytest.raises(CommandError, match="no campaign"):
        call_command("qualification", "nothing")
