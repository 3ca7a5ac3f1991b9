"""Why nobody is asked: each state of a queue has its sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.actions.campaigns import finish_campaign, pause_campaign
from annotation.models import Lease, Standing
from annotation.waiting import why
from people.models import User
from tests.factories.annotation import ask, lease, make_annotator, make_campaign

pytestmark = pytest.mark.django_db


def codes(campaign, person=None):
    return [reason.code for reason in why(campaign, person)]


def test_a_campaign_that_is_not_open_says_what_to_do():
    empty, draft = make_campaign(size=0), make_campaign(size=1, running=False)
    paused, finished = make_campaign(size=1), make_campaign(size=1)
    pause_campaign(campaign=paused)
    finish_campaign(campaign=finished)
    for campaign in (paused, finished):
        campaign.refresh_from_db()

    assert codes(empty) == ["not_filled"]
    assert codes(draft) == ["draft"]
    assert codes(paused) == codes(paused, make_annotator()) == ["paused"]
    assert codes(finished) == ["finished"]


def test_open_tasks_wait_for_those_who_read_their_language():
    campaign = make_campaign(size=4, source={"languages": ["en", "zh"]})
    User.objects.all().delete()
    english = make_annotator(reads=["en"])

    reasons = why(campaign)

    assert [reason.code for reason in reasons] == ["language_not_read", "waits"]
    assert "2 tasks wait in Chinese" in reasons[0].says and not reasons[0].is_fine
    assert codes(campaign, english) == ["waits"]
    assert codes(campaign, make_annotator(reads=["fr"])) == ["language_not_read"]


def test_what_is_left_may_be_held_by_others_until_a_time():
    campaign = make_campaign(size=1, overlap=1)
    holder, other = make_annotator(), make_annotator()
    lease(campaign.tasks.get(), holder)

    (in_general,), (for_other,) = why(campaign), why(campaign, other)

    assert in_general.code == for_other.code == "all_leased"
    assert in_general.until == Lease.objects.get().expires_at
    assert codes(campaign, holder) == ["waits"]  # what they hold is asked again


def test_leases_that_nobody_gave_back_point_at_the_missing_part():
    campaign = make_campaign(size=1, overlap=1)
    lease(campaign.tasks.get(), make_annotator())
    Lease.objects.update(expires_at=timezone.now() - timedelta(minutes=5))

    (reason,) = why(campaign)

    assert reason.code == "leases_not_released" and not reason.is_fine and "Beat" in reason.todo


def test_a_person_who_has_answered_everything_is_told_from_one_for_whom_all_is_decided():
    campaign = make_campaign(size=1, overlap=2)
    first, second, third = make_annotator(), make_annotator(), make_annotator()
    ask(campaign.tasks.get(), first)

    before = codes(campaign, first)
    ask(campaign.tasks.get(), second)

    assert before == ["all_seats_taken"]
    assert codes(campaign) == codes(campaign, third) == ["all_decided"]
    assert "0 are of" in why(campaign, third)[0].says and "1 is of" in why(campaign, first)[0].says


@pytest.mark.parametrize(
    ("standing", "code"), [(Standing.PAUSED, "person_paused"), (Standing.REMOVED, "removed")]
)
def test_who_was_stopped_reads_why(standing, code):
    campaign, person = make_campaign(), make_annotator()
    campaign.participations.create(annotator=person, standing=standing, why="too fast to have read it")

    (reason,) = why(campaign, person)

    assert reason.code == code and "too fast to have read it" in reason.says


def test_a_closed_account_is_named_first():
    campaign, person = make_campaign(), make_annotator(is_active=False)

    assert codes(campaign, person) == ["closed"]
