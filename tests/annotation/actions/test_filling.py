"""Large campaigns are filled by a worker, and nothing is made twice."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import psycopg
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from annotation import kinds
from annotation.actions import filling
from annotation.actions.filling import fill_campaign, go_on_filling, start_filling
from annotation.kinds import NewTask
from annotation.models import Campaign, Filling, FillingStatus
from annotation.models.filling import SILENT
from annotation.tasks import take_up_fillings
from tests.factories.annotation import make_campaign
from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db


class Backends:
    """Connections to the database of the test, beside this one."""

    def __init__(self):
        self.before = self.count()

    def count(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]

    def left_open(self):
        for _attempt in range(50):
            if (more := self.count() - self.before) == 0:
                break
            time.sleep(0.1)
        return more


def make_empty_campaign(candidates):
    campaign = make_campaign(size=0)
    campaign.source = {"size": candidates}
    campaign.save()
    return campaign


def test_a_small_campaign_is_full_when_the_request_is_over():
    campaign = make_empty_campaign(5)

    started = start_filling(campaign)

    assert (started.added, started.goes_on) == (5, False)
    assert not Filling.objects.exists()


def test_a_large_one_goes_on_in_a_worker_and_is_filled_once():
    campaign, admin = make_empty_campaign(25), make_admin()

    started = start_filling(campaign, by=admin, most=10)
    assert (started.added, started.goes_on) == (10, True)
    assert campaign.filling.is_under_way and campaign.filling.added == 10
    assert start_filling(campaign, by=admin, most=10).added == 0  # a second click

    assert go_on_filling(campaign.pk) == 15
    assert go_on_filling(campaign.pk) == 0

    campaign.filling.refresh_from_db()
    assert (campaign.filling.status, campaign.filling.added) == (FillingStatus.DONE, 25)
    assert campaign.tasks.count() == 25


def test_spellings_in_different_batches_are_one_cluster_and_a_killed_filling_goes_on(monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 4)
    campaign = make_empty_campaign(18)
    campaign.source["spellings"], campaign.check_share = 3, 0.0
    campaign.save()
    batches = []

    def die_in_the_third(added):
        batches.append(added)
        if len(batches) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_campaign(campaign, on_batch=die_in_the_third)
    assert (batches, campaign.tasks.count()) == ([4, 4, 4], 12)
    fill_campaign(campaign)

    told = campaign.tasks.order_by("candidate_id").values_list("candidate_id", "represented_by__candidate_id")
    first = {number: number - (number - 1) % 3 for number in range(1, 19)}
    assert dict(told) == {number: None if first[number] == number else first[number] for number in first}
    assert campaign.tasks.filter(seats_free=0).count() == 12


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_batches_are_added_while_the_next_ones_are_read(monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 4)
    campaign = make_empty_campaign(18)
    campaign.source["spellings"], campaign.check_share = 3, 0.5
    campaign.save()
    batches, connections, commits = [], Backends(), []
    add = filling.add

    def noting(*args):
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            commits.append((cursor.fetchone()[0], connection.connection))
        return add(*args)

    monkeypatch.setattr(filling, "add", noting)
    fill_campaign(campaign, most=10, on_batch=batches.append)
    fill_campaign(campaign, on_batch=batches.append)

    assert batches == [4, 4, 2, 0, 0, 2, 4, 2]
    assert sorted(campaign.tasks.values_list("candidate_id", flat=True)) == list(range(1, 19))
    members = campaign.tasks.filter(represented_by__isnull=False)
    assert members.count() == 12
    assert all(task.seats_granted == (campaign.first_seats if task.is_check else 0) for task in members)
    assert {task.is_check for task in members} == {True, False}
    assert connections.left_open() == 0
    # Not on this connection, and only while tasks are added.
    assert {how for how, _one in commits} == {"off"}
    assert connection.connection not in {one for _how, one in commits}


@pytest.mark.django_db(transaction=True)
def test_two_fillings_of_one_campaign_at_once_make_every_task_once(monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 7)
    campaign = make_empty_campaign(60)
    campaign.source["spellings"] = 4
    campaign.save()
    together = Barrier(2)

    def run():
        together.wait()
        try:
            return fill_campaign(Campaign.objects.get(pk=campaign.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        added = [one.result() for one in [workers.submit(run), workers.submit(run)]]

    assert sum(added) == 60
    assert campaign.tasks.count() == 60
    assert campaign.tasks.filter(represented_by=None).count() == 15


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_while_adding_is_told_and_what_was_added_stays(monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 4)
    campaign = make_empty_campaign(0)
    content = iter([{"phrase": "fine"}] * 4 + [{"phrase": "\0"}])
    source = lambda campaign: (NewTask(n, 0, "en", one) for n, one in enumerate(content, 1))  # noqa: E731
    monkeypatch.setitem(kinds._kinds, "word", replace(kinds.get("word"), source=source))

    with pytest.raises(psycopg.Error, match="u0000"):
        fill_campaign(campaign)

    assert campaign.tasks.count() == 4


def test_content_arrives_letter_by_letter(monkeypatch):
    content = {"phrase": 'a\tb\nc\r\\N \\. "quoted" 乾燥 😀 \u2028', "deep": {"n": [1, 2.5, None, True]}}
    source = lambda campaign: iter([NewTask(1, 0, "en", content), NewTask(2, 3, "zh", {})])  # noqa: E731
    monkeypatch.setitem(kinds._kinds, "word", replace(kinds.get("word"), source=source))
    campaign = make_empty_campaign(0)

    fill_campaign(campaign)

    told = campaign.tasks.order_by("candidate_id").values_list(
        "candidate_id", "revision", "language", "content"
    )
    assert list(told) == [(1, 0, "en", content), (2, 3, "zh", {})]


def test_a_worker_that_died_is_followed_by_another_and_a_failure_says_why():
    campaign = make_empty_campaign(25)
    start_filling(campaign, most=10)
    assert take_up_fillings() == 0
    Filling.objects.update(status=FillingStatus.RUNNING, beat_at=timezone.now() - 2 * SILENT)
    assert list(Filling.objects.abandoned()) == [campaign.filling]

    campaign.source = {"size": "many"}
    campaign.save()
    with pytest.raises(TypeError):
        go_on_filling(campaign.pk)

    campaign.filling.refresh_from_db()
    assert campaign.filling.status == FillingStatus.FAILED and campaign.filling.why
    assert campaign.tasks.count() == 10


def test_page_and_api_say_that_it_goes_on(client, monkeypatch):
    monkeypatch.setattr(start_filling, "__kwdefaults__", {"by": None, "most": 10})
    client.force_login(make_admin())
    by_page, by_api = make_empty_campaign(25), make_empty_campaign(25)

    page = client.post(reverse("annotation:campaign-fill", args=[by_page.pk]), follow=True)
    told = client.post(reverse("annotation-api:fill", args=[by_api.pk])).json()

    assert "being filled" in page.content.decode()
    assert told == {"added": 10, "goes_on": True}
    assert Filling.objects.under_way().count() == 2
