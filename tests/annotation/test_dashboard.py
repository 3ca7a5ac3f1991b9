"""The figures of the dashboard on a campaign small enough to count by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from annotation import forecast
from annotation.actions.campaigns import Policy
from annotation.dashboard import dashboard
from annotation.models import Answer, Consensus, Judgment, QualityReport
from annotation.templatetags.figures import hours, money, rounded
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import make_admin, make_curator

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    """Five tasks for two people each: one agreed upon, one disputed, one begun, two untouched."""
    campaign = make_campaign(size=5, overlap=2, price_per_answer=Decimal("0.05"), currency="EUR")
    one, two = make_annotator(), make_annotator()
    first, second, third, *_rest = campaign.tasks.order_by("pk")
    for task, answer in ((first, Answer.ACCEPT), (second, Answer.ACCEPT), (third, Answer.REJECT)):
        give_and_judge(task, one, answer)
    give_and_judge(first, two, Answer.ACCEPT)
    give_and_judge(second, two, Answer.REJECT)
    return campaign


def test_what_is_left_how_good_and_at_what_price(campaign):
    board = dashboard(campaign)

    assert (board.totals.decided, board.totals.disputed, board.work.answers) == (2, 1, 5)
    assert board.work.agreement == 0.5 and board.work.pairs == 2
    assert board.left.low == board.left.high == 5  # three tasks of two seats, one of them answered
    assert board.costs.so_far == pytest.approx(0.25) and board.costs.per_verdict == pytest.approx(0.125)
    assert board.costs.in_all.mean == pytest.approx(0.5)
    assert sum(board.posteriors) == 2


def test_a_draft_wants_as_many_answers_as_the_estimate_before_it_was_made():
    policy = {
        "overlap": 5, "least_overlap": 2, "stop_at": 0.95, "gold_share": 0.05,
        "consensus": Consensus.DAWID_SKENE,
    }  # fmt: skip

    campaign = make_campaign(size=10, running=False, **policy)
    promised = forecast.estimate(
        kind=campaign.kind, question=campaign.question, source={"size": 10}, policy=Policy(**policy)
    )

    wanted = dashboard(campaign).left
    assert wanted.low < wanted.mean < wanted.high
    assert (wanted.low, wanted.mean, wanted.high) == pytest.approx(
        (promised.answers.low, promised.answers.mean, promised.answers.high)
    )


def test_the_pace_is_taken_from_the_first_answer_of_the_day(campaign):
    now = timezone.now()
    for place, judgment in enumerate(Judgment.objects.all()):
        Judgment.objects.filter(pk=judgment.pk).update(judged_at=now - timedelta(minutes=50 * place))

    board = dashboard(campaign)

    assert board.rate.over == pytest.approx(timedelta(minutes=200), abs=timedelta(seconds=20))
    assert board.rate.per_hour.mean == pytest.approx(5 / (200 / 60), rel=0.01)
    assert board.hours_left.mean == pytest.approx(5 / board.rate.per_hour.mean, rel=0.01)


def test_answers_of_long_ago_promise_no_end(campaign):
    Judgment.objects.update(judged_at=timezone.now() - timedelta(days=3))

    board = dashboard(campaign)

    assert board.rate is None and board.hours_left is None


def test_answers_of_people_taken_out_are_paid_for_and_not_counted(campaign):
    Judgment.objects.update(removed_at=timezone.now())

    board = dashboard(campaign)

    assert board.work.answers == 5 and board.work.agreement is None


def test_curators_see_the_dashboard_and_htmx_gets_its_living_part(client, campaign):
    QualityReport.objects.create(
        campaign=campaign, agreement=[{"version": None, "alpha": 0.71, "low": 0.6, "high": 0.8}]
    )
    client.force_login(make_curator())

    page = client.get(f"/campaigns/{campaign.pk}/").content.decode()
    piece = client.get(f"/campaigns/{campaign.pk}/", headers={"HX-Request": "true"}).content.decode()

    assert "0.71" in page and "0.1250" in page and "EUR" in page and "<html" in page
    assert "<html" not in piece and 'hx-trigger="every 10s"' in piece and "pace-figures" in piece


def test_an_empty_campaign_says_what_to_do(client):
    client.force_login(make_admin())
    campaign = make_campaign(size=1, running=False)

    page = client.get(f"/campaigns/{campaign.pk}/").content.decode()

    assert "Set the price" in page and "Nothing is asked until the campaign is started." in page
    assert "Why is nobody asked?" in page


@pytest.mark.parametrize(
    ("value", "words"), [(6912.3, "6,900"), (0.01234, "0.012"), (0, "0"), (95, "95"), (1.26, "1.3")]
)
def test_estimates_are_written_with_two_figures(value, words):
    assert rounded(value) == words


def test_money_and_hours_are_written_as_people_say_them():
    assert (money(0.0525), money(1234.5)) == ("0.0525", "1,234.50")
    assert (hours(0.4), hours(30), hours(100)) == ("24 minutes", "30 hours", "4.2 days")
