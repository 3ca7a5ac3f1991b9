"""Campaigns from draft to finished, with their trail."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from annotation.actions.campaigns import (
    Policy,
    WrongStatus,
    change_campaign,
    create_campaign,
    finish_campaign,
    new_guideline_version,
    pause_campaign,
    start_campaign,
)
from annotation.actions.filling import fill_campaign
from annotation.actions.gold import NotGold, add_gold
from annotation.models import GOLD_SEATS, Answer, CampaignStatus, Pool
from people.models import Change
from tests.annotation.promises import assert_promises
from tests.factories.annotation import ask, make_annotator, make_campaign, make_task
from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db


def actions_on(campaign):
    return list(
        Change.objects.filter(entity="campaign", entity_id=campaign.pk)
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_a_new_campaign_is_a_draft_with_the_questions_guideline():
    admin = make_admin()

    campaign = create_campaign(name="Words", kind="word", question="poi", by=admin)

    assert campaign.status == CampaignStatus.DRAFT
    assert campaign.guideline.version == 1
    assert "Say yes" in campaign.guideline.text["en"]
    assert campaign.guideline.examples[0]["candidate"] == "oil control"
    assert Change.objects.get(entity="campaign", action="create").by == admin


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nothing"},
        {"question": "nothing"},
        {"name": ""},
        {"policy": Policy(overlap=0)},
        {"policy": Policy(gold_share=1.5)},
    ],
)
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValidationError):
        create_campaign(**{"name": "Words", "kind": "word", "question": "poi", **wrong})


def test_a_name_is_used_once():
    create_campaign(name="Words", kind="word", question="poi")

    with pytest.raises(ValidationError):
        create_campaign(name="Words", kind="word", question="poi")


def test_each_move_is_in_the_trail_and_a_second_click_is_not():
    campaign = make_campaign(running=False)

    for move in (
        start_campaign,
        start_campaign,
        pause_campaign,
        start_campaign,
        finish_campaign,
        finish_campaign,
    ):
        campaign = move(campaign=campaign)

    assert actions_on(campaign) == ["create", "fill", "start", "pause", "start", "finish"]


def test_finished_is_finished():
    campaign = finish_campaign(campaign=make_campaign())

    with pytest.raises(WrongStatus):
        start_campaign(campaign=campaign)
    with pytest.raises(WrongStatus):
        pause_campaign(campaign=campaign)


def test_what_the_tasks_were_made_with_stays():
    campaign = make_campaign()

    changed = change_campaign(campaign=campaign, lease_for=timedelta(minutes=2), name="Other words")

    assert changed.lease_for == timedelta(minutes=2)
    assert actions_on(campaign)[-1] == "change"
    with pytest.raises(ValidationError):
        change_campaign(campaign=campaign, overlap=5)


def test_a_guideline_grows_by_versions():
    campaign = make_campaign()
    first = campaign.guideline

    second = new_guideline_version(
        campaign=campaign, text={"en": "Stricter."}, examples=[], reason="too many yes"
    )
    same = new_guideline_version(campaign=campaign, text={"en": "Stricter."}, examples=[])

    assert (first.version, second.version) == (1, 2)
    assert same == second
    assert Change.objects.get(action="new guideline").reason == "too many yes"


def test_filling_twice_adds_nothing_and_new_candidates_are_added():
    campaign = make_campaign(size=10)

    assert fill_campaign(campaign) == 0
    campaign.source = {"size": 13}
    assert fill_campaign(campaign) == 3
    campaign.source = {"size": 2, "revision": 1}
    assert fill_campaign(campaign) == 2  # their evidence changed: asked again
    assert campaign.tasks.count() == 15


def test_only_languages_of_the_campaign_are_filled():
    campaign = make_campaign(languages=["zh"], source={"languages": ["en", "zh"]})

    assert set(campaign.tasks.values_list("language", flat=True)) == {"zh"}


def test_the_evaluation_sample_is_random_and_the_same_in_every_order():
    """Promise 7: it depends on the campaign's seed and the candidate alone."""
    whole = make_campaign(size=2000, evaluation_share=0.2)
    parts = make_campaign(size=500, evaluation_share=0.2)
    parts.source = {"first": 501, "size": 1500}
    fill_campaign(parts)

    def sample(campaign):
        return set(campaign.tasks.filter(pool=Pool.EVALUATION).values_list("candidate_id", flat=True))

    assert sample(whole) == sample(parts)
    assert 330 < len(sample(whole)) < 470  # 400, give or take four deviations
    ranks = list(whole.tasks.filter(pool=Pool.EVALUATION).values_list("rank", flat=True))
    assert 430_000 < sum(ranks) / len(ranks) < 570_000  # no sooner or later than the others


def test_another_seed_draws_another_sample():
    one = make_campaign(size=200, evaluation_share=0.5)
    other = create_campaign(
        name="Other",
        kind="word",
        question="poi",
        seed=7,
        source={"size": 200},
        policy=Policy(evaluation_share=0.5),
    )
    fill_campaign(other)

    def sample(campaign):
        return set(campaign.tasks.filter(pool=Pool.EVALUATION).values_list("candidate_id", flat=True))

    assert sample(one) != sample(other)


def test_gold_keeps_the_seats_that_are_taken():
    task = make_task(overlap=3)
    ask(task, make_annotator())

    gold = add_gold(task=task, answer=Answer.REJECT, reason="certain")
    again = add_gold(task=task, answer=Answer.ACCEPT, reason="second thoughts")

    assert gold.seats_free == again.seats_free == GOLD_SEATS - 1
    assert again.gold_answer == Answer.ACCEPT
    assert_promises(task.campaign)
    assert Change.objects.filter(entity="task", action="gold").count() == 2


def test_the_evaluation_sample_is_never_gold():
    task = make_task(evaluation_share=1.0)

    with pytest.raises(NotGold):
        add_gold(task=task, answer=Answer.ACCEPT, reason="certain")
    with pytest.raises(NotGold):
        add_gold(task=make_task(), answer=Answer.SKIP, reason="certain")
