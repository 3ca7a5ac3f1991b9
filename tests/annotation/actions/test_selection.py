"""What the model wants asked first, and what it may not touch."""

import pytest

from annotation.actions.gold import add_gold
from annotation.actions.selection import NotSelectable, interleave, put_first, write_scores
from annotation.actions.serving import serve
from annotation.models import Answer, ChosenBy, Pool
from tests.factories.annotation import judge, make_annotator, make_campaign

pytestmark = pytest.mark.django_db


def queue(campaign):
    return list(campaign.tasks.order_by("rank", "id"))


def test_scores_are_stored_for_every_pool():
    campaign = make_campaign(size=40, evaluation_share=0.5)
    other = make_campaign(size=1)
    rows = [(task.pk, task.candidate_id / 100) for task in campaign.tasks.all()]

    written = write_scores(campaign, 7, iter([*rows, (other.tasks.get().pk, 0.5)]))

    assert written == 40
    assert all((task.score, task.scored_by) == (task.candidate_id / 100, 7) for task in campaign.tasks.all())
    assert other.tasks.get().score is None


def test_what_is_put_first_is_asked_first_in_that_order():
    campaign = make_campaign(size=20)
    chosen = queue(campaign)[-4:]

    moved = put_first(campaign, [(task.pk, ChosenBy.UNCERTAINTY) for task in chosen])

    assert moved == 4
    assert queue(campaign)[:4] == chosen
    assert {task.chosen_by for task in queue(campaign)[:4]} == {ChosenBy.UNCERTAINTY}


def test_a_later_selection_goes_before_an_earlier_one():
    campaign = make_campaign(size=20)
    first, second = queue(campaign)[-6:-3], queue(campaign)[-3:]

    put_first(campaign, [(task.pk, "uncertainty") for task in first])
    put_first(campaign, [(task.pk, "random") for task in second])

    assert queue(campaign)[:6] == [*second, *first]


def test_the_evaluation_sample_keeps_coming_in_its_own_order():
    campaign = make_campaign(size=200, evaluation_share=0.25)
    evaluation = [task for task in queue(campaign) if task.pool == Pool.EVALUATION]
    model = [task for task in queue(campaign) if task.pool == Pool.MODEL]

    put_first(campaign, [(task.pk, "uncertainty") for task in model[-30:]])
    put_first(campaign, [(task.pk, "uncertainty") for task in model[-60:-30]])

    front = queue(campaign)[:40]
    assert [task for task in front if task.pool == Pool.EVALUATION] == evaluation[:10]
    assert [task for task in queue(campaign) if task.pool == Pool.EVALUATION] == evaluation
    assert {task.chosen_by for task in campaign.tasks.filter(pool=Pool.EVALUATION)} == {ChosenBy.RANDOM}


def test_begun_tasks_stay_in_front_and_keep_their_reason():
    campaign = make_campaign(size=20, overlap=2)
    annotator = make_annotator()
    begun = serve(campaign=campaign, annotator=annotator, size=3)
    for task in begun:
        judge(task, annotator)
    last = queue(campaign)[-1]

    moved = put_first(campaign, [(last.pk, "uncertainty"), (begun[0].pk, "uncertainty")])

    assert moved == 1
    assert queue(campaign)[:4] == [*begun, last]
    assert campaign.tasks.get(pk=begun[0].pk).chosen_by == ChosenBy.RANDOM


def test_selection_may_not_touch_evaluation_gold_or_other_campaigns():
    campaign = make_campaign(size=30, evaluation_share=0.5)
    evaluation = campaign.tasks.filter(pool=Pool.EVALUATION).first()
    model = campaign.tasks.filter(pool=Pool.MODEL).first()
    gold = add_gold(
        task=campaign.tasks.filter(pool=Pool.MODEL).last(), answer=Answer.ACCEPT, reason="certain"
    )
    before = queue(campaign)

    for stranger in (evaluation, gold, make_campaign(size=1).tasks.get()):
        with pytest.raises(NotSelectable):
            put_first(campaign, [(model.pk, "random"), (stranger.pk, "random")])

    assert queue(campaign) == before


def test_putting_nothing_first_changes_nothing():
    campaign = make_campaign(size=5)
    before = queue(campaign)

    assert put_first(campaign, []) == 0
    assert queue(campaign) == before


def test_evaluation_tasks_are_spread_evenly():
    rows = [(number, "uncertainty") for number in range(6)]

    mixed = [task for task, _reason in interleave(rows, [100, 101])]

    assert mixed == [0, 1, 100, 2, 3, 4, 101, 5] or mixed.index(100) in (1, 2)
    assert [task for task in mixed if task < 100] == list(range(6))
