"""Promises 1 and 2 with more than two hundred people at once, in campaigns of every policy."""

import random
import threading
from datetime import timedelta

import pytest

from annotation.actions.gold import add_gold
from annotation.models import Campaign, Consensus, Judgment, Participation, Verdict
from tests.annotation.crowd import (
    Annotator,
    beat,
    finish,
    on_own_connection,
    together,
)
from tests.annotation.promises import assert_promises
from tests.factories.annotation import make_annotator, make_campaign

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, TABS, TASKS = 200, 16, 30
SHORT = {"lease_for": timedelta(milliseconds=60)}
POLICIES = {
    "fixed": {"overlap": 3},
    "adaptive": {"overlap": 5, "stop_at": 0.9, "least_overlap": 2, "consensus": Consensus.DAWID_SKENE},
    "trusted alone": {"overlap": 3, "trusted_alone": True},
    "breadth first": {"overlap": 3, "breadth_first": True},
    "with gold": {"overlap": 2, "gold_share": 0.3},
}


def make_campaigns(people):
    campaigns = {name: make_campaign(size=TASKS, **SHORT, **policy) for name, policy in POLICIES.items()}
    for task in campaigns["with gold"].tasks.order_by("pk")[:5]:
        add_gold(task=task, answer="accept", reason="known")
    for person in people[::10]:
        Participation.objects.create(
            campaign=campaigns["trusted alone"],
            annotator=person,
            reliability=0.98,
            reliability_low=0.95,
            reliability_high=0.99,
            judgments=200,
        )
    return list(campaigns.values())


def crowd_meets(campaigns, people, rounds):
    """Everybody at once, some in two tabs, while leases run out and the model reorders the queue."""
    stop = threading.Event()
    tabs = [
        Annotator(campaigns, people[place % len(people)], place, rounds)
        for place in range(len(people) + TABS)
    ]
    machinery = threading.Thread(target=on_own_connection(beat(campaigns, stop)))
    machinery.start()
    try:
        acknowledged = [pk for given in together(tabs) for pk in given]
        assert sum(tab.by_statement for tab in tabs) > len(people) / 4
        return acknowledged
    finally:
        stop.set()
        machinery.join()


def assert_kept_and_finished(campaigns, people, acknowledged):
    mine = {
        campaign.pk: set(Judgment.objects.filter(task__campaign=campaign).values_list("pk", flat=True))
        for campaign in campaigns
    }
    assert set(acknowledged) <= set.union(*mine.values()), "an acknowledged judgment is gone"
    for campaign in campaigns:
        assert_promises(campaign)
    Campaign.objects.update(lease_for=timedelta(minutes=10))
    for campaign in campaigns:
        campaign.refresh_from_db()
        # In an order of their own: who sits at the front of the list must not answer everything.
        finish(campaign, random.Random(campaign.pk).sample(people, len(people)))
        assert_promises(campaign)
        open_tasks = campaign.tasks.exclude(pool="gold").filter(seats_free__gt=0)
        assert not open_tasks.exists(), f"{campaign} starves tasks"
        verdicts = Verdict.objects.standing().of_campaign(campaign)
        assert verdicts.count() == campaign.tasks.exclude(pool="gold").count()


def test_two_hundred_people_under_every_policy_break_no_promise(many_connections):
    people = [make_annotator() for _ in range(PEOPLE)]
    campaigns = make_campaigns(people)

    acknowledged = crowd_meets(campaigns, people, rounds=3)

    assert len(acknowledged) > PEOPLE
    assert_kept_and_finished(campaigns, people, acknowledged)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_and_fifty_people_stay_for_longer(many_connections, seed):
    people = [make_annotator() for _ in range(250)]
    campaigns = make_campaigns(random.Random(seed).sample(people, len(people)))

    acknowledged = crowd_meets(campaigns, people, rounds=12)

    assert_kept_and_finished(campaigns, people, acknowledged)
