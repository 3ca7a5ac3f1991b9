"""The operations page and its JSON on the test run's own servers, where neither beat nor a worker runs."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.models import Verdict
from kgcurate.celery import app
from kgcurate.launch import restarts
from kgcurate.operations import parts, pulse, views, words
from kgcurate.operations.probe import Probe
from mining.models import Run, RunKind, RunStatus
from tests.factories.annotation import ask, make_annotator, make_campaign
from tests.factories.people import make_admin
from tests.live import wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client):
    client.force_login(make_admin())
    return client


@pytest.fixture(autouse=True)
def nothing_seen():
    with pulse.client() as server:
        server.delete(pulse.SEEN)


def whole(client, **query):
    """The JSON, once every probe has looked."""
    wait_for(lambda: all(probe.latest().answered is not None for probe in parts.ALL), "the probes to look")
    return client.get("/api/v1/operations", query).json()


def test_missing_workers_and_beat_are_named_with_what_to_do(admin_client):
    told = whole(admin_client)

    states = {part["name"]: part["state"] for part in told["parts"]}
    assert states["database"] == states["redis"] == "ok"
    assert states["beat"] == states["worker_default"] == states["worker_gpu"] == "down"
    found = {finding["code"]: finding for finding in told["findings"]}
    assert "--queues gpu" in found["queue_gpu_unserved"]["todo"]
    assert not told["is_well"] and told["state"] == "trouble"


@pytest.mark.parametrize(
    ("findings", "is_looking", "state"),
    [([], True, "starting"), ([], False, "well"), (["x"], True, "trouble"), (["x"], False, "trouble")],
)
def test_just_after_a_start_nothing_is_wrong_yet(findings, is_looking, state):
    assert views._state({"findings": findings, "is_looking": is_looking}) == state


def test_what_was_seen_long_ago_is_no_alarm_but_asked_anew(admin_client, monkeypatch):
    whole(admin_client)
    for probe in parts.ALL:  # as if nobody had looked for half an hour
        monkeypatch.setattr(probe, "_ended", probe._ended - 1800)
    pulse.note_beat()
    pulse._noted_at = 0.0

    at_once = admin_client.get("/api/v1/operations").json()
    page = admin_client.get("/operations/").content.decode()
    later = whole(admin_client)

    assert (at_once["state"], at_once["findings"]) == ("starting", [])
    assert all(part["state"] in {"ok", "unknown"} for part in at_once["parts"])
    assert 'data-finding="looking"' in page and 'hx-trigger="every 1s"' in page
    codes = {finding["code"] for finding in later["findings"]}
    assert codes == {"queue_default_unserved", "queue_gpu_unserved"}


def test_a_part_that_died_and_came_back_is_told_for_an_hour(admin_client, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    restarts.note(tmp_path, "worker", "signal 9")
    restarts.note(tmp_path, "worker", "signal 15")

    told = {part["name"]: part for part in whole(admin_client)["parts"]}
    page = admin_client.get("/operations/").content.decode()

    assert (told["worker_default"]["restarts"], told["worker_default"]["died"]) == (2, "signal 15")
    assert told["beat"]["restarted_at"] is None
    assert 'data-restarted="worker_default"' in page and "2 times within an hour" in page
    assert restarts.lately(tmp_path, within=0) == {}


def test_nobody_under_the_launcher_is_told_to_start_celery_by_hand(admin_client, monkeypatch):
    monkeypatch.setenv(words.LAUNCHED, "1")

    todos = " ".join(finding["todo"] for finding in whole(admin_client)["findings"])

    assert "make run" in todos and "celery" not in todos and "`" not in todos


def test_every_task_of_a_worker_has_words():
    app.loader.import_default_modules()
    rooms = ("annotation.", "mining.", "people.", "graph.", "kgcurate.")

    assert {task for task in app.tasks if task.startswith(rooms)} == set(words.JOBS)


def test_beat_is_there_as_long_as_it_sends_something(admin_client):
    pulse.note_beat()
    pulse._noted_at = 0.0
    wait_for(lambda: parts.REDIS.latest().value.get("beat"), "Redis to be asked again")

    told = whole(admin_client)

    assert "beat_missing" not in {finding["code"] for finding in told["findings"]}


def test_late_verdicts_and_bad_runs_are_found(admin_client):
    task = make_campaign(size=1, overlap=1).tasks.get()
    ask(task, make_annotator())
    long_ago = timezone.now() - timedelta(minutes=9)
    Verdict.objects.update(formed_at=long_ago)
    Run.objects.create(kind=RunKind.TRAIN, status=RunStatus.RUNNING, beat_at=long_ago)
    Run.objects.create(kind=RunKind.TRAIN, created_at=long_ago)
    failed = Run.objects.create(
        kind=RunKind.TRAIN, status=RunStatus.FAILED, finished_at=timezone.now(), error="no <b>labels</b>"
    )

    told, page = whole(admin_client), admin_client.get("/operations/").content.decode()

    codes = {finding["code"] for finding in told["findings"]}
    assert {"verdicts_waiting", "run_stuck", "runs_waiting", "run_failed"} <= codes
    assert told["runs"]["failed"] == [failed.pk] and told["verdicts"]["waiting"] == 1
    assert "no &lt;b&gt;labels&lt;/b&gt;" in page and 'data-finding="run_stuck"' in page


def test_the_page_says_why_a_person_is_asked_nothing(admin_client):
    campaign, person = make_campaign(size=1, overlap=2), make_annotator()
    ask(campaign.tasks.get(), person)

    everybody = whole(admin_client)["campaigns"]
    one = whole(admin_client, person=person.pk)["campaigns"]
    page = admin_client.get(f"/operations/?person={person.pk}", headers={"HX-Request": "true"})

    assert everybody[0]["reasons"][0]["code"] == "waits"
    assert one[0]["reasons"][0]["code"] == "all_seats_taken"
    assert 'data-reason="all_seats_taken"' in page.content.decode()
    assert "<html" not in page.content.decode()


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 40, ""])
def test_a_person_that_is_none_shows_the_page_for_everybody(admin_client, nonsense):
    assert admin_client.get("/operations/", {"person": nonsense}).status_code == 200
    assert admin_client.get("/api/v1/operations", {"person": nonsense}).status_code == 200


def test_metrics_are_in_the_text_format_of_prometheus(admin_client):
    whole(admin_client)

    answer = admin_client.get("/api/v1/operations/metrics")

    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"].startswith("text/plain")
    assert 'kgcurate_up{part="redis"} 1' in lines and 'kgcurate_up{part="worker_gpu"} 0' in lines
    assert "kgcurate_verdicts_waiting 0" in lines
    values = [line.rpartition(" ")[2] for line in lines if not line.startswith("#")]
    assert [float(value) >= 0 for value in values] == [True] * len(values)


def test_a_probe_that_hangs_counts_as_silent_and_is_not_asked_twice():
    calls = []

    def hang():
        calls.append(time.monotonic())
        time.sleep(2)
        return "late"

    probe = Probe("slow", hang, fresh_for=10, patience=0.7)
    began = time.monotonic()

    first = probe.latest(wait=0.05)
    asked_for = time.monotonic() - began
    time.sleep(0.8)
    silent = probe.latest()
    late = wait_for(lambda: probe.latest().value, "the look to come back", patience=5)

    assert (first.answered, silent.answered, late) == (None, False, "late")
    assert asked_for < 1 and len(calls) == 1


def test_a_look_that_fails_says_why():
    probe = Probe("broken", lambda: 1 / 0)

    look = probe.finish(within=5)

    assert look.answered is False and "division" in look.error
