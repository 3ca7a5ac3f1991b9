"""What is asked while nobody answers at the broker: nobody waits, nothing is lost, beat finds it."""

import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from annotation import tasks
from annotation.actions import removing
from annotation.actions.campaigns import new_guideline_version
from annotation.bell import Bell
from annotation.models import Judgment, Participation, Reask, Standing
from kgcurate.celery import app
from mining.models import Run, RunStatus
from people.models import Change
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "redis://127.0.0.1:1/0"
PATIENCE = 3  # seconds; Celery itself gives up after six


@pytest.fixture
def dead_broker():
    was, app.conf.broker_url = app.conf.broker_url, NOBODY
    app._after_fork()  # forgets its connections, or one of an earlier test would answer
    yield
    app.conf.broker_url = was
    app._after_fork()


@pytest.fixture
def campaign():
    campaign = make_campaign(size=3, overlap=2)
    people = [make_annotator(), make_annotator()]
    for person in people:
        Participation.objects.create(campaign=campaign, annotator=person)
        for task in campaign.tasks.all():
            give_and_judge(task, person, "accept", seconds=4)
    return campaign


@pytest.fixture
def admin():
    return make_admin()


def by_page(admin):
    client = Client()
    client.force_login(admin)
    return client


def by_api(admin):
    client = APIClient()
    client.force_login(admin)
    return client


def quick(send):
    began = time.monotonic()
    answer = send()
    assert time.monotonic() - began < PATIENCE
    return answer


def what_beat_sends(monkeypatch, task) -> list[int]:
    """Half a minute later, with the broker back."""
    earlier = timezone.now() - timedelta(minutes=1)
    Participation.objects.filter(standing=Standing.REMOVED).update(stopped_at=earlier)
    Reask.objects.update(asked_at=earlier)
    sent: list[int] = []
    monkeypatch.setattr(task, "apply_async", lambda ids, **options: sent.extend(ids))
    tasks.take_up_decisions()
    return sent


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_removal_is_kept_and_carried_out_later(way, campaign, admin, dead_broker, monkeypatch):
    gone = Participation.objects.filter(campaign=campaign).first()
    if way == "page":
        path = reverse("annotation:annotator-decide", args=[campaign.pk, gone.annotator_id])
        send = partial(by_page(admin).post, path, {"do": "remove", "why": "guesses"})
    else:
        path = f"/api/v1/campaigns/{campaign.pk}/people/{gone.annotator_id}"
        send = partial(by_api(admin).post, path, {"standing": "removed", "why": "guesses"})

    answers = [quick(send), quick(send)]

    assert [answer.status_code for answer in answers] == [302 if way == "page" else 202] * 2
    gone.refresh_from_db()
    assert (gone.standing, gone.why, gone.taken_out_at) == (Standing.REMOVED, "guesses", None)
    assert Judgment.objects.standing().filter(annotator=gone.annotator_id).count() == 3
    assert Change.objects.filter(action="remove", by=admin).count() == 1
    assert what_beat_sends(monkeypatch, tasks.take_out) == [gone.pk]
    assert tasks.take_out(gone.pk) == 3
    assert not Judgment.objects.standing().filter(annotator=gone.annotator_id).exists()
    assert what_beat_sends(monkeypatch, tasks.take_out) == []


@pytest.mark.parametrize("way", ["page", "api"])
def test_asking_anew_is_kept_and_carried_out_later(way, campaign, admin, dead_broker, monkeypatch):
    guideline = new_guideline_version(campaign=campaign, text={"en": "Closer."}, examples=[])
    if way == "page":
        path = reverse("annotation:reask", args=[campaign.pk])
        answer = quick(lambda: by_page(admin).post(path, {"confirm": "1", "why": "closer"}))
    else:
        path = f"/api/v1/guidelines/{guideline.pk}/again"
        told = {"confirm": True, "why": "closer"}
        answer = quick(lambda: by_api(admin).post(path, told, format="json"))

    assert answer.status_code == (302 if way == "page" else 202)
    reask = Reask.objects.get()
    assert (reask.expected, reask.done, reask.finished_at) == (3, 0, None)
    assert what_beat_sends(monkeypatch, tasks.carry_out_reask) == [reask.pk]
    assert tasks.carry_out_reask(reask.pk) == 3
    assert what_beat_sends(monkeypatch, tasks.carry_out_reask) == []


def test_a_run_is_kept_and_waits(admin, dead_broker):
    answer = quick(
        lambda: by_api(admin).post("/api/v1/runs", {"kind": "mine_phrases", "parameters": {}}, format="json")
    )

    assert answer.status_code == 201
    assert Run.objects.get().status == RunStatus.QUEUED


def test_with_a_broker_the_worker_is_told_at_once(campaign, admin, monkeypatch):
    monkeypatch.setattr(removing, "bell", Bell())  # one that has heard of no dead broker lately
    told, heard = [], threading.Event()
    monkeypatch.setattr(tasks.take_out, "apply_async", lambda ids, **options: (told.extend(ids), heard.set()))
    gone = Participation.objects.filter(campaign=campaign).first()

    path = f"/api/v1/campaigns/{campaign.pk}/people/{gone.annotator_id}"
    by_api(admin).post(path, {"standing": "removed", "why": "guesses"})

    assert heard.wait(60)
    assert told == [gone.pk]


def test_beside_another_worker_nothing_is_done_twice(campaign, admin):
    gone = Participation.objects.filter(campaign=campaign).first()
    Participation.objects.filter(pk=gone.pk).update(standing=Standing.REMOVED)
    there, leave = threading.Event(), threading.Event()

    def other():
        from django.db import connection

        with tasks.alone("removal", gone.pk) as is_mine:
            assert is_mine
            there.set()
            leave.wait(60)
        connection.close()

    worker = threading.Thread(target=other)
    worker.start()
    assert there.wait(60)
    try:
        assert tasks.take_out(gone.pk) == 0
    finally:
        leave.set()
        worker.join(60)
    assert tasks.take_out(gone.pk) == 3
