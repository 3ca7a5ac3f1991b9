import uuid

import pytest
from django.urls import reverse

from graph.models import Status, Triple
from people.models import Change
from tests.factories.graph import (
    make_category,
    make_concept,
    make_sentence_evidence,
    make_triple,
    make_verdict_evidence,
)
from tests.factories.people import make_annotator, make_curator

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
QUEUE, DECIDE, UNDO = reverse("graph:queue"), reverse("graph:decide"), reverse("graph:undo")


@pytest.fixture
def curator(client):
    user = make_curator()
    client.force_login(user)
    return user


def status(row):
    row.refresh_from_db()
    return row.status


def approve(client, *triples, **more):
    values = {"status": "approved", "expected": "proposed", "triple": [triple.pk for triple in triples]}
    return client.post(DECIDE, {**values, **more}, headers=HTMX)


def test_a_proposal_stands_with_its_evidence_beside_it(client, curator):
    make_triple(
        "oil control",
        evidence=[
            make_verdict_evidence(17, posterior=0.875, simulated=True),
            make_sentence_evidence("I like the oil control here.", "oil control"),
        ],
    )

    page = client.get(QUEUE).text

    assert "I like the <mark>oil control</mark> here." in page
    assert "88% " in page and "simulated" in page
    assert "/api/v1/verdicts/17" in page
    assert "Also approves 1 concept: oil control." in page


def test_the_surest_come_first_and_pages_follow_by_key(client, curator, monkeypatch):
    monkeypatch.setattr("graph.queue.PAGE", 2)
    monkeypatch.setattr("graph.queue.page_of.__kwdefaults__", {"after": "", "size": 2})
    for posterior in (0.7, 0.9, 0.8, 0.9):
        make_triple(evidence=[make_verdict_evidence(posterior=posterior)])
    make_triple(evidence=[])

    seen, url = [], QUEUE
    while url:
        answer = client.get(url)
        seen += [row.posterior for row in answer.context["page"].rows]
        url = QUEUE + answer.context["more_url"] if answer.context["more_url"] else ""

    assert seen == [0.9, 0.9, 0.8, 0.7, None]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ({"q": "OIL"}, {"oil control"}),
        ({"language": "zh"}, {"控油"}),
        ({"least": "0.9"}, {"控油"}),
        ({"simulated": "only"}, {"控油"}),
        ({"simulated": "no"}, {"oil control"}),
        ({"relation": "has_poi"}, {"oil control", "控油"}),
        ({"relation": "need"}, set()),
        ({"category": "shampoo"}, {"oil control"}),
    ],
)
def test_filters(client, curator, filter_, expected):
    shampoo = make_category("Shampoo")
    make_triple("oil control", category=shampoo, evidence=[make_verdict_evidence(posterior=0.8)])
    make_triple("控油", language="zh", evidence=[make_verdict_evidence(posterior=0.95, simulated=True)])
    if "category" in filter_:
        filter_ = {"category": shampoo.pk}

    answer = client.get(QUEUE, filter_)

    assert {row.object.name for row in answer.context["page"].rows} == expected


@pytest.mark.parametrize(
    "filter_",
    [
        {"show": "people"},
        {"least": "2"},
        {"after": "x"},
        {"after": "1_x"},
        {"relation": "x"},
        {"category": "x"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(client, curator, filter_):
    make_triple()

    assert client.get(QUEUE, filter_).status_code == 400


def test_a_concept_that_comes_with_a_triple_is_not_decided_twice(client, curator):
    make_triple("oil control")
    alone = make_concept("Scenario", "first day at work")

    answer = client.get(QUEUE, {"show": "concepts"})

    assert [row.pk for row in answer.context["page"].rows] == [alone.pk]


def test_approving_removes_the_row_and_offers_to_undo(client, curator):
    triple = make_triple()

    answer = approve(client, triple)

    assert status(triple) == Status.APPROVED
    assert f'data-gone="triple-{triple.pk}"' in answer.text
    assert '<span class="count" id="waiting-graph-queue" hx-swap-oob="true"></span>' in answer.text
    batch = answer.context["batch"]
    undone = client.post(UNDO, {"batch": batch, "shows": "triple"}, headers=HTMX)
    assert status(triple) == Status.PROPOSED
    assert f'id="triple-{triple.pk}"' in undone.text


def test_a_second_click_is_one_decision(client, curator):
    triple = make_triple()
    approve(client, triple)

    answer = approve(client, triple)

    assert answer.status_code == 200 and "nothing had to be done" in answer.text
    assert Change.objects.filter(action="approve", entity="triple").count() == 1


def test_undoing_twice_is_said_and_harmless(client, curator):
    triple = make_triple()
    batch = approve(client, triple).context["batch"]
    client.post(UNDO, {"batch": batch}, headers=HTMX)

    answer = client.post(UNDO, {"batch": batch}, headers=HTMX)

    assert answer.status_code == 409 and "already undone" in answer.text
    assert status(triple) == Status.PROPOSED


def test_a_row_that_somebody_else_decided_is_not_overwritten(client, curator):
    triple = make_triple()
    rejected = {"status": "rejected", "preset": "vague", "triple": triple.pk}
    client.post(DECIDE, rejected, headers=HTMX)

    answer = approve(client, triple)

    assert answer.status_code == 409 and "Meanwhile" in answer.text
    assert status(triple) == Status.REJECTED


def test_rejecting_wants_a_reason_and_ones_own_words_go_first(client, curator):
    triple = make_triple()
    values = {"status": "rejected", "triple": triple.pk, "expected": "proposed"}

    assert client.post(DECIDE, values, headers=HTMX).status_code == 400
    assert client.post(DECIDE, values).status_code == 302
    assert status(triple) == Status.PROPOSED
    client.post(DECIDE, {**values, "preset": "vague", "reason": "two words in one"}, headers=HTMX)

    change = Change.objects.get(entity="triple", action="reject")
    assert change.reason == "two words in one" and change.by == curator


def test_bulk_says_what_it_will_do_to_how_many_before_it_does_it(client, curator):
    triples = [make_triple("oil control"), make_triple("soft")]
    values = {"status": "approved", "triple": [triple.pk for triple in triples]}

    page = client.post(reverse("graph:confirm"), values, headers=HTMX).text

    assert "Approve 2 triples?" in page
    assert "Also approves 2 concepts: oil control, soft." in page
    assert {status(triple) for triple in triples} == {Status.PROPOSED}


def test_a_bulk_decision_is_undone_as_one(client, curator):
    triples = [make_triple() for _ in range(3)]
    batch = approve(client, *triples).context["batch"]

    client.post(UNDO, {"batch": batch}, headers=HTMX)

    assert {status(triple) for triple in triples} == {Status.PROPOSED}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"status": "approved"},
        {"status": "withdrawn", "triple": "1"},
        {"status": "approved", "triple": "one"},
        {"status": "approved", "triple": "-1"},
        {"status": "approved", "triple": str(10**30)},
        {"status": "approved", "triple": "1", "expected": "maybe"},
    ],
)
def test_nonsense_is_refused(client, curator, values):
    make_triple()

    assert client.post(DECIDE, values, headers=HTMX).status_code == 400
    assert client.post(reverse("graph:confirm"), values, headers=HTMX).status_code in (200, 400)
    assert Triple.objects.proposed().count() == 1


@pytest.mark.parametrize(("batch", "code"), [("x", 400), (str(uuid.UUID(int=7)), 409)])
def test_there_is_no_such_decision_to_undo(client, curator, batch, code):
    assert client.post(UNDO, {"batch": batch}, headers=HTMX).status_code == code


def test_without_scripts_a_decision_leads_back_to_the_page(client, curator):
    triple = make_triple()
    page = reverse("graph:triple", args=[triple.pk])

    answer = client.post(DECIDE, {"status": "approved", "triple": triple.pk, "next": page})

    assert answer.status_code == 302 and answer.url == page
    evil = client.post(DECIDE, {"status": "approved", "triple": triple.pk, "next": "https://evil.example/"})
    assert evil.url == QUEUE


def test_annotators_and_strangers_are_kept_out(client):
    triple = make_triple()
    pages = [QUEUE, reverse("graph:triple-pane", args=[triple.pk])]

    assert all(client.get(page).status_code == 302 for page in pages)
    client.force_login(make_annotator())
    assert all(client.get(page).status_code == 403 for page in pages)
    assert client.post(DECIDE, {"status": "approved", "triple": triple.pk}).status_code == 403
    assert status(triple) == Status.PROPOSED


def test_a_decision_by_get_is_refused(client, curator):
    assert client.get(DECIDE).status_code == 405
