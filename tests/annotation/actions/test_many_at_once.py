"""Promises 1 and 2 with real connections that race, stall, crash, retry and change their minds."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.actions.serving import serve
from annotation.actions.undoing import withdraw_judgment
from annotation.models import Campaign, Verdict
from annotation.tasks import act_on_verdict
from tests.annotation.crowd import (
    Annotator,
    beat,
    finish,
    on_own_connection,
    together,
)
from tests.annotation.promises import assert_promises
from tests.factories.annotation import ask, judge, make_annotator, make_campaign, make_task

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, TABS, TASKS, OVERLAP, ROUNDS = 32, 8, 60, 3, 12


def test_many_people_with_bad_browsers_break_no_promise(many_connections):
    campaign = make_campaign(size=TASKS, overlap=OVERLAP, lease_for=timedelta(milliseconds=40))
    people = [make_annotator() for _ in range(PEOPLE)]
    stop = threading.Event()
    # Some have the page open in two tabs.
    tabs = [Annotator([campaign], people[number % PEOPLE], number, ROUNDS) for number in range(PEOPLE + TABS)]
    machinery = threading.Thread(target=on_own_connection(beat([campaign], stop)))
    machinery.start()
    try:
        acknowledged = [pk for given in together(tabs) for pk in given]
    finally:
        stop.set()
        machinery.join()

    assert_promises(campaign, acknowledged)
    Campaign.objects.update(lease_for=timedelta(minutes=10))
    campaign.refresh_from_db()
    finish(campaign, people)
    assert_promises(campaign, acknowledged)
    assert Verdict.objects.standing().of_campaign(campaign).count() == TASKS


def test_forty_people_racing_for_few_seats_get_no_more_than_there_are(many_connections):
    campaign = make_campaign(size=5, overlap=3)
    people = [make_annotator() for _ in range(40)]

    served = together(
        [lambda person=person: serve(campaign=campaign, annotator=person, size=5) for person in people]
    )

    assert sum(map(len, served)) <= 15
    assert_promises(campaign)


def test_nobody_is_told_there_is_nothing_left_while_rows_are_only_locked(many_connections):
    campaign = make_campaign(size=1, overlap=8)
    people = [make_annotator() for _ in range(8)]

    served = together(
        [lambda person=person: serve(campaign=campaign, annotator=person, size=1) for person in people]
    )

    assert [len(tasks) for tasks in served] == [1] * 8


def test_the_same_id_from_many_tabs_at_once_is_one_row(many_connections):
    task, annotator, judgment_id = make_task(), make_annotator(), uuid4()
    serve(campaign=task.campaign, annotator=annotator, size=1)

    rows = together([lambda: judge(task, annotator, judgment_id=judgment_id)] * 12)

    assert {row.pk for row in rows} == {judgment_id}
    assert_promises(task.campaign, [judgment_id])


def test_new_ids_from_many_tabs_at_once_are_one_row(many_connections):
    task, annotator = make_task(), make_annotator()
    serve(campaign=task.campaign, annotator=annotator, size=1)

    rows = together([lambda: judge(task, annotator)] * 12)

    assert len({row.pk for row in rows}) == 1
    assert_promises(task.campaign, [rows[0].pk])


def test_undo_and_other_peoples_answers_at_once_leave_one_true_verdict(many_connections):
    for _ in range(10):
        task = make_task(overlap=2)
        first, second = make_annotator(), make_annotator()
        given = ask(task, first)
        serve(campaign=task.campaign, annotator=second, size=1)

        together(
            [
                lambda given=given, first=first: withdraw_judgment(judgment_id=given.pk, annotator=first),
                lambda task=task, second=second: judge(task, second),
            ]
        )

        assert_promises(task.campaign, [given.pk])
        assert not task.verdicts.standing().exists()


def test_acting_and_undoing_at_once_leave_nothing_proposed_without_a_verdict(many_connections):
    from people.models import Change

    for _ in range(10):
        task, annotator = make_task(overlap=1), make_annotator()
        given = ask(task, annotator)
        verdict = task.verdicts.get()

        together(
            [
                lambda given=given, annotator=annotator: withdraw_judgment(
                    judgment_id=given.pk, annotator=annotator
                ),
                lambda verdict=verdict: act_on_verdict(verdict.pk),
            ]
        )

        done = (
            Change.objects.filter(entity="word", entity_id=task.pk)
            .order_by("pk")
            .values_list("action", flat=True)
        )
        assert list(done) in ([], ["propose", "withdraw"])
