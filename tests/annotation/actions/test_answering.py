"""The statement that answers and serves says what the actions in Python say, whatever has happened before."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from annotation.actions.answering import Told, answer_and_serve
from annotation.actions.campaigns import pause_campaign, start_campaign
from annotation.actions.deciding import change_standing
from annotation.actions.judging import record_judgment
from annotation.actions.serving import hand_out, serve
from annotation.models import Answer, Consensus, Judgment, Lease, Standing, Verdict
from tests.annotation.actions.test_any_order import PEOPLE, Watched, people
from tests.factories.annotation import make_annotator, make_campaign
from tests.factories.people import make_curator, recognised

POLICIES = [
    {},
    {"breadth_first": True},
    {"stop_at": 0.85, "least_overlap": 2, "overlap": 3},
    {"consensus": Consensus.DAWID_SKENE},
    {"trusted_alone": True},
    {"gold_share": 1.0},
]
plain = st.sampled_from([Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT, Answer.REJECT, Answer.UNSURE])


def in_statement(campaign, person, told, size, have):
    """By the statement; None where it leaves the request to Python."""
    done = answer_and_serve(who=recognised(person), campaign_id=campaign.pk, told=told, size=size, have=have)
    if done is None:
        return None
    tasks = [pk for pk, _language, _content in done.tasks]
    if done.wanted < 0:
        tasks = [task.pk for task in serve(campaign=campaign, annotator=person, size=size, have=have)]
    elif done.wanted:
        more = {"wanted": done.wanted, "chosen": done.known_answers, "holds_some": size > done.wanted}
        tasks = [task.pk for task in hand_out(campaign=campaign, annotator=person, **more)]
    return told and told.judgment_id, True, done.guideline_id, tasks


def in_python(campaign, person, told, size, have):
    judgment = told and record_judgment(
        judgment_id=told.judgment_id,
        task=campaign.tasks.get(pk=told.task_id),
        annotator=person,
        answer=told.answer,
        took=told.took,
        typicality=told.typicality,
        comment=told.comment,
        guideline_id=told.guideline_id,
    )
    tasks = [task.pk for task in serve(campaign=campaign, annotator=person, size=size, have=have)]
    return judgment and judgment.pk, judgment is None or judgment.is_counted, campaign.guideline.pk, tasks


def rows(campaign):
    """All that either way may change, without what a clock or a sequence gave it."""
    clocks = {"id", "leased_at", "expires_at", "judged_at", "formed_at", "acted_at"}

    def told(found, order, *, keep=()):
        leave = clocks - set(keep)
        kept = [
            {name: value for name, value in row.items() if name not in leave}
            for row in found.order_by(*order).values()
        ]
        return kept

    verdicts = Verdict.objects.of_campaign(campaign)
    held = Lease.objects.filter(task__campaign=campaign)
    return {
        "tasks": told(campaign.tasks.all(), ["id"]),
        "leases": told(held, ["annotator", "leased_at", "id"]),
        "judgments": told(Judgment.objects.filter(task__campaign=campaign), ["id"], keep=["id"]),
        "verdicts": told(verdicts, ["task", "id"]),
        "waiting": list(verdicts.waiting().order_by("task").values_list("task", flat=True)),
    }


def tried(way, campaign, *asked):
    """What it replies and leaves behind; undone again."""
    with transaction.atomic():
        replied = way(campaign, *asked)
        left = rows(campaign)
        transaction.set_rollback(True)
    return replied, left


class BothWays(Watched):
    """Every answer is given both ways, to the same state of things; the one by the statement is kept."""

    short = long = 0

    @initialize(overlap=st.integers(1, 3), gold=st.just(False), policy=st.sampled_from(POLICIES))
    def begin(self, overlap, gold, policy):
        policy = {"overlap": overlap, **policy}
        source = {"spellings": 2} if policy.get("breadth_first") else {}
        self.campaign = make_campaign(size=6, source=source, check_share=0.4, **policy)
        self.people = [make_annotator() for _ in range(PEOPLE)]
        self.seen = {person.pk: [] for person in self.people}
        self.acknowledged = []
        self.curator = make_curator()

    @rule(
        person=people,
        which=st.integers(0, 9),
        answer=plain,
        size=st.integers(0, 3),
        missing=st.integers(0, 5),
        again=st.booleans(),
        words=st.sampled_from([{}, {"comment": "hm"}, {"guideline_id": 1}, {"typicality": "typical"}]),
    )
    def both_ways(self, person, which, answer, size, missing, again, words):
        person, told = self.people[person], None
        if self.seen[person.pk]:
            task = self.seen[person.pk][which % len(self.seen[person.pk])]
            if "guideline_id" in words:
                words = {"guideline_id": self.campaign.guidelines.earliest("pk").pk}
            if answer != Answer.ACCEPT:
                words = {name: value for name, value in words.items() if name != "typicality"}
            known = again and self.acknowledged
            judgment_id = self.acknowledged[which % len(self.acknowledged)][0] if known else uuid4()
            told = Told(judgment_id, task.pk, str(answer), timedelta(seconds=2), **words)
        held = Lease.objects.filter(annotator=person, task__campaign=self.campaign).exclude(
            task=told.task_id if told else 0
        )
        have = list(held.order_by("leased_at", "pk").values_list("task", flat=True))
        asked = (person, told, size, have[: 5 - missing] if missing else have)

        replied, left = tried(in_statement, self.campaign, *asked)
        if replied is None:
            type(self).long += 1
            return
        type(self).short += 1

        assert (replied, left) == tried(in_python, self.campaign, *asked)
        in_statement(self.campaign, *asked)
        if told:
            self.acknowledged.append((told.judgment_id, self.campaign.tasks.get(pk=told.task_id), person))
        new = self.campaign.tasks.filter(pk__in=replied[3])
        self.seen[person.pk] += [task for task in new if task not in self.seen[person.pk]]

    @rule(person=people, standing=st.sampled_from([Standing.ACTIVE, Standing.PAUSED]))
    def somebody_is_paused_or_goes_on(self, person, standing):
        leaver = self.people[person]
        change_standing(
            campaign=self.campaign, annotator=leaver, standing=standing, by=self.curator, why="a look"
        )

    @rule()
    def the_campaign_rests_a_while(self):
        pause_campaign(campaign=self.campaign)
        start_campaign(campaign=self.campaign)


@pytest.mark.django_db
def test_both_ways_leave_the_same_rows_and_give_the_same_replies():
    BothWays.short = BothWays.long = 0

    run_state_machine_as_test(
        BothWays,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )

    assert BothWays.short > BothWays.long / 4 > 0
