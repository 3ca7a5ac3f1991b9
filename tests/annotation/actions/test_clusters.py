"""Near-duplicates: one is asked for all, a share is checked, each can be split off, nothing is lost."""

import random
from contextlib import suppress

import pytest
from django.db import transaction
from django.urls import reverse

from annotation.actions.clusters import split_all_disagreeing, split_off
from annotation.actions.deciding import adjudicate, undo_decision
from annotation.actions.filling import fill_campaign
from annotation.actions.gold import add_gold
from annotation.actions.quality import change_quality
from annotation.actions.revising import remove_annotator
from annotation.actions.selection import put_first
from annotation.actions.serving import serve
from annotation.actions.settling import lock_task, withdraw_or_leave_to_curator, withdraw_standing
from annotation.actions.sweeping import sweep_gold
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.models import Answer, Campaign, Judgment, Verdict
from annotation.tasks import act_on_waiting_verdicts
from people.models import Change
from tests.annotation.promises import assert_promises
from tests.factories.annotation import (
    AlreadyDecided,
    ask,
    give_and_judge,
    judge,
    lease,
    make_annotator,
    make_campaign,
)
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db


def make_cluster(*, size=3, clusters=1, check_share=0.0, **policy):
    """A campaign in which each `size` words are spellings of one; the tasks in the order of their keys."""
    source = {"spellings": size, **policy.pop("source", {})}
    campaign = make_campaign(
        size=size * clusters, source=source, check_share=check_share, **{"overlap": 1, **policy}
    )
    return campaign, list(campaign.tasks.order_by("pk"))


def standing(task):
    return task.verdicts.standing().first()


def test_one_answer_is_the_verdict_of_all_spellings_and_the_trail_names_it():
    campaign, (first, second, third) = make_cluster()
    annotator = make_annotator()
    (served,) = serve(campaign=campaign, annotator=annotator, size=5)
    assert served == first
    assert served.content["spellings"] == ["word 2", "word 3"]

    given = judge(first, annotator)

    for member in (second, third):
        verdict = standing(member)
        assert (verdict.answer, verdict.basis, verdict.taken_from) == ("accept", [given.pk], standing(first))
        assert list(verdict.judgments) == [given]
    assert act_on_waiting_verdicts() == 3
    assert serve(campaign=campaign, annotator=make_annotator(), size=5) == []
    assert_promises(campaign, [given.pk])


def test_undoing_the_answer_takes_it_back_from_all_and_the_next_one_counts_for_all():
    campaign, tasks = make_cluster()
    annotator = make_annotator()
    given = ask(tasks[0], annotator)
    act_on_waiting_verdicts()

    withdraw_judgment(judgment_id=given.pk, annotator=annotator)

    assert [standing(task) for task in tasks] == [None] * 3
    assert Change.objects.filter(entity="word", action="withdraw").count() == 3
    assert_promises(campaign, [given.pk])
    judge(tasks[0], annotator, Answer.REJECT)
    assert [standing(task).answer for task in tasks] == ["reject"] * 3
    assert_promises(campaign, [given.pk])


def test_an_answer_cannot_be_undone_where_a_curator_decided_about_another_spelling():
    campaign, tasks = make_cluster()
    tasks[2].content["decided"] = True
    tasks[2].save()
    annotator = make_annotator()
    given = ask(tasks[0], annotator)
    act_on_waiting_verdicts()

    with pytest.raises(AlreadyDecided):
        withdraw_judgment(judgment_id=given.pk, annotator=annotator)

    assert all(standing(task) for task in tasks)
    assert_promises(campaign, [given.pk])


def test_one_spelling_decided_in_the_graph_does_not_keep_the_others_proposals():
    campaign, tasks = make_cluster()
    tasks[1].content["decided"] = True
    tasks[1].save()
    ask(tasks[0], make_annotator())
    act_on_waiting_verdicts()
    said = standing(tasks[0])

    with transaction.atomic():
        withdraw_or_leave_to_curator(lock_task(campaign, tasks[0].pk), said)

    assert not Verdict.objects.standing().exists()
    taken_back = Change.objects.filter(action="withdraw").values_list("entity_id", flat=True)
    assert set(taken_back) == {tasks[0].pk, tasks[2].pk}


def test_a_proposal_that_was_made_while_the_verdict_was_being_read_falls_with_it():
    campaign, (task,) = make_cluster(size=1)
    ask(task, make_annotator())
    read_before = standing(task)
    act_on_waiting_verdicts()

    with transaction.atomic():
        withdraw_standing(lock_task(campaign, task.pk), read_before)

    assert Change.objects.filter(action="withdraw", entity_id=task.pk).exists()


def test_a_decision_about_one_spelling_that_is_taken_back_leaves_what_is_said_of_all_now():
    campaign, tasks = make_cluster()
    person, curator = make_annotator(), make_curator()
    given = ask(tasks[0], person)
    decided = adjudicate(verdict=standing(tasks[1]), answer=Answer.REJECT, by=curator, why="not this one")
    withdraw_judgment(judgment_id=given.pk, annotator=person)
    judge(tasks[0], person, Answer.UNSURE)

    undo_decision(verdict=decided, by=curator)

    assert [standing(task).answer for task in tasks] == ["unsure"] * 3
    assert_promises(campaign)


def test_no_confident_verdict_of_a_cluster_becomes_a_known_answer_and_leaves_the_others_without():
    campaign, tasks = make_cluster(overlap=3)
    for _ in range(3):
        give_and_judge(tasks[0], make_annotator())
    change_quality(campaign=campaign, gold_from_verdicts="automatic", gold_judges=3, gold_wanted=4)

    sweep_gold(campaign)

    assert not campaign.tasks.filter(pool="gold").exists()
    assert [standing(task).answer for task in tasks] == ["accept"] * 3


def test_who_speaks_for_itself_because_a_curator_decided_is_not_asked():
    campaign, tasks = make_cluster()
    ask(tasks[0], make_annotator())
    adjudicate(verdict=standing(tasks[1]), answer=Answer.REJECT, by=make_curator(), why="not this one")

    split_off(task=tasks[1], by=make_curator())

    assert serve(campaign=campaign, annotator=make_annotator(), size=3) == []
    assert standing(tasks[1]).answer == "reject"


def test_checked_spellings_are_asked_and_only_the_one_that_differs_leaves():
    campaign, (first, second, third) = make_cluster(check_share=1.0)
    assert campaign.tasks.filter(is_check=True, seats_free=1).count() == 2

    ask(first, make_annotator(), Answer.ACCEPT)
    given = {
        task.pk: give_and_judge(task, make_annotator(), answer)
        for task, answer in ((second, "accept"), (third, "reject"))
    }
    assert split_all_disagreeing() == 1
    assert split_all_disagreeing() == 0

    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.represented_by, third.represented_by) == (first, None)
    assert standing(third).basis == [given[third.pk].pk]
    assert standing(third).answer == "reject"
    first.refresh_from_db()
    assert first.content["spellings"] == ["word 2"]
    assert Change.objects.get(action="split").actor == "verification"
    assert_promises(campaign, [judgment.pk for judgment in given.values()])


def test_a_share_of_the_spellings_is_checked_the_same_ones_in_any_workspace():
    campaign, _tasks = make_cluster(size=40, clusters=5, check_share=0.2)

    checked = campaign.tasks.filter(is_check=True).count()

    assert 20 < checked < 60  # 0.2 of 195
    assert campaign.tasks.filter(represented_by=None).count() == 5


def test_what_is_split_off_is_asked_by_itself_and_twice_is_the_same_as_once():
    campaign, (first, second, third) = make_cluster(overlap=2)
    for _ in range(2):
        ask(first, make_annotator())
    act_on_waiting_verdicts()
    curator = make_curator()

    split_off(task=second, by=curator, why="means something else")
    split_off(task=second, by=curator)

    assert standing(second) is None and standing(first) and standing(third)
    assert second.verdicts.get().withdrawn_at
    annotator = make_annotator()
    assert serve(campaign=campaign, annotator=annotator, size=5) == [second]
    judge(second, annotator, Answer.REJECT)
    ask(second, make_annotator(), Answer.REJECT)
    assert [standing(task).answer for task in (first, second, third)] == ["accept", "reject", "accept"]
    assert Change.objects.filter(action="split", by=curator).count() == 1
    assert_promises(campaign)


def test_a_spelling_that_comes_later_gets_the_verdict_there_is():
    campaign, (first, *_others) = make_cluster()
    given = ask(first, make_annotator())
    campaign.source = {"spellings": 6, "size": 3, "first": 4}
    campaign.save()

    # "word 0" holds the words 1 to 6 now.
    assert fill_campaign(campaign) == 3

    late = campaign.tasks.get(candidate_id=5)
    assert late.represented_by == first and standing(late).basis == [given.pk]
    first.refresh_from_db()
    assert len(first.content["spellings"]) == 5
    assert_promises(campaign, [given.pk])


def test_a_dispute_waits_for_the_curator_whose_word_is_everybodys():
    campaign, (first, second, third) = make_cluster(overlap=2)
    ask(first, make_annotator(), Answer.ACCEPT)
    ask(first, make_annotator(), Answer.REJECT)
    assert standing(first).is_disputed and standing(second) is None

    adjudicate(verdict=standing(first), answer=Answer.ACCEPT, by=make_curator(), why="seen it")

    assert standing(second).answer == standing(third).answer == "accept"
    assert_promises_of_members(campaign)


def assert_promises_of_members(campaign):
    for member in campaign.tasks.filter(represented_by__isnull=False, is_check=False):
        assert standing(member).taken_from == standing(member.represented_by)


def test_a_known_answer_stands_for_itself_and_the_next_spelling_for_the_others():
    campaign, (first, second, third) = make_cluster()
    ask(first, make_annotator())
    act_on_waiting_verdicts()

    add_gold(task=first, answer=Answer.ACCEPT, reason="known")
    add_gold(task=third, answer=Answer.REJECT, reason="known")

    second.refresh_from_db()
    assert (second.represented_by, second.seats_free, standing(second)) == (None, 1, None)
    assert second in serve(campaign=campaign, annotator=make_annotator(), size=5)


def test_the_model_does_not_put_forward_what_nobody_is_to_be_asked():
    campaign, (first, second, _third) = make_cluster()

    assert set(campaign.tasks.not_begun()) == {first}
    put_first(campaign, [(second.pk, "uncertainty"), (first.pk, "uncertainty")])

    assert serve(campaign=campaign, annotator=make_annotator(), size=5) == [first]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_every_spelling_speaks_as_it_is_spoken_for_and_nothing_is_lost(seed):
    chance = random.Random(seed)
    campaign, _tasks = make_cluster(size=4, clusters=4, check_share=0.3, overlap=2)
    people, acknowledged = [make_annotator() for _ in range(6)], []

    for _ in range(50):
        person, doing = chance.choice(people), chance.random()
        if doing < 0.6:
            for task in serve(campaign=campaign, annotator=person, size=chance.randint(1, 3)):
                answer = chance.choice(["accept", "accept", "reject", "skip"])
                acknowledged.append(judge(task, person, answer).pk)
        elif doing < 0.75 and (mine := list(Judgment.objects.standing().filter(annotator=person))):
            with suppress(TooLateToUndo):
                withdraw_judgment(judgment_id=chance.choice(mine).pk, annotator=person)
        elif doing < 0.85:
            split_off(task=chance.choice(list(campaign.tasks.all())), by=None)
        elif doing < 0.95:
            split_all_disagreeing()
            act_on_waiting_verdicts()
        elif len(people) > 4:
            remove_annotator(campaign=campaign, annotator=people.pop(), by=None, why="guesses")
        assert_promises(campaign, acknowledged)

    assert Verdict.objects.filter(taken_from__isnull=False).exists()


def test_curators_see_the_cluster_and_split_it_by_page_and_api(client):
    campaign, (first, second, third) = make_cluster()
    client.force_login(make_curator())
    page = reverse("annotation:task-detail", args=[campaign.pk, first.pk])

    assert b"word 2" in client.get(page).content
    assert (
        first.content["phrase"].encode() in client.get(page.replace(f"/{first.pk}", f"/{second.pk}")).content
    )
    for _ in range(2):
        answer = client.post(reverse("annotation:task-split", args=[campaign.pk, second.pk]), follow=True)
        assert answer.status_code == 200
    told = client.post(reverse("annotation-api:split", args=[third.pk])).json()

    assert told["represented_by"] is None and told["seats_free"] == 1
    assert not campaign.tasks.filter(represented_by__isnull=False).exists()
    assert client.post(reverse("annotation:task-split", args=[campaign.pk, 0])).status_code == 404


def test_the_page_of_the_annotator_shows_the_other_spellings(client):
    campaign, (first, *_others) = make_cluster()
    annotator = make_annotator()
    client.force_login(annotator)

    assert "Also written" in client.get(reverse("annotation:task", args=[campaign.pk])).content.decode()
    assert lease(first, annotator)


def test_no_two_fills_make_two_tasks_stand_for_one_cluster():
    campaign, _tasks = make_cluster(size=3, clusters=2)
    Campaign.objects.filter(pk=campaign.pk).update(source={"spellings": 3, "size": 6, "revision": 0})

    assert fill_campaign(campaign) == 0
    assert campaign.tasks.filter(represented_by=None).count() == 2
