"""Asking and answering by API, and the trail of a verdict by one call each."""

from uuid import UUID, uuid4

import pytest

from annotation.actions.campaigns import finish_campaign
from annotation.actions.gold import add_gold
from annotation.api.serializers_campaigns import TOLD_TO_ANNOTATORS
from annotation.models import Campaign, Judgment
from people.models import ApiToken
from tests.annotation.promises import assert_promises
from tests.factories.annotation import ask, make_annotator, make_campaign, make_task
from tests.factories.people import make_admin, make_curator

pytestmark = pytest.mark.django_db


class Api:
    def __init__(self, client, person):
        _token, secret = ApiToken.issue(user=person, name="test")
        self.client, self.headers = client, {"Authorization": f"Bearer {secret}"}

    def __call__(self, method, path, data=None, **headers):
        return getattr(self.client, method)(
            f"/api/v1/{path}",
            data,
            headers={**self.headers, **headers},
            **({} if method == "get" else {"content_type": "application/json"}),
        )


@pytest.fixture
def api(client):
    return lambda person: Api(client, person)


def answer(task, **changes):
    return {"id": str(uuid4()), "task": task, "answer": "accept", "took_ms": 900, **changes}


def test_answers_in_and_next_tasks_out_in_one_round_trip(api):
    campaign, annotator = make_campaign(overlap=1), make_annotator()
    ask_api = api(annotator)
    held = ask_api("get", f"campaigns/{campaign.pk}/next?size=3").json()["tasks"]
    judgments = [answer(task["id"], guideline=campaign.guideline.pk) for task in held[:2]]
    told = {"judgments": judgments, "size": 3, "have": [held[2]["id"]], "html": True}

    reply = ask_api("post", f"campaigns/{campaign.pk}/judgments", told).json()

    assert [result["status"] for result in reply["results"]] == ["saved", "saved"]
    assert len(reply["tasks"]) == 2
    assert "candidate" in reply["tasks"][0]["html"]
    assert reply["guideline"] == campaign.guideline.pk
    assert_promises(campaign, [UUID(judgment["id"]) for judgment in judgments])


def test_the_same_batch_twice_changes_nothing(api):
    campaign, ask_api = make_campaign(overlap=1), api(make_annotator())
    held = ask_api("get", f"campaigns/{campaign.pk}/next?size=2").json()["tasks"]
    told = {"judgments": [answer(task["id"]) for task in held]}

    first = ask_api("post", f"campaigns/{campaign.pk}/judgments", told).json()
    second = ask_api("post", f"campaigns/{campaign.pk}/judgments", told).json()

    assert first == second
    assert Judgment.objects.count() == 2


def test_one_bad_answer_does_not_lose_the_good_ones(api):
    campaign, other, ask_api = make_campaign(), make_task(), api(make_annotator())
    (held,) = ask_api("get", f"campaigns/{campaign.pk}/next").json()["tasks"]
    judgments = [
        answer(held["id"]),
        answer(other.pk),
        answer(held["id"], took_ms=-5),
        answer(held["id"], answer="maybe"),
        answer(held["id"], id="no uuid"),
        "nonsense",
    ]

    reply = ask_api("post", f"campaigns/{campaign.pk}/judgments", {"judgments": judgments}).json()

    assert [result["status"] for result in reply["results"]] == ["saved", *["refused"] * 5]
    assert "no such task" in reply["results"][1]["detail"]
    assert Judgment.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"judgments": 5}, [], {"judgments": [], "size": 999}, {"judgments": [{}] * 101}]
)
def test_nonsense_is_refused_as_a_whole(api, body):
    campaign = make_campaign()

    assert api(make_annotator())("post", f"campaigns/{campaign.pk}/judgments", body).status_code == 400


def test_a_finished_campaign_still_takes_what_was_answered(api):
    campaign, ask_api = make_campaign(), api(make_annotator())
    (held,) = ask_api("get", f"campaigns/{campaign.pk}/next").json()["tasks"]
    finish_campaign(campaign=campaign)

    reply = ask_api(
        "post", f"campaigns/{campaign.pk}/judgments", {"judgments": [answer(held["id"])], "size": 5}
    )

    assert reply.json()["results"][0]["status"] == "saved"
    assert reply.json()["tasks"] == []


def test_an_id_of_somebody_else_is_refused_with_its_reason(api):
    campaign = make_campaign(size=1)
    taken = ask(campaign.tasks.get(), make_annotator())
    ask_api = api(make_annotator())
    told = {"judgments": [answer(campaign.tasks.get().pk, id=str(taken.pk))]}

    (result,) = ask_api("post", f"campaigns/{campaign.pk}/judgments", told).json()["results"]

    assert result["status"] == "refused"
    assert str(taken.pk) in result["detail"]


def test_undo_is_ones_own_and_once_is_as_good_as_twice(api):
    task, annotator = make_task(), make_annotator()
    judgment = ask(task, annotator)
    ask_api = api(annotator)

    assert api(make_annotator())("delete", f"judgments/{judgment.pk}").status_code == 404
    first = ask_api("delete", f"judgments/{judgment.pk}")
    second = ask_api("delete", f"judgments/{judgment.pk}")

    assert first.json()["withdrawn_at"] == second.json()["withdrawn_at"] is not None


def test_undo_of_a_finished_campaign_is_a_conflict(api):
    task, annotator = make_task(), make_annotator()
    judgment = ask(task, annotator)
    finish_campaign(campaign=task.campaign)

    reply = api(annotator)("delete", f"judgments/{judgment.pk}")

    assert reply.status_code == 409
    assert "finished" in reply.json()["detail"]


def test_a_page_of_one_person_cannot_answer_as_another(api):
    campaign, annotator = make_campaign(), make_annotator()
    ask_api = api(annotator)
    headers = {"X-Annotator": str(annotator.pk + 1)}

    reply = ask_api("post", f"campaigns/{campaign.pk}/judgments", {"judgments": []}, **headers)

    assert reply.status_code == 403


def test_an_admin_runs_a_campaign_by_api(api):
    admin = api(make_admin())
    told = {"name": "By API", "kind": "word", "question": "poi", "overlap": 2, "source": {"size": 3}}

    made = admin("post", "campaigns", told)
    campaign = made.json()["id"]

    assert made.status_code == 201
    assert admin("post", "campaigns", told).status_code == 400
    assert admin("post", f"campaigns/{campaign}/fill").json() == {"added": 3, "goes_on": False}
    assert admin("post", f"campaigns/{campaign}/start").json()["status"] == "running"
    assert admin("patch", f"campaigns/{campaign}", {"lease_seconds": 60}).json()["lease_seconds"] == 60
    assert admin("post", f"campaigns/{campaign}/pause").json()["status"] == "paused"
    assert admin("post", f"campaigns/{campaign}/finish").json()["status"] == "finished"
    assert admin("post", f"campaigns/{campaign}/start").status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"question": "nothing"}, {"kind": "nothing"}, {"overlap": 0}, {"languages": ["xx"]}]
)
def test_nonsense_makes_no_campaign(api, wrong):
    told = {"name": "By API", "kind": "word", "question": "poi", **wrong}

    assert api(make_admin())("post", "campaigns", told).status_code == 400
    assert not Campaign.objects.exists()


def test_annotators_see_running_campaigns_and_their_own_answers_only(api):
    running, draft = make_campaign(size=1), make_campaign(running=False)
    mine, theirs = make_annotator(), make_annotator()
    judgment = ask(running.tasks.get(), mine)
    ask(running.tasks.get(), theirs)
    annotator, curator = api(mine), api(make_curator())

    assert [row["id"] for row in annotator("get", "campaigns").json()["results"]] == [running.pk]
    assert annotator("get", f"campaigns/{draft.pk}").status_code == 404
    assert [row["id"] for row in annotator("get", "judgments").json()["results"]] == [str(judgment.pk)]
    assert len(curator("get", f"judgments?campaign={running.pk}").json()["results"]) == 2
    assert annotator("get", "verdicts").status_code == 403
    assert annotator("get", f"tasks/{running.tasks.get().pk}").status_code == 403
    assert annotator("post", "campaigns", {}).status_code == 403


def test_annotators_are_not_told_what_would_give_known_answers_away(api):
    """Shares, seed and source say which tasks measure; a curator and the trail need them."""
    campaign = make_campaign(size=4, gold_share=0.5)
    known = campaign.tasks.first()
    add_gold(task=known, answer="accept", reason="a word", by=make_curator())
    annotator, curator = api(make_annotator()), api(make_curator())

    told = annotator("get", f"campaigns/{campaign.pk}").json()
    listed = annotator("get", "campaigns").json()["results"]
    tasks = annotator("get", f"campaigns/{campaign.pk}/next?size=9").json()["tasks"]
    attempt = answer(known.pk)
    given = annotator("post", f"campaigns/{campaign.pk}/judgments", {"judgments": [attempt]}).json()

    assert set(told) == set(listed[0]) == set(TOLD_TO_ANNOTATORS)
    assert curator("get", f"campaigns/{campaign.pk}").json()["gold_share"] == 0.5
    assert known.pk in {task["id"] for task in tasks}
    assert {frozenset(task) for task in tasks} == {frozenset({"id", "language", "content", "html"})}
    assert {frozenset(task["content"]) for task in tasks} == {frozenset(tasks[0]["content"])}
    assert given["results"] == [
        {
            "id": attempt["id"],
            "status": "saved",
            "judgment": attempt["id"],
            "is_counted": True,
            "detail": "",
        }
    ]


def test_annotators_read_the_guidelines_that_concern_them(api):
    asked, draft, left = make_campaign(size=1), make_campaign(running=False), make_campaign(size=1)
    other = make_campaign(size=1, languages=["zh"])
    person = make_annotator(reads=["en"])
    ask(left.tasks.get(), person)
    finish_campaign(campaign=left)
    annotator, curator = api(person), api(make_curator())

    def seen(by):
        paths = {one: f"guidelines/{one.guideline.pk}" for one in (asked, draft, left, other)}
        lists = {one: by("get", f"campaigns/{one.pk}/guidelines").json()["results"] for one in paths}
        found = {one for one, path in paths.items() if by("get", path).status_code == 200}
        assert found == {one for one, rows in lists.items() if rows}
        return found

    assert seen(annotator) == {asked, left}
    assert seen(curator) == {asked, draft, left, other}


def test_the_trail_of_a_verdict_is_resolved_by_single_calls(api):
    """Promise 3: verdict → judgments → guideline version and model version."""
    task = make_task(overlap=2)
    task.score, task.scored_by = 0.7, 5
    task.save()
    given = [ask(task, make_annotator()) for _ in range(2)]
    curator = api(make_curator())

    verdict = curator("get", f"verdicts/{task.verdicts.get().pk}").json()

    assert {judgment["id"] for judgment in verdict["judgments"]} == {str(judgment.pk) for judgment in given}
    assert (verdict["scored_by"], verdict["score"]) == (5, 0.7)
    (guideline,) = verdict["guidelines"]
    assert curator("get", f"guidelines/{guideline['id']}").json()["version"] == 1
    assert len(curator("get", f"tasks/{verdict['task']}").json()["judgments"]) == 2
    assert curator("get", f"judgments/{given[0].pk}").json()["guideline"] == guideline["id"]


def test_a_curator_writes_a_guideline_by_api(api):
    campaign, curator = make_campaign(), api(make_curator())
    told = {"text": {"en": "Stricter."}, "examples": []}

    assert curator("post", f"campaigns/{campaign.pk}/guidelines", told).json()["version"] == 2
    assert [
        row["version"] for row in curator("get", f"campaigns/{campaign.pk}/guidelines").json()["results"]
    ] == [1, 2]


EXAMPLE = {"answer": "reject", "language": "en", "candidate": "oil con", "why": "cut off"}


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"text": {}}, "text"),
        ({"text": {"en": " "}}, "text"),
        ({"text": {"en": ["Stricter."]}}, "text.en"),
        ({"examples": {}}, "examples"),
        ({"examples": [{}]}, "examples.0.answer"),
        ({"examples": [EXAMPLE, EXAMPLE | {"answer": "skip"}]}, "examples.1.answer"),
        ({"examples": [EXAMPLE | {"language": "fr"}]}, "examples.0.language"),
        ({"examples": [EXAMPLE | {"candidate": " "}]}, "examples.0.candidate"),
        ({"examples": [EXAMPLE | {"why": "w" * 501}]}, "examples.0.why"),
        ({"examples": [EXAMPLE] * 101}, "examples"),
    ],
)
def test_a_guideline_that_could_not_be_shown_is_refused_with_the_place(api, changed, where):
    campaign = make_campaign()
    told = {"text": {"en": "Stricter."}, "examples": [EXAMPLE], **changed}

    answered = api(make_curator())("post", f"campaigns/{campaign.pk}/guidelines", told)

    assert answered.status_code == 400
    assert any(name.startswith(where) for name in answered.json()["errors"])
    assert campaign.guidelines.count() == 1


def test_examples_of_a_guideline_are_kept_as_the_page_keeps_them(api):
    campaign, curator = make_campaign(), api(make_curator())
    without_why = {name: word for name, word in EXAMPLE.items() if name != "why"}
    told = {"text": {"en": "Stricter.\r\nAgain.", "zh": ""}, "examples": [EXAMPLE, without_why]}

    made = curator("post", f"campaigns/{campaign.pk}/guidelines", told).json()

    assert made["text"] == {"en": "Stricter.\nAgain."}
    assert made["examples"] == [EXAMPLE, without_why | {"why": ""}]
