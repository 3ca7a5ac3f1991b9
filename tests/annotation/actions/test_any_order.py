"""Promises 1 and 2, whatever order things happen in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from annotation.actions.gold import add_gold
from annotation.actions.judging import TooLateToUndo, withdraw_judgment
from annotation.actions.leases import release_expired_leases
from annotation.actions.serving import serve
from annotation.models import Answer, Judgment, Lease
from annotation.tasks import act_on_waiting_verdicts
from tests.annotation.promises import assert_promises
from tests.factories.annotation import judge, make_annotator, make_campaign

PEOPLE, TASKS = 5, 3
people = st.integers(0, PEOPLE - 1)
answers = st.sampled_from(Answer.values)


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


@pytest.mark.django_db
def test_the_promises_hold_in_any_order_of_events():
    run_state_machine_as_test(
        Asking,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
