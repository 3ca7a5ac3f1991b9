import pytest

from annotation.models import Pool
from mining.actions import learning_figures as figures
from tests.factories.learning import answer_some, make_learnable, train_now

pytestmark = pytest.mark.django_db


def test_points_are_measured_on_the_same_labels():
    campaign = make_learnable(90, evaluation_share=0.3)
    answer_some(campaign, 20)
    answer_some(campaign, 5, pool=Pool.EVALUATION)
    train_now(campaign)
    answer_some(campaign, 10)
    answer_some(campaign, 5, pool=Pool.EVALUATION)
    train_now(campaign)

    versions = figures.versions(campaign)
    points = figures.curve(versions)

    assert [version.number for version in versions] == [2, 1]
    assert [(point["number"], point["labels"], point["size"]) for point in points] == [
        (1, 20, 10),
        (2, 30, 10),
    ]
    assert all(len(point["f1"]) == 3 for point in points)


def test_a_campaign_without_models_has_an_empty_curve():
    campaign = make_learnable(4)

    assert figures.curve(figures.versions(campaign)) == []
    assert sum(figures.sureness(campaign)) == 0
    assert [one.share for one in figures.asked(campaign)] == [None, None, None]


def test_bars_count_tasks_without_a_verdict_by_score():
    campaign = make_learnable(6, evaluation_share=0.0)
    answer_some(campaign, 1)
    judged = campaign.tasks.get(verdicts__isnull=False)
    rest = list(campaign.tasks.unjudged().order_by("pk"))
    for task, score in zip([judged, *rest], [0.5, 0.0, 0.049, 0.05, 1.0, None], strict=True):
        task.score = score
        task.save()

    bars = figures.sureness(campaign)

    assert (bars[0], bars[1], bars[19], sum(bars)) == (2, 1, 1, 4)


def test_asked_tells_how_the_tasks_were_chosen():
    campaign = make_learnable(120, evaluation_share=0.3, random_share=0.3)
    answer_some(campaign, 20)
    answer_some(campaign, 6, pool=Pool.EVALUATION)
    train_now(campaign)
    answer_some(campaign, 10)

    uncertainty, random, evaluation = figures.asked(campaign)

    assert (uncertainty.verdicts, random.verdicts, evaluation.verdicts) == (7, 23, 6)
    low, high = random.interval
    assert 0 <= low <= random.share <= high <= 1


@pytest.mark.parametrize("yes", [0, 1, 5, 10])
def test_the_interval_of_a_share_stays_within_bounds(yes):
    low, high = figures.wilson(yes, 10)

    assert 0 <= low <= yes / 10 <= high <= 1


def test_no_share_of_nothing():
    assert figures.wilson(0, 0) is None
