import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from graph.actions.curate import decide
from graph.actions.setup import ensure_default_ontology
from graph.models import ConceptClass, Release, Status
from tests.factories.graph import make_category, make_concept, make_sentence_evidence, make_triple
from tests.factories.people import make_admin, make_annotator, make_curator

pytestmark = pytest.mark.django_db

CUT = {"levels": ["schema", "instance"], "note": "The first ones."}


@pytest.fixture
def curator(client):
    user = make_curator()
    client.force_login(user)
    return user


def approve(triple):
    decide(triple_ids=[triple.pk], status=Status.APPROVED, by=make_curator())
    return triple


def url(name, *args):
    return reverse(f"graph:{name}", args=args)


def test_a_release_is_cut_once_however_often_one_clicks(client, curator):
    approve(make_triple())

    first = client.post(url("releases"), CUT, follow=True)
    again = client.post(url("releases"), CUT)

    assert "Release 1 is out." in first.text
    assert "Nothing was approved, changed or taken out since release 1." in again.text
    assert Release.objects.get().note == "The first ones."


def test_a_release_needs_a_level(client, curator):
    approve(make_triple())

    answer = client.post(url("releases"), {"note": "x", "levels": []})
    odd = client.post(url("releases"), {"levels": ["top"]})

    assert "Choose at least one level." in answer.text and "top" in odd.text
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("format", "name"),
    [
        ("ntriples", "kgcurate-release-1.nt"),
        ("jsonld", "kgcurate-release-1.jsonld"),
        ("csv", "kgcurate-release-1-triples.csv"),
        ("csv-concepts", "kgcurate-release-1-concepts.csv"),
    ],
)
def test_downloads_are_streamed_under_their_name(client, curator, format, name):
    approve(make_triple("oil control"))
    client.post(url("releases"), CUT)

    answer = client.get(url("export", 1, format))

    assert answer.streaming and name in answer["Content-Disposition"]
    body = b"".join(answer.streaming_content).decode()
    assert "oil control" in body
    if format == "jsonld":
        json.loads(body)


@pytest.mark.parametrize(
    "path", ["graph/releases/1/export/xml", "graph/releases/2/export/csv", "graph/releases/9"]
)
def test_there_is_no_such_release_or_format(client, curator, path):
    approve(make_triple())
    client.post(url("releases"), CUT)

    assert client.get(f"/{path}").status_code == 404


def test_a_release_shows_what_it_changed(client, curator):
    gone = approve(make_triple("oil control"))
    client.post(url("releases"), CUT)
    approve(make_triple("soft"))
    decide(triple_ids=[gone.pk], status=Status.REJECTED, by=curator, reason="no")
    client.post(url("releases"), CUT)

    blocks = client.get(url("release", 2)).context["differences"]

    assert [block["total"] for block in blocks] == [1, 1, 1, 0, 0]
    assert client.get(url("release", 2), {"since": "0"}).context["differences"][0]["total"] == 1
    assert client.get(url("release", 2), {"since": "x"}).status_code == 400
    assert client.get(url("release", 1), {"since": "2"}).status_code == 404


def test_concepts_are_found_by_class_and_by_the_beginning_or_any_part_of_a_word(client, curator):
    make_concept("POI", "oil control")
    make_concept("Problem", "oily skin")
    make_concept("POI", "保湿补水", language="zh")

    def names(**wanted):
        return {row.name for row in client.get(url("concepts"), wanted).context["concepts"]}

    assert names(q="OIL") == {"oil control", "oily skin"}
    assert names(q="oil", concept_class="POI") == {"oil control"}
    assert names(q="补水") == {"保湿补水"}
    assert names(status="approved") == {"All users"}
    assert client.get(url("concepts"), {"concept_class": "Nothing"}).status_code == 400
    assert client.get(url("concepts"), {"after": "x"}).status_code == 400


def test_a_concept_page_has_labels_triples_evidence_and_history(client, curator):
    triple = make_triple("oil control", evidence=[make_sentence_evidence("good oil control", "oil control")])

    page = client.get(url("concept", triple.object_id)).text

    assert "Face cream" in page and "<mark>oil control</mark>" in page and "proposed" in page
    assert client.get(url("concept", 10**17)).status_code == 404


def test_labels_are_added_preferred_and_removed(client, curator):
    concept = make_concept("POI", "oil control")
    add = url("add-label", concept.pk)

    for _click in range(2):
        client.post(add, {"language": "zh", "text": "控油", "is_preferred": "on"})
        client.post(add, {"language": "en", "text": "sebum control"})
    page = client.post(add, {"language": "?", "text": "x"}, follow=True)

    assert "error" in page.text
    assert set(concept.labels.values_list("text", "is_preferred")) == {
        ("oil control", True),
        ("控油", True),
        ("sebum control", False),
    }
    alias = concept.labels.get(text="sebum control")
    for _click in range(2):
        client.post(url("remove-label", concept.pk, alias.pk))
    preferred = concept.labels.get(text="oil control")
    client.post(url("remove-label", concept.pk, preferred.pk))
    assert set(concept.labels.values_list("text", flat=True)) == {"oil control", "控油"}


def test_a_triple_page_has_its_decision_and_releases(client, curator):
    triple = approve(make_triple())
    client.post(url("releases"), CUT)

    page = client.get(url("triple", triple.pk)).text

    assert "Since release 1" in page and "Reject" in page


def test_changes_are_filtered_by_person_and_thing(client, curator):
    approve(make_triple())
    triple = make_triple()
    decide(triple_ids=[triple.pk], status=Status.REJECTED, by=curator, reason="much too vague")

    mine = client.get(url("changes"), {"by": curator.username, "entity": "triple"})

    assert [change.reason for change in mine.context["changes"]] == ["much too vague"]
    assert client.get(url("changes"), {"before": "x"}).status_code == 400


def test_the_ontology_is_shown_to_curators_and_loaded_by_admins(client, curator):
    ensure_default_ontology()
    file = SimpleUploadedFile("garden.yaml", b"name: garden\nversion: 1\nclasses:\n  - name: Plant\n")

    assert "has_poi" in client.get(url("ontology")).text
    assert client.post(url("ontology"), {"file": file}).status_code == 403
    client.force_login(make_admin())
    file.seek(0)
    page = client.post(url("ontology"), {"file": file}, follow=True)

    assert "1 added" in page.text and ConceptClass.objects.filter(name="Plant").exists()


def test_wrong_lines_of_an_upload_are_shown(client):
    client.force_login(make_admin())
    file = SimpleUploadedFile("garden.yaml", b"name: garden\nclasses:\n  - nam: Plant\n")

    answer = client.post(url("ontology"), {"file": file})

    assert answer.status_code == 422
    assert [problem.line for problem in answer.context["error"].problems] == [1, 3, 3]
    assert "“nam”" in answer.text
    assert "required" in client.post(url("ontology"), {}).text.lower()


@pytest.mark.parametrize("name", ["concepts", "releases", "changes", "ontology"])
def test_empty_pages_say_so_and_annotators_stay_out(client, name):
    client.force_login(make_curator())
    assert client.get(url(name)).status_code == 200
    client.force_login(make_annotator())
    assert client.get(url(name)).status_code == 403
    client.logout()
    assert client.get(url(name)).status_code == 302


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_are_there_in_both_languages(client, curator, language):
    triple = approve(make_triple("控油", language="zh", category=make_category("Shampoo")))
    make_triple()
    client.post(url("releases"), CUT)
    headers = {"Accept-Language": language}

    pages = [
        url("queue"),
        url("concepts"),
        url("concept", triple.object_id),
        url("triple", triple.pk),
        url("releases"),
        url("release", 1),
        url("changes"),
        url("ontology"),
    ]

    assert {client.get(page, headers=headers).status_code for page in pages} == {200}
