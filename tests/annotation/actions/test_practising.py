"""The test before a campaign, training, and who is let in to the tasks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from annotation import gate
from annotation.actions.deciding import change_standing
from annotation.actions.gold import add_gold
from annotation.actions.practising import (
    NotToPractise,
    answer_attempt,
    grant_attempt,
    let_in,
    next_task,
    start_attempt,
)
from annotation.actions.quality import change_quality
from annotation.actions.revising import remove_annotator
from annotation.actions.serving import serve
from annotation.models import Answer, Appeal, Attempt, AttemptAnswer, GoldUse, Judgment, Mode, Rule, Standing
from tests.factories.annotation import ask, make_annotator, make_campaign
from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db


def campaign_with_test(*, size=8, questions=3, use=GoldUse.TEST, **policy):
    """Its first tasks are known as no, for the test."""
    campaign = make_campaign(size=size)
    for task in campaign.tasks.order_by("candidate_id")[:questions]:
        add_gold(task=task, answer=Answer.REJECT, reason="It is a brand.", use=use)
    policy = {"test_size": 3, "test_pass": 0.6, "test_attempts": 2, **policy}
    change_quality(campaign=campaign, **policy)
    return campaign


def take(campaign, person, answers, *, mode=Mode.TEST):
    attempt = start_attempt(campaign=campaign, annotator=person, mode=mode)
    for answer in answers:
        answer_attempt(attempt=attempt, task=next_task(attempt), answer=answer, took=timedelta(seconds=1))
    attempt.refresh_from_db()
    return attempt


def is_asked(campaign, person):
    return bool(serve(campaign=campaign, annotator=person, size=1))


def test_nothing_is_handed_out_before_the_test_is_passed():
    campaign, person = campaign_with_test(), make_annotator()
    assert gate.gate_of(campaign, person).state == gate.TEST
    assert not is_asked(campaign, person)

    passed = take(campaign, person, ["reject", "accept", "reject"])

    assert (passed.right, passed.passed) == (2, True)
    assert gate.gate_of(campaign, person).is_open
    assert is_asked(campaign, person)
    assert not is_asked(campaign, make_annotator())
    assert not Judgment.objects.exists()


def test_attempts_run_out_and_an_admin_grants_another_or_lets_in():
    campaign, person, other = campaign_with_test(), make_annotator(), make_annotator()
    for who in (person, other):
        for _ in range(2):
            assert take(campaign, who, ["accept"] * 3).passed is False
        assert gate.gate_of(campaign, who).state == gate.FAILED
        with pytest.raises(NotToPractise):
            start_attempt(campaign=campaign, annotator=who, mode=Mode.TEST)

    grant_attempt(campaign=campaign, annotator=person, by=make_admin(), why="misread")
    for _ in range(2):
        let_in(campaign=campaign, annotator=other, by=make_admin(), why="knows the shop")

    assert gate.gate_of(campaign, person).attempts_left == 1
    assert take(campaign, person, ["reject"] * 3).passed
    assert is_asked(campaign, other)


def test_a_second_attempt_asks_what_the_first_did_not_and_two_tabs_share_one():
    campaign, person = campaign_with_test(questions=6), make_annotator()
    first = start_attempt(campaign=campaign, annotator=person, mode=Mode.TEST)
    assert start_attempt(campaign=campaign, annotator=person, mode=Mode.TEST) == first

    take(campaign, person, ["accept"] * 3)
    second = start_attempt(campaign=campaign, annotator=person, mode=Mode.TEST)

    assert set(first.tasks).isdisjoint(second.tasks)
    assert first.tasks != start_attempt(campaign=campaign, annotator=make_annotator(), mode=Mode.TEST).tasks


def test_the_same_question_twice_is_answered_once_and_others_are_refused():
    campaign, person = campaign_with_test(), make_annotator()
    attempt = start_attempt(campaign=campaign, annotator=person, mode=Mode.TEST)
    task, took = next_task(attempt), timedelta(seconds=1)

    first = answer_attempt(attempt=attempt, task=task, answer="reject", took=took)
    again = answer_attempt(attempt=attempt, task=task, answer="accept", took=took)

    assert (again, again.answer) == (first, "reject")
    with pytest.raises(NotToPractise):
        answer_attempt(attempt=attempt, task=campaign.tasks.last(), answer="reject", took=took)
    with pytest.raises(NotToPractise):
        answer_attempt(attempt=attempt, task=next_task(attempt), answer="skip", took=took)


def test_a_test_with_too_few_questions_is_not_ready_and_lets_nobody_in():
    campaign, person = campaign_with_test(questions=2), make_annotator()

    assert gate.gate_of(campaign, person).state == gate.NOT_READY
    assert not is_asked(campaign, person)
    with pytest.raises(NotToPractise):
        start_attempt(campaign=campaign, annotator=person, mode=Mode.TEST)


def test_who_is_removed_after_passing_gets_nothing_and_the_others_are_as_if_they_had_never_been_there():
    campaign, person, stays = campaign_with_test(size=5), make_annotator(), make_annotator()
    for who in (person, stays):
        take(campaign, who, ["reject"] * 3)
    ask(campaign.tasks.order_by("candidate_id")[3], stays)
    (held,) = serve(campaign=campaign, annotator=person, size=1)

    remove_annotator(campaign=campaign, annotator=person, by=make_admin(), why="guesses")

    assert gate.gate_of(campaign, person).state == gate.REMOVED
    assert not is_asked(campaign, person)
    held.refresh_from_db()
    assert person.pk not in held.taken_by
    assert gate.gate_of(campaign, stays).is_open


@pytest.fixture
def annotator(client):
    person = make_annotator()
    client.force_login(person)
    return person


def post(client, campaign, mode, **told):
    return client.post(reverse("annotation:practice", args=[campaign.pk, mode]), told)


def test_the_page_leads_from_the_work_list_through_the_test_to_the_tasks(client, annotator):
    campaign = campaign_with_test()
    task_page = reverse("annotation:task", args=[campaign.pk])
    assert (
        "A short test of 3 questions comes first." in client.get(reverse("annotation:work")).content.decode()
    )
    assert client.get(task_page).status_code == 302

    post(client, campaign, "test", begin="1")
    attempt = Attempt.objects.get()
    assert "accept" not in str(
        client.get(reverse("annotation:practice", args=[campaign.pk, "test"])).context["task"]
    )
    for _ in range(3):
        html = post(client, campaign, "test", task=next_task(attempt).pk, answer="reject", took_ms=900)

    assert "3 of 3 right" in html.content.decode()
    assert "It is a brand." not in html.content.decode()
    assert client.get(task_page).status_code == 200
    assert AttemptAnswer.objects.first().took == timedelta(milliseconds=900)


def test_training_explains_each_answer_at_once_and_takes_an_appeal(client, annotator):
    campaign = campaign_with_test(use=GoldUse.TRAINING, test_size=0)
    post(client, campaign, "training", begin="1")
    attempt = Attempt.objects.get()

    told = post(client, campaign, "training", task=next_task(attempt).pk, answer="accept").content.decode()
    assert "Not quite." in told
    assert "It is a brand." in told
    answer = AttemptAnswer.objects.get()
    for _ in range(2):
        told = post(client, campaign, "training", words="Everybody asks for it.", answer=answer.pk)
    assert "waits for a curator" in told.content.decode()
    assert Appeal.objects.get().words == "Everybody asks for it."
    assert (
        "Right."
        in post(client, campaign, "training", task=next_task(attempt).pk, answer="reject").content.decode()
    )
    assert client.get(reverse("annotation:task", args=[campaign.pk])).status_code == 200
    assert not Judgment.objects.exists()


def test_nonsense_changes_nothing(client, annotator):
    campaign = campaign_with_test()
    post(client, campaign, "test", begin="1")

    for told in ({}, {"task": "x", "answer": "reject"}, {"task": 10**9, "answer": "reject"}, {"words": "x"}):
        assert post(client, campaign, "test", **told).status_code == 302
    assert client.get(f"/work/{campaign.pk}/exam").status_code == 404
    assert client.get(reverse("annotation:practice", args=[99999999, "test"])).status_code == 404

    assert not AttemptAnswer.objects.exists()


def test_who_is_paused_reads_a_fair_word_about_it(client, annotator):
    campaign = make_campaign()
    change_standing(
        campaign=campaign, annotator=annotator, standing=Standing.PAUSED, by=None, why="talk to me"
    )
    html = client.get(reverse("annotation:work")).content.decode()
    assert "You are paused in this campaign." in html
    assert "talk to me" in html

    campaign.participations.update(rule=Rule.FAST)

    html = client.get(reverse("annotation:work")).content.decode()
    assert "Many of your answers came quicker than the question can be read." in html
    assert "talk to me" not in html
    assert client.get(reverse("annotation:task", args=[campaign.pk])).status_code == 302


def test_a_program_takes_the_test_too():
    campaign, person = campaign_with_test(), make_annotator()
    client = APIClient()
    client.force_login(person)
    standing = f"/api/v1/campaigns/{campaign.pk}/standing"
    assert client.get(standing).json()["state"] == "test"

    attempt = client.post(f"/api/v1/campaigns/{campaign.pk}/attempts", {"mode": "test"}).json()
    while task := attempt["next"]:
        given = client.post(
            f"/api/v1/attempts/{attempt['id']}/answers",
            {"task": task["id"], "answer": "reject"},
            format="json",
        ).json()
        assert (given["is_right"], given["known"], given["why"]) == (None, "", "")
        attempt = given["attempt"]

    assert (attempt["passed"], attempt["right"]) == (True, 3)
    assert client.get(standing).json()["state"] == "open"
    other = APIClient()
    other.force_login(make_annotator())
    told = {"task": 1, "answer": "reject"}
    assert other.post(f"/api/v1/attempts/{attempt['id']}/answers", told).status_code == 404
