import uuid

import pytest

from graph.actions.setup import ensure_default_ontology
from graph.exports import FORMATS
from graph.models import Release, Status
from tests.factories.graph import make_concept, make_sentence_evidence, make_triple, make_verdict_evidence
from tests.factories.people import make_admin, make_annotator, make_curator

pytestmark = pytest.mark.django_db

API = "/api/v1"


@pytest.fixture
def curator(client):
    user = make_curator()
    client.force_login(user)
    return user


def post(client, path, values=None):
    return client.post(f"{API}/{path}", values or {}, content_type="application/json")


def get(client, path, **query):
    return client.get(f"{API}/{path}", query)


def approve(client, triple):
    return post(client, "decisions", {"status": "approved", "triples": [triple.pk]})


def test_the_loop_from_proposal_to_export(client, curator):
    triple = make_triple("oil control")
    waiting = get(client, "triples", status="proposed").json()["results"]
    assert [row["object"]["name"] for row in waiting] == ["oil control"]

    decided = approve(client, triple)
    assert decided.status_code == 201 and decided.json()["also_concepts"] == [triple.object_id]

    cut = post(client, "releases", {"levels": ["schema"], "note": "first"})
    assert (cut.status_code, cut.json()["number"], cut.json()["triples"]) == (201, 1, 1)
    for name in FORMATS:
        answer = get(client, f"releases/1/export/{name}")
        assert b"oil control" in b"".join(answer.streaming_content)


def test_the_trail_of_a_released_triple_has_every_link(client, curator):
    """Promise 3, the graph's part of it: the addresses are those of the other rooms."""
    evidence = [
        make_verdict_evidence(17, model_version=4, guidelines=[2]),
        make_sentence_evidence("good oil control", "oil control"),
    ]
    triple = make_triple("oil control", evidence=evidence)
    approve(client, triple)
    post(client, "releases")

    trail = get(client, f"triples/{triple.pk}/trail").json()

    verdict, sentence = trail["evidence"]
    assert (verdict["reference"], verdict["url"]) == ("verdict/17", "/api/v1/verdicts/17")
    assert verdict["detail"]["guidelines"] == [2] and verdict["detail"]["model_version"] == 4
    assert sentence["url"] == f"/api/v1/{sentence['reference'].replace('sentence/', 'sentences/')}"
    assert trail["releases"] == [{"first_release": 1, "last_release": None}]
    assert [change["action"] for change in trail["changes"]] == ["propose", "approve"]
    assert any(item["reference"] == "run/1" for item in trail["concepts"])


def test_undo_by_batch(client, curator):
    triple = make_triple()
    batch = approve(client, triple).json()["batch"]

    assert post(client, f"decisions/{batch}/undo").status_code == 201
    assert post(client, f"decisions/{batch}/undo").status_code == 409
    assert post(client, f"decisions/{uuid.uuid4()}/undo").status_code == 409

    triple.refresh_from_db()
    assert triple.status == Status.PROPOSED
    actions = [row["action"] for row in get(client, "changes", entity="triple").json()["results"]]
    assert actions == ["undo", "approve", "propose"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, 400),
        ({"status": "approved"}, 400),
        ({"status": "withdrawn", "triples": [1]}, 400),
        ({"status": "approved", "triples": ["x"]}, 400),
        ({"status": "approved", "triples": [10**30]}, 400),
        ({"status": "approved", "triples": "1"}, 400),
        ({"status": "approved", "triples": [987654]}, 409),
        ({"status": "rejected", "triples": [987654]}, 409),
    ],
)
def test_decisions_that_make_no_sense(client, curator, values, code):
    assert post(client, "decisions", values).status_code == code


def test_a_row_that_moved_is_a_conflict(client, curator):
    triple = make_triple()
    post(client, "decisions", {"status": "rejected", "triples": [triple.pk], "reason": "no"})

    values = {"status": "approved", "triples": [triple.pk], "expected": "proposed"}

    assert post(client, "decisions", values).status_code == 409


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 2),
        ({"relation": "has_poi"}, 2),
        ({"relation": "need"}, 0),
        ({"least": "0.9"}, 1),
        ({"simulated": "true"}, 1),
        ({"simulated": "false"}, 1),
        ({"status": "approved"}, 0),
    ],
)
def test_triples_are_filtered(client, curator, query, count):
    make_triple(evidence=[make_verdict_evidence(posterior=0.95, simulated=True)])
    make_triple(evidence=[make_verdict_evidence(posterior=0.7)])

    assert len(get(client, "triples", **query).json()["results"]) == count


@pytest.mark.parametrize(
    "path",
    [
        "triples?least=2",
        "triples?status=maybe",
        "triples?subject=x",
        f"triples?subject={10**30}",
        "concepts?status=maybe",
        "concepts?key=x",
        "changes?entity_id=x",
        "changes?batch=x",
        "releases/1/diff?since=x",
        "releases/1/diff/triples?kind=changed",
    ],
)
def test_filters_that_make_no_sense_are_refused(client, curator, path):
    approve(client, make_triple())
    post(client, "releases")

    assert client.get(f"{API}/{path}").status_code == 400


def test_concepts_by_class_label_and_id(client, curator):
    concept = make_concept("POI", "oil control")

    found = get(client, "concepts", concept_class="POI", label="OIL").json()["results"]
    detail = get(client, f"concepts/{concept.pk}").json()

    assert [row["id"] for row in found] == [concept.pk]
    assert detail["labels"][0]["text"] == "oil control" and len(detail["evidence"]) == 1


def test_lists_go_on_by_cursor(client, curator):
    for _ in range(3):
        make_triple()

    seen, url = [], f"{API}/triples?page_size=2"
    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]

    assert len(seen) == len(set(seen)) == 3


def test_labels(client, curator):
    concept = make_concept("POI", "oil control")

    added = post(client, f"concepts/{concept.pk}/labels", {"language": "zh", "text": "控油"})
    label = added.json()["id"]

    assert added.status_code == 201
    assert post(client, f"concepts/{concept.pk}/labels", {"language": "?", "text": "x"}).status_code == 400
    assert client.delete(f"{API}/concepts/{concept.pk}/labels/{label}").status_code == 204
    assert client.delete(f"{API}/concepts/{concept.pk}/labels/{label}").status_code == 404


def test_a_release_that_would_change_nothing_is_a_conflict(client, curator):
    approve(client, make_triple())
    post(client, "releases")

    assert post(client, "releases").status_code == 409
    assert post(client, "releases", {"levels": []}).status_code == 400
    assert post(client, "releases", {"levels": ["top"]}).status_code == 400
    assert Release.objects.count() == 1


def test_differences_of_releases(client, curator):
    approve(client, make_triple("oil control"))
    post(client, "releases")
    approve(client, make_triple("soft"))
    post(client, "releases")

    assert get(client, "releases/2/diff").json()["triples_added"] == 1
    assert get(client, "releases/2/diff", since=0).json()["triples_added"] == 2
    added = get(client, "releases/2/diff/concepts", kind="added").json()["results"]
    assert [row["labels"][0][1] for row in added] == ["soft"]
    assert len(get(client, "releases/2/diff/triples").json()["results"]) == 1
    assert get(client, "releases/2/diff", since=7).status_code == 404
    assert get(client, "releases/9/diff").status_code == 404
    assert get(client, "releases/1/export/xml").status_code == 404


def test_the_ontology_is_read_by_all_and_loaded_by_admins(client):
    ensure_default_ontology()
    client.force_login(make_annotator())
    assert len(get(client, "ontology").json()["relations"]) == 11
    source = {"source": "name: garden\nversion: 1\nclasses:\n  - nam: Plant\n"}
    assert post(client, "ontology", source).status_code == 403

    client.force_login(make_admin())
    answer = post(client, "ontology", source)

    assert answer.status_code == 422
    assert [problem["line"] for problem in answer.json()["problems"]] == [4, 4]
    good = {"source": source["source"].replace("nam:", "name:")}
    assert post(client, "ontology", good).json()["added"] == 1


def test_no_ontology_is_said_so(client, curator):
    assert get(client, "ontology").status_code == 404


@pytest.mark.parametrize(
    "path", ["concepts", "triples", "triples/1/trail", "changes", "releases", "releases/1/export/csv"]
)
def test_annotators_and_strangers_are_kept_out(client, path):
    assert get(client, path).status_code == 401
    client.force_login(make_annotator())
    assert get(client, path).status_code == 403
    assert post(client, "decisions", {"status": "approved", "triples": [1]}).status_code == 403
    assert post(client, "releases").status_code == 403
