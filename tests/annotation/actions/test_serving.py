"""Who is asked what next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.actions.campaigns import finish_campaign, pause_campaign
from annotation.actions.gold import add_gold
from annotation.actions.serving import serve
from annotation.models import Answer, Lease, Task
from annotation.progress import progress_of
from tests.factories.annotation import ask, judge, make_annotator, make_campaign, make_task

pytestmark = pytest.mark.django_db


def test_tasks_come_in_the_order_of_their_ranks():
    campaign, annotator = make_campaign(size=20), make_annotator()

    served = serve(campaign=campaign, annotator=annotator, size=5)

    by_rank = list(campaign.tasks.order_by("rank", "id")[:5])
    assert served == by_rank


def test_a_reload_gets_the_same_tasks_and_holds_them_for_longer():
    campaign, annotator = make_campaign(), make_annotator()
    first = serve(campaign=campaign, annotator=annotator, size=3)
    Lease.objects.update(expires_at=timezone.now() + timedelta(seconds=5))

    again = serve(campaign=campaign, annotator=annotator, size=3)

    assert again == first
    assert Lease.objects.count() == 3
    assert Lease.objects.filter(expires_at__lt=timezone.now() + timedelta(minutes=9)).count() == 0


def test_what_is_held_is_filled_up_with_new_tasks():
    campaign, annotator = make_campaign(), make_annotator()
    first = serve(campaign=campaign, annotator=annotator, size=2)

    more = serve(campaign=campaign, annotator=annotator, size=5)

    assert more[:2] == first
    assert len({task.pk for task in more}) == 5


def test_a_seat_is_taken_from_the_task():
    task, annotator = make_task(overlap=2), make_annotator()

    serve(campaign=task.campaign, annotator=annotator, size=1)

    task.refresh_from_db()
    assert (task.seats_free, task.taken_by) == (1, [annotator.pk])


def test_nobody_is_asked_about_a_task_twice():
    campaign, annotator = make_campaign(size=3), make_annotator()
    for task in serve(campaign=campaign, annotator=annotator, size=3):
        judge(task, annotator)

    assert serve(campaign=campaign, annotator=annotator, size=3) == []


def test_a_task_goes_to_as_many_people_as_its_policy_asks_for():
    campaign = make_campaign(size=1, overlap=2)

    served = [len(serve(campaign=campaign, annotator=make_annotator(), size=1)) for _ in range(4)]

    assert served == [1, 1, 0, 0]


def test_only_languages_that_the_annotator_reads():
    campaign = make_campaign(source={"languages": ["en", "zh"]})
    reader = make_annotator(reads=["zh"])

    served = serve(campaign=campaign, annotator=reader, size=10)

    assert {task.language for task in served} == {"zh"}
    assert len(served) == 5


@pytest.mark.parametrize("stop", [pause_campaign, finish_campaign])
def test_a_campaign_that_does_not_run_asks_nothing(stop):
    campaign, annotator = make_campaign(), make_annotator()
    serve(campaign=campaign, annotator=annotator, size=2)

    stop(campaign=campaign)

    # The object in hand still says running; the database knows better.
    assert serve(campaign=campaign, annotator=annotator, size=2) == []


def test_gold_is_mixed_in_by_its_share():
    campaign = make_campaign(size=30, gold_share=0.5, overlap=1)
    for task in campaign.tasks.order_by("-rank")[:10]:
        add_gold(task=task, answer=Answer.ACCEPT, reason="certain")

    served = serve(campaign=campaign, annotator=make_annotator(), size=20)

    gold = [task for task in served if task.is_gold]
    assert 2 <= len(gold) <= 10  # a coin flip each: outside once in some thousand runs
    assert len(served) == 20


@pytest.mark.parametrize("share", [0.0, 0.1, 0.4])
def test_over_many_tasks_known_answers_come_as_often_as_the_policy_says(share):
    campaign = make_campaign(size=130, gold_share=share, overlap=12)
    for task in campaign.tasks.order_by("-rank")[:50]:
        add_gold(task=task, answer=Answer.ACCEPT, reason="certain")

    served = [
        task
        for _person in range(12)
        for task in serve(campaign=campaign, annotator=make_annotator(), size=40)
    ]

    gold = sum(task.is_gold for task in served)
    assert len(served) == 480
    spread = (480 * share * (1 - share)) ** 0.5
    assert abs(gold - 480 * share) <= 4.5 * spread  # outside once in a hundred thousand runs


def test_gold_is_not_served_by_rank_nor_when_nothing_else_is_left():
    campaign = make_campaign(size=2, gold_share=1.0, overlap=1)
    gold = campaign.tasks.order_by("rank").first()
    add_gold(task=gold, answer=Answer.REJECT, reason="certain")
    other = campaign.tasks.exclude(pk=gold.pk).get()
    annotator, latecomer = make_annotator(), make_annotator()
    ask_first = serve(campaign=campaign, annotator=annotator, size=1)

    rest = serve(campaign=campaign, annotator=annotator, size=2)

    assert ask_first == [gold]
    assert rest == [gold, other]
    assert serve(campaign=campaign, annotator=latecomer, size=2) == []


def test_everybody_can_be_shown_the_same_gold():
    campaign = make_campaign(size=8, gold_share=1.0, overlap=1)
    gold = campaign.tasks.first()
    add_gold(task=gold, answer=Answer.REJECT, reason="certain")

    for _ in range(5):
        assert gold in serve(campaign=campaign, annotator=make_annotator(), size=1)

    assert not Task.objects.get(pk=gold.pk).verdicts.exists()


def test_a_skipped_task_goes_to_somebody_else():
    task, annotator, other = make_task(overlap=1), make_annotator(), make_annotator()
    ask(task, annotator, Answer.SKIP)

    assert serve(campaign=task.campaign, annotator=annotator, size=1) == []
    assert serve(campaign=task.campaign, annotator=other, size=1) == [task]


def test_breadth_first_asks_everything_once_before_anything_twice():
    campaign = make_campaign(size=6, overlap=2, breadth_first=True)
    first, second = make_annotator(), make_annotator()
    asked = [task.pk for task in serve(campaign=campaign, annotator=first, size=3)]

    then = [task.pk for task in serve(campaign=campaign, annotator=second, size=6)]

    assert set(then[:3]).isdisjoint(asked)
    assert then[3:] == asked


def test_each_task_is_finished_first_unless_told_otherwise():
    campaign = make_campaign(size=6, overlap=2)
    asked = [task.pk for task in serve(campaign=campaign, annotator=make_annotator(), size=3)]

    assert [task.pk for task in serve(campaign=campaign, annotator=make_annotator(), size=3)] == asked


def test_both_languages_come_in_one_order():
    campaign = make_campaign(size=12, source={"languages": ["en", "zh"]})
    ranks = [task.rank for task in serve(campaign=campaign, annotator=make_annotator(), size=12)]

    assert len(ranks) == 12
    assert ranks == sorted(ranks)


def test_what_the_client_has_is_held_on_and_not_sent_again():
    campaign, annotator = make_campaign(size=6), make_annotator()
    first = serve(campaign=campaign, annotator=annotator, size=3)

    more = serve(campaign=campaign, annotator=annotator, size=4, have=[task.pk for task in first[:2]])

    assert more[0] == first[2] and len(more) == 2
    assert more[1] not in first
    assert (
        serve(campaign=campaign, annotator=annotator, size=4, have=[task.pk for task in first + more]) == []
    )
    assert campaign.tasks.filter(leases__annotator=annotator).count() == 4


def test_young_leases_are_left_alone_and_old_ones_renewed():
    campaign, annotator = make_campaign(size=2), make_annotator()
    serve(campaign=campaign, annotator=annotator, size=2)
    young, old = Lease.objects.order_by("pk")
    Lease.objects.filter(pk=old.pk).update(expires_at=timezone.now() + timedelta(minutes=1))

    serve(campaign=campaign, annotator=annotator, size=2)

    assert Lease.objects.get(pk=young.pk).expires_at == young.expires_at
    assert Lease.objects.get(pk=old.pk).expires_at > timezone.now() + timedelta(minutes=9)


def test_a_reload_shows_known_answers_in_the_places_where_they_were():
    campaign = make_campaign(size=40, gold_share=0.5)
    for task in campaign.tasks.order_by("-rank")[:12]:
        add_gold(task=task, answer=Answer.ACCEPT, reason="")

    shown = []
    for _ in range(5):
        annotator = make_annotator()
        first = serve(campaign=campaign, annotator=annotator, size=6)
        shown += [task.is_gold for task in first]
        judge(first[0], annotator)
        assert serve(campaign=campaign, annotator=annotator, size=5) == first[1:]
    assert len(set(shown)) == 2


def test_what_is_left_to_do_does_not_tell_a_known_answer_from_a_question():
    campaign = make_campaign(size=12, gold_share=0.5)
    for task in campaign.tasks.all()[:4]:
        add_gold(task=task, answer=Answer.ACCEPT, reason="")
    annotator = make_annotator()

    left = set()
    for size in range(1, 7):
        serve(campaign=campaign, annotator=annotator, size=size)
        left.add(progress_of(campaign, annotator).left)

    assert left == {8}
