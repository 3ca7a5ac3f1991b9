"""The bar: sections for each role, and the pages of the section that one is in."""

import pytest

from people.templatetags.navigation import COUNTS
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def bar(client, role, path):
    client.force_login(make_user(role=role))
    return client.get(path).context["places"]


def labels(entries):
    return [str(entry["label"]) for entry in entries]


def test_each_role_sees_the_sections_it_may_enter(client):
    annotator = bar(client, "annotator", "/work/")
    curator = bar(client, "curator", "/graph/queue")
    admin = bar(client, "admin", "/graph/queue")

    assert labels(annotator["sections"]) == ["Work"]
    assert "Curate" in labels(curator["sections"]) and "Manage" not in labels(curator["sections"])
    assert labels(admin["sections"]) == [
        "Overview", "Work", "Mining", "Campaigns", "Curate", "Graph", "Manage"
    ]  # fmt: skip


def test_the_pages_of_the_section_are_shown_with_the_current_one_marked(client):
    places = bar(client, "admin", "/runs/")

    assert labels(places["pages"]) == ["Corpora", "Runs", "Candidates", "Encoders"]
    assert labels(page for page in places["pages"] if page["is_current"]) == ["Runs"]
    assert labels(section for section in places["sections"] if section["is_current"]) == ["Mining"]


def test_a_section_of_one_page_has_no_second_line(client):
    assert bar(client, "annotator", "/work/")["pages"] == []


def test_what_waits_on_the_pages_is_summed_at_the_section_and_cut_at_99(client, monkeypatch):
    monkeypatch.setitem(COUNTS, "graph:queue", lambda: 70)
    monkeypatch.setitem(COUNTS, "annotation:disputes", lambda: 40)

    places = bar(client, "admin", "/overview")

    assert {str(s["label"]): s["count"] for s in places["sections"]}["Curate"] == "99+"


def test_only_what_is_counted_has_a_place_for_its_number(client):
    places = bar(client, "admin", "/graph/queue")

    assert [str(section["label"]) for section in places["sections"] if section["badge"]] == ["Curate"]
    assert [page["badge"] for page in places["pages"]] == [
        "waiting-graph-queue",
        "waiting-annotation-disputes",
    ]
