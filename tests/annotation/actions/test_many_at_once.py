"""Promises 1 and 2 with real connections that race, stall, crash, retry and change their minds."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from annotation.actions.judging import TooLateToUndo, withdraw_judgment
from annotation.actions.leases import release_expired_leases
from annotation.actions.selection import put_first, write_scores
from annotation.actions.serving import serve
from annotation.models import Answer, Campaign, Verdict
from annotation.tasks import act_on_verdict, act_on_waiting_verdicts
from tests.annotation.promises import assert_promises
from tests.factories.annotation import ask, judge, make_annotator, make_campaign, make_task

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, TABS, TASKS, OVERLAP, ROUNDS = 32, 8, 60, 3, 12


class Crash(Exception):
    pass


@pytest.fixture
def many_connections():
    """A connection for every thread, instead of a pool that would make them queue."""
    options = connections.settings["default"]["OPTIONS"]
    connection.close()  # whence it came: a connection of the pool goes back to the pool
    pool = options.pop("pool", None)
    yield
    connection.close()
    if pool is not None:
        options["pool"] = pool


def together(jobs):
    """Run them all at once, each on a connection of its own; their results, or the first error."""
    barrier = threading.Barrier(len(jobs))

    def run(job):
        try:
            connection.ensure_connection()
            barrier.wait()
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return [done.result() for done in [threads.submit(run, job) for job in jobs]]


class Annotator:
    """One browser tab: asks, answers, and does everything a browser may do wrong."""

    def __init__(self, campaign, person, seed):
        self.campaign, self.person, self.chance = campaign, person, random.Random(seed)
        self.acknowledged = []
        self.pause = threading.Event()  # never set: waiting on it is a stall

    def __call__(self):
        for _ in range(ROUNDS):
            for task in serve(campaign=self.campaign, annotator=self.person, size=self.chance.randint(1, 4)):
                self.meet(task)
        return self.acknowledged

    def meet(self, task):
        doing = self.chance.random()
        if doing < 0.1:
            return  # the browser crashed with the task on its screen
        if doing < 0.2:
            self.pause.wait(0.08)  # longer than the lease
        if doing < 0.25:
            self.crash_before_the_commit(task)
        answer = self.chance.choices(["accept", "reject", "unsure", "skip"], [6, 6, 1, 1])[0]
        judgment = judge(task, self.person, answer)
        self.acknowledged.append(judgment.pk)
        if doing > 0.9:
            judge(task, self.person, answer, judgment_id=judgment.pk)
        elif doing > 0.8:
            self.acknowledged.append(judge(task, self.person, Answer.REJECT).pk)
        elif doing > 0.7:
            self.undo(judgment)

    def crash_before_the_commit(self, task):
        try:
            with transaction.atomic():
                judge(task, self.person)
                raise Crash
        except Crash:
            pass

    def undo(self, judgment):
        try:
            withdraw_judgment(judgment_id=judgment.pk, annotator=self.person)
        except TooLateToUndo:
            return


def beat(campaign, stop):
    """What beat, the workers and the model do all the while."""
    chance = random.Random(5)

    def run():
        while not stop.wait(0.01):
            release_expired_leases()
            act_on_waiting_verdicts()
            tasks = list(campaign.tasks.not_begun().values_list("pk", flat=True))
            write_scores(campaign, 1, ((task, chance.random()) for task in tasks))
            put_first(campaign, [(task, "uncertainty") for task in chance.sample(tasks, len(tasks) // 3)])

    return run


def test_many_people_with_bad_browsers_break_no_promise(many_connections):
    campaign = make_campaign(size=TASKS, overlap=OVERLAP, lease_for=timedelta(milliseconds=40))
    people = [make_annotator() for _ in range(PEOPLE)]
    stop = threading.Event()
    # Some have the page open in two tabs.
    tabs = [Annotator(campaign, people[number % PEOPLE], number) for number in range(PEOPLE + TABS)]
    machinery = threading.Thread(target=on_own_connection(beat(campaign, stop)))
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


def finish(campaign, people):
    """Everybody answers what is left for them; nobody skips."""
    for person in people:
        campaign.tasks.filter(leases__annotator=person).first()
        while tasks := serve(campaign=campaign, annotator=person, size=20):
            for task in tasks:
                judge(task, person)


def on_own_connection(job):
    def run():
        try:
            job()
        finally:
            connection.close()

    return run


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
