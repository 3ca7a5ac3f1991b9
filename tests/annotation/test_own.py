"""What people are told about their own work."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from annotation import own
from annotation.actions.gold import add_gold
from annotation.actions.undoing import withdraw_judgment
from annotation.models import Answer, Judgment
from annotation.own import answered_today, own_figures
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign

pytestmark = pytest.mark.django_db


def test_answers_are_counted_by_day_without_skips_and_what_was_undone():
    campaign, annotator = make_campaign(size=6, overlap=2), make_annotator()
    given = [
        give_and_judge(task, annotator, answer, seconds=seconds)
        for task, answer, seconds in zip(
            campaign.tasks.order_by("pk"),
            ["accept", "reject", "unsure", "skip", "accept"],
            [2, 3, 10, 1, 4],
            strict=False,
        )
    ]
    withdraw_judgment(judgment_id=given[4].pk, annotator=annotator)
    before = timezone.now() - timedelta(days=3)
    Judgment.objects.filter(pk=given[1].pk).update(judged_at=before)

    figures = own_figures(annotator)

    assert answered_today(annotator) == figures.today == 2
    assert [day.answers for day in figures.days[-4:]] == [1, 0, 0, 2]
    assert (figures.week, figures.ever, figures.most, figures.seconds) == (3, 3, 2, 3.0)
    assert len(figures.days) == own.DAYS and figures.days[-1].date == timezone.localtime().date()
    assert own_figures(make_annotator()).seconds is None


def test_agreement_is_told_once_there_is_enough_and_gold_is_never_part_of_it(monkeypatch):
    monkeypatch.setattr(own, "LEAST_COMPARED", 4)
    campaign, annotator, other = make_campaign(size=6, overlap=1), make_annotator(), make_annotator()
    tasks = list(campaign.tasks.order_by("pk"))
    add_gold(task=tasks[5], answer=Answer.REJECT, reason="known")
    for task, answer in zip(tasks[:4], ["accept", "accept", "reject", "unsure"], strict=True):
        give_and_judge(task, annotator, answer)
    give_and_judge(tasks[5], annotator, "accept")
    assert own_figures(annotator).agreement is None

    # Late, so it does not count, and neither agrees nor disagrees.
    give_and_judge(tasks[4], other, "accept")
    figures = own_figures(annotator)

    assert (figures.compared, figures.agreed) == (3, 3)
    give_and_judge(make_campaign(size=1, overlap=1).tasks.get(), annotator, "accept")
    assert own_figures(annotator).agreement == 1.0


def test_a_day_begins_where_the_reader_is():
    campaign, annotator = make_campaign(size=1), make_annotator()
    judgment = give_and_judge(campaign.tasks.get(), annotator, "accept")
    late = timezone.now().replace(hour=23, minute=30) - timedelta(days=1)
    Judgment.objects.filter(pk=judgment.pk).update(judged_at=late)

    in_utc = own_figures(annotator, now=late + timedelta(hours=10))
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        in_china = own_figures(annotator, now=late + timedelta(hours=10))

    assert [day.answers for day in in_utc.days[-2:]] == [1, 0]
    assert [day.answers for day in in_china.days[-2:]] == [0, 1]
