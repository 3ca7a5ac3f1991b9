"""A guideline changed: what it affects is asked anew, and the old answers stay for the trail."""

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from rest_framework.test import APIClient

from annotation.actions import reasking
from annotation.actions.campaigns import new_guideline_version
from annotation.actions.deciding import adjudicate
from annotation.actions.gold import add_gold
from annotation.actions.reasking import (
    Affected,
    NothingAffected,
    carry_out,
    changed_examples,
    cost_of,
    plan_reask,
)
from annotation.actions.reporting import report
from annotation.actions.serving import serve
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.models import Answer, Judgment, Reask, Verdict
from annotation.tasks import act_on_waiting_verdicts, carry_out_reask
from people.models import Change
from tests.annotation.promises import assert_promises
from tests.factories.annotation import give, give_and_judge, judge, make_annotator, make_campaign
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db

AN_ID = UUID("00000000-0000-4000-8000-000000000001")
EXAMPLE = {"language": "en", "candidate": "word 2", "answer": "reject", "why": "a brand"}


@pytest.fixture
def campaign():
    """Six tasks of two answers: three accepted, one rejected, one disputed, one not answered."""
    campaign = make_campaign(size=6, overlap=2)
    people = [make_annotator(), make_annotator()]
    said = [("accept", "accept")] * 3 + [("reject", "reject"), ("accept", "reject")]
    for task, answers in zip(campaign.tasks.order_by("candidate_id"), said, strict=False):
        for person, answer in zip(people, answers, strict=True):
            give_and_judge(task, person, answer, seconds=4)
    act_on_waiting_verdicts()
    return campaign


def changed(campaign, examples=()):
    examples = [*campaign.guideline.examples, *examples]
    return new_guideline_version(campaign=campaign, text={"en": "Closer."}, examples=examples)


def asked_anew(guideline, **wanted):
    reask = plan_reask(guideline=guideline, affected=Affected(**wanted), by=make_curator(), why="closer")
    return carry_out(reask)


@pytest.mark.parametrize(
    ("wanted", "tasks"),
    [
        ({}, 5),
        ({"answers": ["accept"]}, 3),
        ({"only_disputed": True}, 1),
        ({"less_sure_than": 0.6}, 1),
        ({"words": ["Word 2", "nothing"]}, 1),
        ({"words": ["100%"]}, 0),
        ({"words": ["ord 2", "wor", "(word"]}, 0),  # whole words only
        ({"words": ["WORD  2"]}, 1),
        ({"categories": ["face-cream"]}, 5),
        ({"categories": ["elsewhere"]}, 0),
        ({"answers": ["accept"], "words": ["word 4"]}, 0),
    ],
)
def test_a_curator_sees_how_many_tasks_are_affected_before_anything_happens(campaign, wanted, tasks):
    guideline = changed(campaign)
    report(campaign)

    cost = cost_of(guideline, Affected(**wanted))

    assert (cost.tasks, cost.set_aside, cost.answers) == (tasks, 2 * tasks, 2 * tasks)
    assert cost.seconds == 8 * tasks
    assert not Judgment.objects.exclude(set_aside_at=None).exists()


def test_what_is_affected_is_asked_anew_of_the_same_people_and_the_rest_is_left_alone(campaign):
    guideline = changed(campaign)
    first, *_others = tasks = list(campaign.tasks.order_by("candidate_id"))
    person = first.judgments.order_by("pk").first().annotator

    assert asked_anew(guideline, words=["word 1"]) == 1

    old = first.verdicts.get()
    assert old.withdrawn_at
    assert [judgment.set_aside_at is None for judgment in old.judgments] == [False, False]
    assert Change.objects.filter(action="withdraw", entity="word", entity_id=first.pk).exists()
    assert Verdict.objects.standing().of_campaign(campaign).count() == 4
    served = {task.pk: task for task in serve(campaign=campaign, annotator=person, size=9)}
    assert set(served) == {first.pk, tasks[5].pk}
    judgment = judge(served[first.pk], person, Answer.REJECT)
    assert (judgment.is_counted, judgment.guideline) == (True, guideline)
    assert first.judgments.filter(annotator=person).count() == 2
    with pytest.raises(TooLateToUndo):
        withdraw_judgment(judgment_id=old.basis[0], annotator=Judgment.objects.get(pk=old.basis[0]).annotator)
    assert_promises(campaign)


def test_doing_it_again_or_after_a_crash_touches_nothing_twice(campaign):
    guideline = changed(campaign)
    assert asked_anew(guideline) == 5
    reask = Reask.objects.get()
    assert (reask.expected, reask.done, reask.finished_at is not None) == (5, 5, True)

    assert carry_out_reask(reask.pk) == 0

    give_and_judge(campaign.tasks.order_by("candidate_id").first(), make_annotator())
    assert carry_out_reask(reask.pk) == 0  # answered under the new version
    with pytest.raises(NothingAffected):
        asked_anew(guideline)
    assert_promises(campaign)


def test_two_who_ask_for_the_same_at_once_set_no_new_answer_aside(campaign):
    guideline = changed(campaign)
    told = {"guideline": guideline, "by": make_curator(), "why": "closer"}
    first, second = (plan_reask(affected=Affected(), **told) for _ in range(2))
    tasks = list(campaign.tasks.order_by("pk").values_list("pk", flat=True))
    carry_out(first)
    fresh = give_and_judge(campaign.tasks.order_by("candidate_id").first(), make_annotator())

    # The second had read which tasks are affected before the first opened them.
    assert reasking._ask_anew(second, guideline, Affected(), tasks) == 0

    fresh.refresh_from_db()
    assert fresh.set_aside_at is None
    assert_promises(campaign)


def test_chinese_has_no_spaces_and_is_found_anywhere():
    campaign = make_campaign(size=3, overlap=1, source={"languages": ["zh"]})
    for task in campaign.tasks.all():
        give_and_judge(task, make_annotator())

    assert cost_of(changed(campaign), Affected(words=["保湿"])).tasks == 3
    assert cost_of(campaign.guideline, Affected(words=["第2号"])).tasks == 1


def test_a_spelling_that_stands_for_others_is_asked_anew_for_all_of_them():
    campaign = make_campaign(size=3, overlap=1, source={"spellings": 3}, check_share=0.0)
    first, *_others = campaign.tasks.order_by("pk")
    give_and_judge(first, make_annotator())
    act_on_waiting_verdicts()

    assert asked_anew(changed(campaign)) == 1

    assert not Verdict.objects.standing().exists()
    assert Change.objects.filter(action="withdraw", entity="word").count() == 3
    assert_promises(campaign)


def test_curators_decisions_and_known_answers_stand(campaign):
    disputed = Verdict.objects.disputed().get()
    decided = adjudicate(verdict=disputed, answer=Answer.ACCEPT, by=make_curator(), why="sure")
    known = campaign.tasks.order_by("candidate_id").first()
    add_gold(task=known, answer=Answer.ACCEPT, reason="")

    assert asked_anew(changed(campaign)) == 3

    decided.refresh_from_db()
    assert decided.withdrawn_at is None
    assert known.judgments.filter(set_aside_at=None).count() == 2
    assert_promises(campaign)


def test_what_a_curator_decided_in_the_graph_does_not_hold_it_up(campaign):
    task = campaign.tasks.order_by("candidate_id").first()
    task.content["decided"] = True
    task.save()

    assert asked_anew(changed(campaign), words=["word 1"]) == 1

    assert not task.verdicts.standing().exists()
    assert not Change.objects.filter(action="withdraw", entity="word", entity_id=task.pk).exists()


def test_somebody_who_holds_a_task_keeps_it():
    campaign, person = make_campaign(size=1, overlap=3), make_annotator()
    task = campaign.tasks.get()
    give_and_judge(task, make_annotator())
    (held,) = serve(campaign=campaign, annotator=person, size=1)

    asked_anew(changed(campaign))

    assert_promises(campaign)
    assert judge(held, person).is_counted
    assert_promises(campaign)


def test_an_answer_by_the_old_guideline_to_what_is_asked_anew_is_kept_and_does_not_count():
    campaign, person = make_campaign(size=2, overlap=2), make_annotator()
    asked, unaffected = campaign.tasks.order_by("candidate_id")
    give_and_judge(asked, make_annotator())
    old = campaign.guideline
    for task in (asked, unaffected):
        give(task, person)
    asked_anew(changed(campaign), words=["word 1"])

    late, twice = (judge(asked, person, guideline_id=old.pk, judgment_id=AN_ID) for _send in range(2))
    elsewhere = judge(unaffected, person, guideline_id=old.pk)

    assert late == twice and not late.is_counted and late.set_aside_at
    assert elsewhere.is_counted and elsewhere.set_aside_at is None
    assert_promises(campaign)
    with pytest.raises(TooLateToUndo):
        withdraw_judgment(judgment_id=late.pk, annotator=person)
    assert serve(campaign=campaign, annotator=person, size=2) == [asked], "asked again, under the new one"
    assert judge(asked, person, guideline_id=campaign.guidelines.get(version=2).pk).is_counted
    assert_promises(campaign)


def test_an_answer_by_the_guideline_it_was_asked_anew_under_counts_whatever_is_asked_anew_later():
    campaign, person = make_campaign(size=2, overlap=2), make_annotator()
    first, second = campaign.tasks.order_by("candidate_id")
    for task in (first, second):
        give_and_judge(task, make_annotator())
    asked_anew(changed(campaign), words=["word 1"])
    give(first, person)
    newer = campaign.guidelines.get(version=2)
    asked_anew(changed(campaign), words=["word 2"])

    judgment = judge(first, person, guideline_id=newer.pk)

    assert judgment.is_counted and judgment.set_aside_at is None
    assert_promises(campaign)


def test_examples_that_changed_name_their_candidates(campaign):
    assert changed_examples(campaign.guideline) == []
    assert changed_examples(changed(campaign, [EXAMPLE])) == ["word 2"]
    other = [*campaign.guideline.examples[:-1], {**EXAMPLE, "answer": "accept"}]
    assert changed_examples(new_guideline_version(campaign=campaign, text={"en": "x"}, examples=other)) == [
        "word 2"
    ]


def test_the_page_shows_the_cost_and_asks_for_a_second_click(campaign, client):
    changed(campaign, [EXAMPLE])
    client.force_login(make_curator())
    page = reverse("annotation:reask", args=[campaign.pk])
    assert "word 2" in client.get(page).content.decode()
    assert '<option value="face-cream">Face cream</option>' in client.get(page).content.decode()
    assert page in client.get(reverse("annotation:guideline", args=[campaign.pk])).content.decode()

    seen = client.post(page, {"words": "word 2"}).content.decode()
    assert 'data-cost="1"' in seen
    assert not Reask.objects.exists()
    assert client.post(page, {"less_sure_than": 200}).status_code == 200
    assert 'data-cost="5"' in client.post(page, {"categories": "face-cream"}).content.decode()
    assert "data-cost" not in client.post(page, {"categories": "no such"}).content.decode()
    for _ in range(2):
        client.post(page, {"words": "word 2", "why": "a brand", "confirm": "1"})
        carry_out_reask(Reask.objects.get().pk)

    assert Reask.objects.count() == 1  # nothing is left for a second click
    assert "1 of 1 tasks" in client.get(page).content.decode()


def test_a_program_asks_for_the_cost_and_confirms(campaign):
    guideline = changed(campaign)
    client = APIClient()
    client.force_login(make_curator())
    path = f"/api/v1/guidelines/{guideline.pk}/again"

    told = client.post(path, {"answers": ["accept"]}, format="json")
    assert (told.status_code, told.json()["tasks"]) == (200, 3)
    assert client.post(path, {"answers": ["perhaps"]}, format="json").status_code == 400
    done = client.post(path, {"answers": ["accept"], "confirm": True, "why": "x"}, format="json")

    assert (done.status_code, Reask.objects.count()) == (202, 1)


def test_a_command_tells_the_cost_and_asks_anew_only_when_told_to(campaign):
    changed(campaign)
    wanted = [str(campaign.pk), "--category", "面霜", "--answer", "accept", "--why", "closer"]
    told = StringIO()

    call_command("reask", *wanted, stdout=told)
    assert "3 tasks: 3 verdicts fall, 6 answers" in told.getvalue()
    assert not Reask.objects.exists()
    call_command("reask", *wanted, "--yes", stdout=told)

    assert "3 tasks are asked anew" in told.getvalue()
    with pytest.raises(CommandError):
        call_command("reask", *wanted, "--yes", stdout=told)
    for nonsense in (["no such"], [str(campaign.pk), "--category", "no such"]):
        with pytest.raises(CommandError):
            call_command("reask", *nonsense)
    call_command("quality_report", str(campaign.pk), stdout=told)
    assert "agreement\tcampaign\talpha" in told.getvalue()
    assert campaign.participations.exclude(habits={}).count() == 2
