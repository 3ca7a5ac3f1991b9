"""The statement that answers and serves says what the actions in Python say, whatever has happened before."""

import random
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from annotation.actions.answering import RARE, Told, answer_and_serve
from annotation.actions.campaigns import pause_campaign, start_campaign
from annotation.actions.deciding import change_standing
from annotation.actions.judging import record_judgment
from annotation.actions.serving import hand_out, serve
from annotation.models import Answer, Consensus, GoldUse, Judgment, Lease, Standing, Verdict
from people.errors import UserError
from tests.annotation.actions.test_any_order import PEOPLE, Watched
from tests.factories.annotation import make_annotator, make_campaign
from tests.factories.people import make_curator, recognised

POLICIES = {
    "fixed": {"overlap": 3},
    "once": {"overlap": 1},
    "breadth first, clusters": {"overlap": 2, "breadth_first": True, "source": {"spellings": 2}},
    "adaptive": {"stop_at": 0.7, "least_overlap": 2, "overlap": 3},
    "weighed": {"overlap": 2, "consensus": Consensus.DAWID_SKENE},
    "trusted alone": {"overlap": 2, "trusted_alone": True},
    "known answers": {"overlap": 2, "gold_share": 1.0},
}


def in_statement(campaign, person, told, size, have):
    """By the statement; None where it leaves the request to Python."""
    done = answer_and_serve(who=recognised(person), campaign_id=campaign.pk, told=told, size=size, have=have)
    if done is RARE:
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
    """Plain answers are given both ways, to the same state of things; that by the statement is kept."""

    def __init__(self, policy, seed):
        super().__init__()
        self.chance = random.Random(seed)
        self.campaign = make_campaign(size=8, check_share=0.4, **policy)
        self.people = [make_annotator() for _ in range(PEOPLE)]
        self.seen = {person.pk: [] for person in self.people}
        self.acknowledged = []
        self.curator = make_curator()
        self.short, self.left = 0, 0  # answers that the statement took, and that it left to Python

    def live(self, steps):
        for _ in range(steps):
            if self.chance.random() < 0.7:
                self.both_ways(self.chance.choice(self.people))
            else:
                self.something_happens()
            self.promises_hold()

    def something_happens(self):
        chance, person = self.chance, self.chance.randrange(PEOPLE)
        which, answer = chance.randrange(6), chance.choice(["accept", "reject", "unsure"])
        anything = chance.choice([*Answer.values, Answer.BAD, Answer.BAD])
        happenings = [
            lambda: self.answer_in_time_or_late_or_again(person=person, which=which, answer=anything),
            lambda: self.answer_in_time_or_late_or_again(person=person, which=which + 1, answer=anything),
            lambda: self.undo(which=which),
            lambda: self.leases_run_out(share=3),
            self.beat,
            self.change_the_guideline,
            lambda: self.make_known(which=which, answer=answer, use=chance.choice(GoldUse.values)),
            lambda: self.know_no_longer(which=which, reason="leaked"),
            lambda: self.decide(which=which, answer=answer),
            lambda: self.split(which=which),
            self.a_test_is_wanted_for_a_while,
            lambda: self.let_somebody_in(person=person),
            lambda: self.stands(self.people[person], chance.choice([Standing.ACTIVE, Standing.PAUSED])),
            self.rests_a_while,
            self.takes_another_person,
        ]
        chance.choice(happenings)()

    def both_ways(self, person):
        asked = (person, self.some_answer(person), *self.wants(person))

        replied, left = tried(in_statement, self.campaign, *asked)
        if replied is None:
            self.left += asked[1] is not None
            return
        self.short += asked[1] is not None

        assert (replied, left) == tried(in_python, self.campaign, *asked)
        in_statement(self.campaign, *asked)
        if told := asked[1]:
            self.acknowledged.append((told.judgment_id, self.campaign.tasks.get(pk=told.task_id), person))
        new = self.campaign.tasks.filter(pk__in=replied[3])
        self.seen[person.pk] += [task for task in new if task not in self.seen[person.pk]]

    def some_answer(self, person):
        """To what is held for them, mostly."""
        chance = self.chance
        held = list(self.campaign.tasks.filter(leases__annotator=person).order_by("pk"))
        known = held if held and chance.random() < 0.9 else self.seen[person.pk]
        if not known:
            return None
        answer = chance.choices([Answer.ACCEPT, Answer.REJECT, Answer.UNSURE], [5, 4, 1])[0]
        words = {"typicality": chance.choice(["", "typical", "plausible"])} if answer == Answer.ACCEPT else {}
        first = self.campaign.guidelines.earliest("pk").pk
        judgment_id = uuid4()
        if self.acknowledged and chance.random() < 0.05:
            judgment_id = chance.choice(self.acknowledged)[0]
        return Told(
            judgment_id,
            chance.choice(known).pk,
            str(answer),
            timedelta(seconds=chance.choice([1, 100_000])),
            comment=chance.choice(["", "hm"]),
            guideline_id=chance.choice([None, first, first + 1_000_000]),
            **words,
        )

    def wants(self, person):
        """How many tasks, and which the page has: all that are held, or after a reload fewer."""
        held = Lease.objects.filter(annotator=person, task__campaign=self.campaign)
        have = list(held.order_by("leased_at", "pk").values_list("task", flat=True))
        if self.chance.random() < 0.2:
            have = have[:1]
        return self.chance.choice([0, 2, 3, 3, 3]), have

    def stands(self, person, standing):
        about = {"campaign": self.campaign, "annotator": person, "by": self.curator, "why": "a look"}
        with suppress(UserError):
            change_standing(standing=standing, **about)
        self.both_ways(person)

    def a_test_is_wanted_for_a_while(self):
        self.a_test_comes_or_goes(needs_test=True)
        self.both_ways(self.chance.choice(self.people))
        self.a_test_comes_or_goes(needs_test=False)

    def rests_a_while(self):
        """Paused, answers are still kept."""
        pause_campaign(campaign=self.campaign)
        self.both_ways(self.chance.choice(self.people))
        start_campaign(campaign=self.campaign)

    def takes_another_person(self):
        if len(self.people) == PEOPLE:
            self.remove_somebody(person=self.chance.randrange(PEOPLE))
        else:
            self.both_ways(self.people[-1])  # whose browser goes on


@pytest.mark.django_db
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(2))
def test_both_ways_leave_the_same_rows_and_give_the_same_replies(policy, seed):
    world = BothWays(POLICIES[policy], seed)

    world.live(60)

    assert (world.short == 0 < world.left) if policy == "trusted alone" else (world.short > 3)
