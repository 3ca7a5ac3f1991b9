import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mining.models import Document, PhraseCandidate, Run, RunKind, RunStatus, Sentence
from tests.factories.people import make_admin, make_annotator, make_curator
from tests.factories.runs import make_candidate, run_import, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_admin()
    client.force_login(user)
    return user


@pytest.fixture
def imported(tmp_path):
    return run_import(
        write_lines(tmp_path / "r.jsonl", [{"id": "a", "text": "It is soft. I like it."}, "broken"])
    )


def test_a_file_is_imported_by_one_call(client, admin):
    file = SimpleUploadedFile("reviews.csv", b"nr,review\n1,Very good.\n")
    told = {"file": file, "corpus": "shop", "columns": '{"text": "review", "source_id": "nr"}'}

    answer = client.post("/api/v1/imports", told)

    assert answer.status_code == 201, answer.text
    run = Run.objects.get(pk=answer.json()["id"])
    assert run.status == RunStatus.QUEUED and run.parameters["columns"] == {
        "text": "review",
        "source_id": "nr",
    }


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, 400),
        ({"corpus": "x"}, 400),
        ({"file": "text", "corpus": "x"}, 400),
        ({"file": ("a.csv", b"a\n1\n")}, 400),
        ({"file": ("a.csv", b"a\n1\n"), "corpus": "x", "columns": "[1]"}, 400),
        ({"file": ("a.csv", b"a\n1\n"), "corpus": "x", "columns": '{"colour": "a"}'}, 409),
        ({"file": ("a.csv", b""), "corpus": "x"}, 400),
        ({"file": ("a.doc", b"a\n1\n"), "corpus": "x"}, 409),
        ({"file": ("a.csv", b"a\n1\n"), "corpus": "x", "what": "songs"}, 400),
    ],
)
def test_an_import_that_makes_no_sense_is_refused(client, admin, told, status):
    if isinstance(told.get("file"), tuple):
        told = {**told, "file": SimpleUploadedFile(*told["file"])}

    assert client.post("/api/v1/imports", told).status_code == status
    assert not Run.objects.exists()


def test_a_sentence_resolves_to_its_document_and_place(client, imported):
    client.force_login(make_curator())
    sentence = Sentence.objects.order_by("start").last()

    told = client.get(f"/api/v1/sentences/{sentence.pk}").json()

    assert (told["text"], told["start"], told["end"]) == ("I like it.", 12, 22)
    assert told["document"]["source_id"] == "a" and told["document"]["imported_by"] == imported.pk
    assert client.get("/api/v1/sentences/999999").status_code == 404


def test_documents_are_listed_and_read(client, imported):
    client.force_login(make_curator())
    document = Document.objects.get()

    assert [row["id"] for row in client.get("/api/v1/documents?language=en").json()["results"]] == [
        document.pk
    ]
    assert client.get("/api/v1/documents?language=zh").json()["results"] == []
    assert client.get("/api/v1/documents?corpus=x").status_code == 400
    assert client.get(f"/api/v1/documents?corpus={10**30}").status_code == 400
    assert len(client.get(f"/api/v1/documents/{document.pk}").json()["sentences"]) == 2
    assert client.get("/api/v1/corpora").json()["results"][0]["name"] == "shop"


def test_a_mining_run_is_started_watched_and_cancelled(client, admin):
    answer = client.post("/api/v1/runs", {"parameters": {"min_count": 9}}, content_type="application/json")
    run = answer.json()
    assert answer.status_code == 201 and run["parameters"]["min_count"] == 9

    assert client.get(f"/api/v1/runs/{run['id']}").json()["status"] == "queued"
    assert client.post(f"/api/v1/runs/{run['id']}/cancel").json()["status"] == "cancelled"
    assert client.post(f"/api/v1/runs/{run['id']}/cancel").status_code == 409
    lines = client.get(f"/api/v1/runs/{run['id']}/log").json()["results"]
    assert lines[0]["text"] == f"Cancel was asked for by {admin.username}."


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "train"},
        {"parameters": {"min_count": 0}},
        {"parameters": {"min_count": "many"}},
        {"parameters": {"mincount": 3}},
        {"parameters": {"language": "fr"}},
        {"parameters": {"corpora": [10**30]}},
        {"parameters": []},
    ],
)
def test_a_mining_run_with_nonsense_is_refused(client, admin, told):
    answer = client.post("/api/v1/runs", told, content_type="application/json")

    assert answer.status_code == 400, answer.text
    assert not Run.objects.exists()


def test_runs_are_filtered_and_errors_downloaded(client, imported):
    client.force_login(make_curator())

    assert len(client.get("/api/v1/runs?kind=import_documents&status=done").json()["results"]) == 1
    assert client.get("/api/v1/runs?kind=songs").status_code == 400
    told = client.get(f"/api/v1/runs/{imported.pk}").json()
    assert told["has_errors"] and told["counts"]["added"] == 1
    assert b'r.jsonl,2,2,"not JSON: ' in b"".join(
        client.get(f"/api/v1/runs/{imported.pk}/errors").streaming_content
    )


def test_candidates_are_paged_by_score(client, imported):
    client.force_login(make_curator())
    for at in range(5):
        make_candidate(imported, text=f"w{at}", normal_form=f"w{at}", score=at / 10)

    first = client.get("/api/v1/candidates?page_size=3").json()
    second = client.get(first["next"]).json()

    assert [row["text"] for row in first["results"] + second["results"]] == ["w4", "w3", "w2", "w1", "w0"]
    assert [row["text"] for row in client.get("/api/v1/candidates?q=W3").json()["results"]] == ["w3"]
    candidate = PhraseCandidate.objects.first()
    assert client.get(f"/api/v1/candidates/{candidate.pk}").json()["examples"] == []


@pytest.mark.parametrize(
    ("method", "path", "least"),
    [
        ("get", "corpora", "curator"), ("get", "documents", "curator"), ("get", "candidates", "curator"),
        ("get", "runs", "curator"), ("post", "runs", "admin"), ("post", "imports", "admin"),
        ("post", "runs/{run}/cancel", "admin"), ("get", "runs/{run}/log", "curator"),
    ],
)  # fmt: skip
def test_strangers_are_refused(client, method, path, least):
    url = "/api/v1/" + path.format(run=Run.objects.create(kind=RunKind.TRAIN).pk)
    assert getattr(client, method)(url).status_code == 401
    client.force_login(make_annotator())
    assert getattr(client, method)(url).status_code == 403
    client.force_login(make_curator())
    assert (getattr(client, method)(url).status_code == 403) == (least == "admin")
