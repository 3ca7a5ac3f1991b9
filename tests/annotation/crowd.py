"""Many people at once, each on a connection of their own, with browsers that do everything wrong."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from annotation.actions.answering import RARE, Told, answer_and_serve
from annotation.actions.leases import release_expired_leases
from annotation.actions.selection import put_first, write_scores
from annotation.actions.serving import serve
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.models import Answer, Judgment, Lease, Task
from annotation.tasks import act_on_waiting_verdicts
from tests.factories.annotation import judge
from tests.factories.people import recognised


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

    def __init__(self, campaigns, person, seed, rounds):
        self.campaigns, self.person, self.rounds = campaigns, person, rounds
        self.chance = random.Random(seed)
        self.acknowledged = []
        self.who = None  # as the statement of the hot path knows them, for every second tab
        self.by_statement = 0
        self.pause = threading.Event()  # never set: waiting on it is a stall

    def __call__(self):
        if self.chance.random() < 0.5:
            self.who = recognised(self.person)
        for _ in range(self.rounds):
            campaign = self.chance.choice(self.campaigns)
            shown = serve(campaign=campaign, annotator=self.person, size=self.chance.randint(1, 4))
            for task in shown:
                if len(shown) < 8:
                    shown += self.meet(task) or []
                else:
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
        judgment, more = self.answer(task, answer)
        self.acknowledged.append(judgment.pk)
        if doing > 0.9:
            judge(task, self.person, answer, judgment_id=judgment.pk)
        elif doing > 0.8:
            self.acknowledged.append(judge(task, self.person, Answer.REJECT).pk)
        elif doing > 0.7:
            self.undo(judgment)
        return more

    def answer(self, task, answer):
        """By the statement where it takes it, with the tasks that came along; else by the action."""
        if self.who and answer != "skip":
            held = Lease.objects.filter(annotator=self.person, task__campaign=task.campaign)
            have = [pk for pk in held.values_list("task", flat=True) if pk != task.pk]
            told = Told(uuid4(), task.pk, answer, timedelta(seconds=2))
            asked = {"campaign_id": task.campaign_id, "told": told, "size": self.chance.randint(0, 4)}
            done = answer_and_serve(who=self.who, have=have, **asked)
            if done is not RARE:
                self.by_statement += 1
                new = Task.objects.filter(pk__in=[pk for pk, _language, _content in done.tasks])
                return Judgment.objects.get(pk=told.judgment_id), list(new.select_related("campaign"))
        return judge(task, self.person, answer), []

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


def beat(campaigns, stop):
    """What beat, the workers and the model do all the while."""
    chance = random.Random(5)

    def run():
        while not stop.wait(0.01):
            release_expired_leases()
            act_on_waiting_verdicts()
            campaign = chance.choice(campaigns)
            tasks = list(campaign.tasks.not_begun().values_list("pk", flat=True))
            write_scores(campaign, 1, ((task, chance.random()) for task in tasks))
            put_first(campaign, [(task, "uncertainty") for task in chance.sample(tasks, len(tasks) // 3)])

    return run


def finish(campaign, people):
    """Everybody answers what is left for them; nobody skips."""
    for person in people:
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
