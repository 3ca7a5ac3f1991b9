"""Promises 1 and 2, whatever order things happen in."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from annotation.actions.campaigns import new_guideline_version
from annotation.actions.clusters import split_off
from annotation.actions.deciding import NotDecided, adjudicate, undo_decision
from annotation.actions.gold import add_gold, retire_gold
from annotation.actions.judging import NotAsked
from annotation.actions.leases import release_expired_leases
from annotation.actions.practising import let_in
from annotation.actions.quality import change_quality
from annotation.actions.reasking import Affected, NothingAffected, carry_out, plan_reask
from annotation.actions.revising import remove_annotator
from annotation.actions.serving import serve
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.models import Answer, Gold, GoldUse, Judgment, Lease, RetiredFor, Verdict
from annotation.tasks import act_on_waiting_verdicts
from tests.annotation.promises import assert_promises
from tests.factories.annotation import judge, make_annotator, make_campaign
from tests.factories.people import make_curator

PEOPLE, TASKS = 5, 3
people = st.integers(0, PEOPLE - 1)
answers = st.sampled_from(Answer.values)
known = st.sampled_from(["accept", "reject", "unsure"])


class Asking(RuleBasedStateMachine):
    @initialize(overlap=st.integers(1, 3), gold=st.booleans())
    def begin(self, overlap, gold):
        self.campaign = make_campaign(size=TASKS, overlap=overlap, gold_share=0.3)
        self.people = [make_annotator() for _ in range(PEOPLE)]
        self.seen = {person.pk: [] for person in self.people}  # tasks on the screen, answered or not
        self.acknowledged = []  # (judgment id, task, person)
        if gold:
            add_gold(task=self.campaign.tasks.first(), answer=Answer.ACCEPT, reason="certain")

    @rule(person=people, size=st.integers(1, TASKS))
    def ask(self, person, size):
        person = self.people[person]
        for task in serve(campaign=self.campaign, annotator=person, size=size):
            if task not in self.seen[person.pk]:
                self.seen[person.pk].append(task)

    @rule(person=people, which=st.integers(0, 9), answer=answers)
    def answer_in_time_or_late_or_again(self, person, which, answer):
        person = self.people[person]
        if self.seen[person.pk]:
            task = self.seen[person.pk][which % len(self.seen[person.pk])]
            self.acknowledged.append((judge(task, person, answer).pk, task, person))

    @rule(which=st.integers(0, 99), answer=answers)
    def resend(self, which, answer):
        if self.acknowledged:
            judgment_id, task, person = self.acknowledged[which % len(self.acknowledged)]
            assert judge(task, person, answer, judgment_id=judgment_id).pk == judgment_id

    @rule(which=st.integers(0, 99))
    def undo(self, which):
        if self.acknowledged:
            judgment_id, _task, person = self.acknowledged[which % len(self.acknowledged)]
            try:
                assert withdraw_judgment(judgment_id=judgment_id, annotator=person).withdrawn_at
            except TooLateToUndo:
                assert Judgment.objects.standing().filter(annotator=person).count() > 20

    @rule(person=people, answer=answers)
    def the_server_dies_before_it_commits(self, person, answer):
        person = self.people[person]
        if self.seen[person.pk]:
            with transaction.atomic():
                judge(self.seen[person.pk][0], person, answer, judgment_id=uuid4())
                transaction.set_rollback(True)

    @rule(share=st.integers(1, 3))
    def leases_run_out(self, share):
        due = Lease.objects.filter(task__campaign=self.campaign).order_by("pk").values_list("pk", flat=True)
        Lease.objects.filter(pk__in=list(due)[::share]).update(
            expires_at=timezone.now() - timedelta(seconds=1)
        )

    @rule()
    def beat(self):
        release_expired_leases()
        act_on_waiting_verdicts()

    @invariant()
    def promises_hold(self):
        if hasattr(self, "campaign"):
            assert_promises(self.campaign, [judgment_id for judgment_id, _task, _person in self.acknowledged])


class Watched(Asking):
    """The same with clusters, known answers, curators, tests, new guidelines and removal on top."""

    @initialize(overlap=st.integers(1, 3), gold=st.just(False))
    def begin(self, overlap, gold):
        self.campaign = make_campaign(
            size=6, overlap=overlap, gold_share=0.3, source={"spellings": 2}, check_share=0.4
        )
        self.people = [make_annotator() for _ in range(PEOPLE)]
        self.seen = {person.pk: [] for person in self.people}
        self.acknowledged = []
        self.curator = make_curator()

    @rule(person=people, which=st.integers(0, 9), answer=answers)
    def answer_in_time_or_late_or_again(self, person, which, answer):
        with suppress(NotAsked):  # asked anew, or removed, since it came on the screen
            super().answer_in_time_or_late_or_again(person, which, answer)

    @rule(person=people, answer=answers)
    def the_server_dies_before_it_commits(self, person, answer):
        with suppress(NotAsked):
            super().the_server_dies_before_it_commits(person, answer)

    @rule(which=st.integers(0, 99))
    def undo(self, which):
        if self.acknowledged:
            judgment_id, _task, person = self.acknowledged[which % len(self.acknowledged)]
            with suppress(TooLateToUndo):
                withdraw_judgment(judgment_id=judgment_id, annotator=person)

    @rule(which=st.integers(0, 5), answer=known, use=st.sampled_from(GoldUse.values))
    def make_known(self, which, answer, use):
        add_gold(task=self.task(which), answer=answer, reason="certain", by=self.curator, use=use)

    @rule(which=st.integers(0, 5), reason=st.sampled_from(["by_hand", "leaked", "wrong"]))
    def know_no_longer(self, which, reason):
        for gold in Gold.objects.live().filter(task=self.task(which)):
            retire_gold(gold=gold, reason=RetiredFor(reason), by=self.curator)

    @rule(which=st.integers(0, 5), answer=known)
    def decide(self, which, answer):
        for verdict in Verdict.objects.standing().filter(task=self.task(which)):
            adjudicate(verdict=verdict, answer=answer, by=self.curator, why="sure")

    @rule(which=st.integers(0, 5))
    def decide_otherwise(self, which):
        decided = Verdict.objects.standing().filter(task=self.task(which), decided_by=self.curator)
        for verdict in decided.filter(taken_from=None):
            with suppress(NotDecided):
                undo_decision(verdict=verdict, by=self.curator)

    @rule(which=st.integers(0, 5))
    def split(self, which):
        split_off(task=self.task(which), by=self.curator)

    @rule()
    def change_the_guideline(self):
        guideline = new_guideline_version(campaign=self.campaign, text={"en": "Closer."}, examples=[])
        with suppress(NothingAffected):
            reask = plan_reask(guideline=guideline, affected=Affected(), by=self.curator, why="closer")
            carry_out(reask)

    @rule(needs_test=st.booleans())
    def a_test_comes_or_goes(self, needs_test):
        change_quality(campaign=self.campaign, test_size=int(needs_test))

    @rule(person=people)
    def let_somebody_in(self, person):
        let_in(campaign=self.campaign, annotator=self.people[person], by=self.curator, why="knows it")

    @precondition(lambda self: len(self.people) == PEOPLE)
    @rule(person=people)
    def remove_somebody(self, person):
        leaver = self.people[person]
        remove_annotator(campaign=self.campaign, annotator=leaver, by=self.curator, why="guesses")
        self.people[person] = make_annotator()
        self.people.append(leaver)  # whose browser goes on
        self.seen[self.people[person].pk] = []

    def task(self, which):
        return self.campaign.tasks.order_by("pk")[which]


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [Asking, Watched])
def test_the_promises_hold_in_any_order_of_events(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
