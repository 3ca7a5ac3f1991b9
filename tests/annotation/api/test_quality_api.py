"""Disputes, people and richer answers by API."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from annotation.actions.removing import note_removal
from annotation.models import Answer, Judgment, Participation, Standing
from annotation.tasks import take_out
from people.models import Change
from tests.factories.annotation import ask, make_annotator, make_campaign, make_task
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def curator():
    return make_user("curator")


def disputed_task():
    task = make_task(overlap=2)
    ask(task, make_annotator(), Answer.ACCEPT)
    ask(task, make_annotator(), Answer.REJECT)
    return task


def test_a_curator_finds_disputes_and_decides_them(curator):
    task, elsewhere = disputed_task(), disputed_task()
    client = client_of(curator)

    (dispute,) = client.get(f"/api/v1/disputes?campaign={task.campaign_id}").json()["results"]
    assert (dispute["task"], dispute["answer"], dispute["is_disputed"]) == (task.pk, "unsure", True)
    answer = client.post(
        f"/api/v1/verdicts/{dispute['id']}/decide", {"answer": "accept", "why": "sentence 2"}
    )

    assert answer.status_code == 201, answer.content
    assert (answer.json()["answer"], answer.json()["method"]) == ("accept", "curator")
    assert answer.json()["decided_by"] == curator.pk
    (left,) = client.get("/api/v1/disputes").json()["results"]
    assert left["task"] == elsewhere.pk
    assert Change.objects.get(action="adjudicate").reason == "sentence 2"
    path = f"/api/v1/verdicts/{answer.json()['id']}/decide"
    assert client.delete(path).json()["is_disputed"] is True
    assert client.delete(path).status_code == 409


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"answer": "accept"}, 400),
        ({"answer": "skip", "why": "x"}, 400),
        ({"answer": "bad", "why": "x"}, 409),
    ],
)
def test_a_decision_that_says_too_little_is_refused(curator, told, status):
    task = disputed_task()

    answer = client_of(curator).post(f"/api/v1/verdicts/{task.verdicts.get().pk}/decide", told)

    assert answer.status_code == status
    assert task.verdicts.get().is_disputed


def test_deciding_twice_says_that_somebody_was_quicker(curator):
    verdict = disputed_task().verdicts.get()
    client = client_of(curator)
    told = {"answer": "reject", "why": "no"}

    assert client.post(f"/api/v1/verdicts/{verdict.pk}/decide", told).status_code == 201
    again = client.post(f"/api/v1/verdicts/{verdict.pk}/decide", told)

    assert again.status_code == 409
    assert "no longer stands" in str(again.json())


def test_an_admin_pauses_somebody_who_then_gets_nothing():
    campaign, person = make_campaign(size=3), make_annotator()
    admin, annotator = client_of(make_user("admin")), client_of(person)
    path = f"/api/v1/campaigns/{campaign.pk}/people/{person.pk}"

    paused = admin.post(path, {"standing": "paused", "why": "too quick"})

    assert (paused.status_code, paused.json()["standing"]) == (200, "paused")
    assert annotator.get(f"/api/v1/campaigns/{campaign.pk}/next").json()["tasks"] == []
    admin.post(path, {"standing": "active", "why": "talked"})
    assert len(annotator.get(f"/api/v1/campaigns/{campaign.pk}/next").json()["tasks"]) == 1
    (row,) = admin.get(f"/api/v1/campaigns/{campaign.pk}/people").json()["results"]
    assert (row["annotator"], row["standing"], row["is_trusted"]) == (person.pk, "active", False)


def test_the_worker_takes_somebody_out_with_their_answers():
    task, gone = make_task(overlap=2), make_annotator()
    ask(task, gone)
    asked = note_removal(campaign=task.campaign, annotator=gone, by=make_user("admin"), why="guesses")

    assert take_out(asked.pk) == 1
    assert take_out(asked.pk) == 0

    assert not Judgment.objects.standing().filter(annotator=gone).exists()
    assert Participation.objects.get(annotator=gone).standing == Standing.REMOVED
    task.refresh_from_db()
    assert task.seats_free == 2


def answer_by_api(task, person, **told):
    client = client_of(person)
    client.get(f"/api/v1/campaigns/{task.campaign_id}/next")
    judgment = {"id": str(uuid4()), "task": task.pk, "took_ms": 900, **told}
    (result,) = client.post(
        f"/api/v1/campaigns/{task.campaign_id}/judgments", {"judgments": [judgment]}, format="json"
    ).json()["results"]
    return result


def test_reason_and_typicality_come_in_with_the_answer():
    task, person, other = make_task(), make_annotator(), make_annotator()

    assert answer_by_api(task, person, answer="bad", reason="outdated")["status"] == "saved"
    assert answer_by_api(task, other, answer="accept", typicality="plausible")["status"] == "saved"

    assert Judgment.objects.get(annotator=person).reason == "outdated"
    assert Judgment.objects.get(annotator=other).typicality == "plausible"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"answer": "bad"}, "Wrong boundary"),
        ({"answer": "bad", "reason": "wrong_image"}, "Wrong boundary"),
        ({"answer": "reject", "reason": "outdated"}, "Only a bad candidate"),
        ({"answer": "reject", "typicality": "typical"}, "of a yes only"),
    ],
)
def test_an_answer_that_does_not_hang_together_is_refused_by_itself(told, why):
    task = make_task()

    result = answer_by_api(task, make_annotator(), **told)

    assert result["status"] == "refused"
    assert why in result["detail"]


def test_who_was_never_given_the_task_cannot_answer_it():
    task = make_task()
    judgment = {"id": str(uuid4()), "task": task.pk, "took_ms": 900, "answer": "accept"}

    answer = client_of(make_annotator()).post(
        f"/api/v1/campaigns/{task.campaign_id}/judgments", {"judgments": [judgment]}, format="json"
    )

    (result,) = answer.json()["results"]
    assert (result["status"], Judgment.objects.count()) == ("refused", 0)


def test_a_campaign_with_its_policy_is_made_and_changed_by_api():
    admin = client_of(make_user("admin"))
    wanted = {
        "name": "Careful",
        "kind": "word",
        "question": "poi",
        "overlap": 5,
        "least_overlap": 2,
        "stop_at": 0.95,
        "consensus": "dawid_skene",
        "trusted_alone": True,
        "priority": "likely",
        "breadth_first": True,
    }

    made = admin.post("/api/v1/campaigns", wanted, format="json")

    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in wanted} == wanted
    changed = admin.patch(f"/api/v1/campaigns/{made.json()['id']}", {"stop_at": None}, format="json")
    assert (changed.status_code, changed.json()["stop_at"]) == (200, None)
    impossible = admin.post("/api/v1/campaigns", {**wanted, "name": "x", "least_overlap": 6}, format="json")
    assert impossible.status_code == 400
