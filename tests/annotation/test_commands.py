"""Campaigns from the command line."""

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Campaign
from tests.factories.annotation import make_campaign

pytestmark = pytest.mark.django_db


def test_a_campaign_is_made_and_listed(capsys):
    call_command("create_campaign", "By hand", kind="word", question="poi", overlap=2, fill=True)
    campaign = Campaign.objects.get(name="By hand")
    call_command("campaigns", "start", "By hand")

    said = capsys.readouterr().out
    assert campaign.tasks.count() == 10
    assert f"{campaign.pk}\trunning\tpoi\t0 of 10 decided\tBy hand" in said


def test_filling_by_name_or_id_twice_changes_nothing(capsys):
    campaign = make_campaign(size=3)

    call_command("fill_campaign", campaign.name)
    call_command("fill_campaign", str(campaign.pk))

    assert capsys.readouterr().out == "0 tasks added\n" * 2


@pytest.mark.parametrize(
    "words",
    [
        ("create_campaign", "X", "--question", "nothing", "--kind", "word"),
        ("create_campaign", "X", "--question", "poi", "--kind", "nothing"),
        ("create_campaign", "X", "--question", "poi", "--kind", "word", "--gold-share", "3"),
        ("fill_campaign", "nothing"),
        ("campaigns", "start", "nothing"),
    ],
)
def test_nonsense_is_one_line_of_error(words):
    with pytest.raises(CommandError):
        call_command(*words)


def test_what_is_finished_cannot_be_started():
    campaign = make_campaign()
    call_command("campaigns", "finish", str(campaign.pk))

    with pytest.raises(CommandError, match="cannot be started"):
        call_command("campaigns", "start", str(campaign.pk))
