"""Each page: does it work, refuse strangers, refuse nonsense, survive a second click?"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from graph.actions.setup import ensure_default_ontology
from mining.actions.runs import claim
from mining.actions.runs_progress import Progress
from mining.management.sync import summary
from mining.models import Corpus, Document, PhraseExample, Run, RunKind, RunStatus, Sentence
from tests.factories.learning import answer_some, make_learnable
from tests.factories.people import make_admin, make_annotator, make_curator
from tests.factories.runs import make_candidate, run_import, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_admin()
    client.force_login(user)
    return user


@pytest.fixture
def shop(tmp_path):
    """An imported corpus with a candidate; the run that imported it."""
    ensure_default_ontology()
    rows = [
        {"id": f"r{at}", "text": f"Very soft fabric {at}. I like it.", "category": "Shirts"}
        for at in range(3)
    ]
    run = run_import(write_lines(tmp_path / "r.jsonl", [*rows, "broken"]), create_categories=True)
    candidate = make_candidate(
        run, text="soft fabric", normal_form="soft fabric", category=Document.objects.first().category
    )
    PhraseExample.objects.create(
        candidate=candidate, sentence=Sentence.objects.order_by("pk").first(), start=5, end=16
    )
    return run


def upload(client, content=b"nr,review\n1,Very good.\n2,Not so good.\n", name="reviews.csv", **fields):
    files = SimpleUploadedFile(name, content)
    told = {"what": "documents", "corpus": "shop", "kind": "review", "chosen": files, **fields}
    return client.post(reverse("mining:import"), told)


@pytest.mark.parametrize("name", ["overview", "corpora", "runs", "candidates", "import", "mine"])
def test_pages_open_on_an_empty_workspace_and_a_full_one(client, admin, name, request):
    assert client.get(reverse(f"mining:{name}")).status_code == 200

    request.getfixturevalue("shop")

    assert client.get(reverse(f"mining:{name}")).status_code == 200


def test_pages_of_single_things_open(client, admin, shop):
    document = Document.objects.first()
    for name, pk in [("corpus", document.corpus_id), ("document", document.pk), ("run", shop.pk)]:
        assert client.get(reverse(f"mining:{name}", args=[pk])).status_code == 200, name
    answer = client.get(reverse("mining:candidate", args=[PhraseExample.objects.get().candidate_id]))
    assert "<mark>soft fabric</mark>" in answer.text
    for name in ("corpus", "document", "run", "candidate"):
        assert client.get(reverse(f"mining:{name}", args=[10**9])).status_code == 404


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("overview", "admin"),
        ("import", "admin"),
        ("mine", "admin"),
        ("corpora", "curator"),
        ("runs", "curator"),
        ("candidates", "curator"),
    ],
)
def test_strangers_are_refused(client, name, least):
    url = reverse(f"mining:{name}")
    assert client.get(url).status_code == 302

    client.force_login(make_annotator())
    assert client.get(url).status_code == 403

    client.force_login(make_curator())
    assert client.get(url).status_code == (200 if least == "curator" else 403)


def test_an_upload_shows_its_rows_and_starts_a_run_once(client, admin, django_capture_on_commit_callbacks):
    asked = upload(client)
    page = client.get(asked.url)
    assert "Very good." in page.text and page.context["form"]["text"].initial == "review"
    columns = {"text": "review", "source_id": "nr"}

    first = client.post(asked.url, columns)
    second = client.post(asked.url, columns)

    run = Run.objects.get()
    assert first.url == reverse("mining:run", args=[run.pk]) and second.url == reverse("mining:import")
    assert run.parameters["corpus"] == "shop" and run.parameters["columns"]["text"] == "review"
    assert run.started_by == admin and run.status == RunStatus.QUEUED


def test_an_upload_without_a_text_column_is_not_started(client, admin):
    asked = upload(client)

    answer = client.post(asked.url, {"text": ""})

    assert answer.status_code == 200 and answer.context["form"].errors["text"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "fields", "word"),
    [
        (b"", "empty.csv", {}, "the file is empty"),
        (b"PK", "table.xlsx", {}, "does not tell the format"),
        (b"PAR1", "a.parquet", {}, "not a whole Parquet file"),
        (b"nr,review\n", "head.csv", {}, "not a single row"),
        (b"a,b\n1,2\n", "a.csv", {"corpus": ""}, "Say which corpus"),
        (b"a,b\n1,2\n", "a.csv", {"language": "Chinese!"}, "no language code"),
    ],
)
def test_an_upload_that_makes_no_sense_says_so_at_the_field(client, admin, content, name, fields, word):
    answer = upload(client, content, name, **fields)

    assert answer.status_code == 200 and word in answer.text


def test_an_error_in_an_upload_says_that_the_file_must_be_chosen_again(client, admin):
    answer = upload(client, corpus="")

    errors = answer.context["form"].errors
    assert set(errors) == {"chosen", "corpus"}
    assert "choose reviews.csv once more" in answer.text and not Run.objects.exists()
    assert "needed for documents" in client.get(reverse("mining:import")).text


def test_only_rows_of_unknown_categories_bring_the_hint_how_to_make_them(client, admin, tmp_path):
    hint = "Categories that are not known can be made by the import itself"
    broken = run_import(write_lines(tmp_path / "a.jsonl", [{"id": "1", "text": "Good."}, "broken"]))
    unknown = run_import(
        write_lines(tmp_path / "b.jsonl", [{"id": "2", "text": "Bad."}, {"text": "x.", "category": "Hats"}])
    )

    pages = [client.get(reverse("mining:run", args=[run.pk])).text for run in (broken, unknown)]

    assert [hint in page for page in pages] == [False, True]
    assert all("The error file numbers rows" in page for page in pages)


def test_a_command_tells_what_a_run_did_and_no_zeros(tmp_path):
    run = run_import(write_lines(tmp_path / "a.jsonl", [{"id": "1", "text": "Good."}]))

    told = summary(run)

    assert told.startswith(f"Import of documents (run {run.pk}) done in ")
    assert "rows read: 1, added: 1" in told and ": 0" not in told


def test_an_upload_belongs_to_who_made_it(client, admin):
    asked = upload(client)
    client.force_login(make_admin())

    assert client.get(asked.url).url == reverse("mining:import")
    for token in ("..", "0", "f" * 32):
        assert client.get(reverse("mining:import-columns", args=[token])).url == reverse("mining:import")


def test_mining_is_started_with_parameters(client, admin, shop):
    form = client.get(reverse("mining:mine")).context["form"]
    defaults = {name: field.initial for name, field in form.fields.items() if field.initial is not None}

    answer = client.post(
        reverse("mining:mine"), {**defaults, "min_count": 7, "corpora": [Corpus.objects.get().pk]}
    )

    run = Run.objects.get(kind=RunKind.MINE_PHRASES)
    assert answer.url == reverse("mining:run", args=[run.pk])
    assert run.parameters["min_count"] == 7 and run.parameters["corpora"] == [Corpus.objects.get().pk]


def test_mining_with_nonsense_is_refused(client, admin, shop):
    form = client.get(reverse("mining:mine")).context["form"]
    defaults = {name: field.initial for name, field in form.fields.items() if field.initial is not None}

    answer = client.post(reverse("mining:mine"), {**defaults, "min_count": 0})

    assert "min_count must be between" in answer.text
    assert not Run.objects.filter(kind=RunKind.MINE_PHRASES).exists()


def test_a_run_is_watched_until_it_ends(client, admin):
    run = claim(Run.objects.create(kind=RunKind.MINE_PHRASES).pk)
    Progress(run).stage("zh:count:2", 200, done=50)
    url = reverse("mining:run", args=[run.pk])

    live = client.get(url, headers={"HX-Request": "true"})
    assert "<html" not in live.text and 'hx-trigger="every 1s"' in live.text
    assert "Chinese: counting phrases of 2 characters" in live.text

    Run.objects.update(status=RunStatus.DONE)
    assert "hx-trigger" not in client.get(url, headers={"HX-Request": "true"}).text


def test_cancelling_twice_is_no_error(client, admin):
    run = Run.objects.create(kind=RunKind.MINE_PHRASES)
    url = reverse("mining:cancel-run", args=[run.pk])

    client.post(url)
    again = client.post(url, follow=True)

    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED and "already ended" in again.text


def test_only_an_admin_cancels(client):
    client.force_login(make_curator())
    run = Run.objects.create(kind=RunKind.MINE_PHRASES)

    assert client.post(reverse("mining:cancel-run", args=[run.pk])).status_code == 403


def test_the_error_file_is_downloaded(client, admin, shop):
    answer = client.get(reverse("mining:run-errors", args=[shop.pk]))

    assert b'r.jsonl,4,4,"not JSON: ' in b"".join(answer.streaming_content)
    other = Run.objects.create(kind=RunKind.MINE_PHRASES)
    assert client.get(reverse("mining:run-errors", args=[other.pk])).status_code == 404


def test_candidates_are_searched_and_paged_by_key(client, admin, shop):
    for at in range(60):
        make_candidate(shop, text=f"word {at}", normal_form=f"word {at}", score=0.3)
    url = reverse("mining:candidates")

    found = client.get(url, {"q": "SOFT"}).context["page"]
    first = client.get(url).context["page"]
    second = client.get(url + first.more).context["page"]

    assert [candidate.text for candidate in found] == ["soft fabric"]
    assert len(first) == 50 and len(second) == 11 and not second.more
    assert not {row.pk for row in first} & {row.pk for row in second}
    for nonsense in ({"after": "nan~x"}, {"after": "1e400~1"}, {"run": "9" * 30}, {"category": "x"}):
        assert client.get(url, nonsense).status_code == 200


def test_the_overview_leads_to_the_learning_of_the_campaign_where_most_is_decided(client, admin):
    asked, untouched = make_learnable(6), make_learnable(2)
    before = client.get(reverse("mining:overview")).context["steps"][3]
    answer_some(asked, 2)

    after = client.get(reverse("mining:overview")).context["steps"][3]

    assert untouched.pk > asked.pk
    assert before["url"] == ""
    assert after["url"] == reverse("mining:learning", args=[asked.pk])
    assert after["unit"] == "versions of models"


def test_the_overview_says_what_is_next(client, admin, shop):
    steps = client.get(reverse("mining:overview")).context["steps"]

    assert [step["number"] for step in steps[:2]] == [3, 1]
    assert [step["is_next"] for step in steps].count(True) == 1
    assert steps[1]["is_next"] and steps[1]["url"] == reverse("mining:mine")
