import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.actions.setup import ensure_default_ontology
from graph.models import Concept
from mining.models import Corpus, Document, PhraseExample, RunKind, RunStatus, Sentence
from tests.factories.runs import errors_of, run_import, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(tmp_path):
    """Two categories and an item."""
    ensure_default_ontology()
    (tmp_path / "categories.csv").write_text(
        "id,parent,label_en,label_zh\ncream,beauty,Face cream,面霜\nbeauty,,Beauty,美妆\n", "utf-8"
    )
    assert run_import(tmp_path / "categories.csv", kind=RunKind.IMPORT_CATEGORIES).counts["added"] == 2
    items = [
        {"id": "i1", "category": "cream", "title": "Rose cream", "properties": [["Effect", "moisturising"]]}
    ]
    run_import(write_lines(tmp_path / "items.jsonl", items), kind=RunKind.IMPORT_ITEMS)


def reviews(number, **more):
    return [
        {"id": f"r{at}", "text": f"Good cream number {at}. It smells of roses!", **more}
        for at in range(number)
    ]


def test_documents_come_in_with_language_and_sentences(tmp_path):
    rows = [
        {"id": "a", "text": "很好用。不油腻！", "title": "面霜"},
        {"id": 7, "text": "It is light. It is not greasy.", "kind": "review"},
    ]

    run = run_import(write_lines(tmp_path / "mixed.jsonl", rows))

    assert run.status == RunStatus.DONE, run.error
    chinese, english = Document.objects.order_by("source_id").reverse()
    assert (chinese.language, english.language) == ("zh", "en")
    assert (english.source_id, english.kind, chinese.kind) == ("7", "review", "other")
    assert [chinese.text[s.start : s.end] for s in chinese.sentences.order_by("start")] == [
        "很好用。",
        "不油腻！",
    ]
    assert run.counts["added"] == 2 and run.counts["sentences"] == 4
    assert chinese.imported_by == run


def test_the_same_file_twice_changes_nothing(tmp_path):
    path = write_lines(tmp_path / "reviews.jsonl.gz", reviews(30))
    run_import(path)
    before = list(Document.objects.order_by("pk").values()), list(Sentence.objects.order_by("pk").values())

    again = run_import(path)

    assert (again.counts["added"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 30)
    assert (
        list(Document.objects.order_by("pk").values()),
        list(Sentence.objects.order_by("pk").values()),
    ) == before


def test_a_changed_row_is_updated_and_split_again(tmp_path):
    path = tmp_path / "reviews.jsonl"
    run_import(
        write_lines(path, [{"id": "a", "text": "It stays. It goes away."}, {"id": "b", "text": "Same."}])
    )
    stays, _goes = Sentence.objects.filter(document__source_id="a").order_by("start")

    run = run_import(
        write_lines(path, [{"id": "a", "text": "It stays. It is new. Really."}, {"id": "b", "text": "Same."}])
    )

    document = Document.objects.get(source_id="a")
    texts = [document.text[s.start : s.end] for s in document.sentences.order_by("start")]
    assert (run.counts["changed"], run.counts["unchanged"]) == (1, 1)
    assert texts == ["It stays.", "It is new.", "Really."]
    # What says the same at the same place keeps its id, for evidence points at it.
    assert document.sentences.order_by("start").first().pk == stays.pk


def test_broken_rows_are_named_and_the_good_ones_go_in(tmp_path):
    rows = [
        {"id": "a", "text": "Good."},
        '{"id": "b", "text": ',
        {"id": "c"},
        {"id": "d", "text": "x" * 1_000_001},
        {"id": "e", "text": 12},
        {"id": "f", "text": "nul \x00 here"},
        {"id": "g", "text": "Good.", "kind": "poem"},
        {"id": "h", "text": "Good.", "category": "cream"},
        b'{"id": "i", "text": "caf\xe9"}',
        "[1, 2]",
        {"id": "j", "text": "Good.", "language": "english!"},
        {"id": "k", "text": "Good as well."},
        {"id": "a", "text": "Good, but another text."},
    ]

    run = run_import(write_lines(tmp_path / "reviews.jsonl", rows))

    assert run.status == RunStatus.DONE
    assert set(Document.objects.values_list("source_id", flat=True)) == {"a", "k"}
    found = dict(errors_of(run))
    assert sorted(found) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]
    assert "not JSON" in found[2]
    assert found[3] == "the text is missing"
    assert found[4] == "the text has 1,000,001 characters; 1,000,000 are allowed"
    assert found[5] == "the text is a number, not a string"
    assert "NUL" in found[6] and "“poem” is not known" in found[7]
    assert found[8].startswith("the category “cream” is not known; import it first, or import with “Make ")
    assert found[9] == "not UTF-8: byte 0xe9 at position 25"
    assert found[10] == "the line is not a JSON object but a list"
    assert "no language code" in found[11]
    assert found[13] == "the id “a” is in an earlier row of this import with other content"
    assert run.counts["errors"] == 11 and run.counts["read"] == 13
    with run.error_file.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["file"] == "reviews.jsonl"
    assert run.lines.filter(level="warning").first().text.startswith("reviews.jsonl, row 2: not JSON")


def test_an_id_that_is_used_twice_does_not_flip_back_and_forth(tmp_path, monkeypatch):
    monkeypatch.setattr("mining.actions.imports.DocumentImporter.batch_rows", 2)
    rows = [
        {"id": "a", "text": "First."},
        {"id": "b", "text": "Other."},
        {"id": "c", "text": "Third."},
        {"id": "a", "text": "Second."},
    ]
    path = write_lines(tmp_path / "twice.jsonl", rows)

    first, second = run_import(path), run_import(path)

    assert Document.objects.get(source_id="a").text == "First."
    assert (first.counts["errors"], second.counts["errors"], second.counts["changed"]) == (1, 1, 0)


def test_rows_without_an_id_are_known_by_what_they_say(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("cat,review\n,很好用\n,很好用\n,不好用\n", "utf-8")

    first, second = run_import(path), run_import(path)

    assert (first.counts["added"], first.counts["unchanged"]) == (2, 1)
    assert (second.counts["added"], second.counts["unchanged"]) == (0, 3)


def test_equal_content_is_kept_as_a_duplicate_of_the_first(tmp_path):
    path = tmp_path / "reviews.jsonl"
    rows = [
        {"id": "a", "text": "Very GOOD."},
        {"id": "b", "text": "very  good."},
        {"id": "c", "text": "Bad."},
        {"id": "d", "text": "very good."},
    ]

    run = run_import(write_lines(path, rows))

    first, second, other, third = Document.objects.order_by("source_id")
    assert (first.duplicate_of, second.duplicate_of, other.duplicate_of, third.duplicate_of) == (
        None,
        first,
        None,
        first,
    )
    assert run.counts["duplicates"] == 2

    rows[0]["text"] = "It was bad after all."
    run_import(write_lines(path, rows))

    first, second, other, third = Document.objects.order_by("source_id")
    assert (first.duplicate_of, second.duplicate_of, third.duplicate_of) == (None, None, second)


def test_categories_are_found_by_id_and_by_label(catalogue, tmp_path):
    rows = [
        {"id": at, "text": f"Text {at}.", "category": word}
        for at, word in enumerate(["cream", "面霜", "FACE CREAM"])
    ]
    rows.append({"id": "i", "text": "About an item.", "item": "i1"})
    rows.append({"id": "x", "text": "About no item.", "item": "i2"})

    run = run_import(write_lines(tmp_path / "reviews.jsonl", rows))

    assert {document.category.external_id for document in Document.objects.exclude(category=None)} == {
        "cream"
    }
    assert Document.objects.filter(category=None).get().item.external_id == "i1"
    assert errors_of(run) == [(5, "the item “i2” is not known; import it first")]


def test_missing_categories_are_made_when_asked_for(catalogue, tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("cat,review\n书籍,好看\n酒店,干净\n面霜,好用\n", "utf-8")

    run = run_import(path, create_categories=True)

    names = Concept.objects.filter(concept_class__name="Category").values_list("name", flat=True)
    assert run.counts["added"] == 3 and {"书籍", "酒店"} <= set(names) and len(names) == 4


def test_several_files_and_one_of_them_broken(tmp_path):
    good = write_lines(tmp_path / "good.jsonl", reviews(3))
    cut = write_lines(
        tmp_path / "cut.jsonl.gz", [{"id": f"c{at}", "text": f"Text {at}. " * 50} for at in range(2_000)]
    )
    cut.write_bytes(cut.read_bytes()[:-2_000])
    last = write_lines(tmp_path / "last.jsonl", [{"id": "last", "text": "The last."}])

    run = run_import(good, cut, last)

    assert run.status == RunStatus.FAILED
    assert run.error.startswith("cut.jsonl.gz: the gzip file ends too early (after line ")
    assert Document.objects.filter(source_id="last").exists()
    assert Document.objects.filter(source_id__startswith="c").count() > 100


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("none.jsonl", None, "none.jsonl: there is no such file"),
        ("empty.csv", b"", "empty.csv: the file is empty"),
        ("header.csv", b"id,text\n", "header.csv: there is not a single row in it"),
        ("strange.csv", b"one,two\n1,2\n", "strange.csv: no column is known to be the text"),
        ("what.xlsx", b"PK", "what.xlsx: the name does not tell the format"),
        ("bad.parquet", b"PAR1 not really", "bad.parquet: not a whole Parquet file"),
        ("list.json", b'[\n{"text": "a"},\n{"text": "b"},\n]', "None of the 4 rows could be used"),
        ("utf16.csv", "id,text\n1,a\n".encode("utf-16"), "utf16.csv: this is text in UTF-16; save it"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_line(tmp_path, name, content, error):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    run = run_import(tmp_path / name)

    assert run.status == RunStatus.FAILED and run.error.startswith(error), run.error
    assert not Document.objects.exists()


def test_a_folder_is_refused(tmp_path):
    assert run_import(tmp_path).error.endswith("this is a folder; name the files in it")


def test_examples_of_a_sentence_that_goes_away_go_with_it(tmp_path):
    from tests.factories.runs import make_candidate

    path = tmp_path / "reviews.jsonl"
    run = run_import(write_lines(path, [{"id": "a", "text": "It goes away."}]))
    candidate = make_candidate(run)
    PhraseExample.objects.create(candidate=candidate, sentence=Sentence.objects.get(), start=3, end=7)

    run_import(write_lines(path, [{"id": "a", "text": "It is another one now."}]))

    assert not candidate.examples.exists() and Sentence.objects.count() == 1


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(
    str.strip
)


@given(rows=st.lists(st.tuples(st.integers(0, 12), TEXTS), max_size=30), batch=st.integers(1, 7))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_in_can_be_read_back(tmp_path, monkeypatch, rows, batch):
    """The first row of each id is stored as it was; again changes nothing; sentences tile the text."""
    monkeypatch.setattr("mining.actions.imports.DocumentImporter.batch_rows", batch)
    Sentence.objects.all().delete()
    Document.objects.update(duplicate_of=None)
    Document.objects.all().delete()
    path = write_lines(
        tmp_path / "any.jsonl", [{"id": f"r{number}", "text": text} for number, text in rows] or ["{}"]
    )

    run_import(path)
    again = run_import(path)

    first = {}
    for number, text in rows:
        first.setdefault(f"r{number}", text)
    assert dict(Document.objects.values_list("source_id", "text")) == first
    assert again.counts.get("added", 0) == again.counts.get("changed", 0) == 0
    for document in Document.objects.all():
        covered = "".join(document.text[s.start : s.end] for s in document.sentences.order_by("start"))
        assert "".join(covered.split()) == "".join(document.text.split())
    hashes = Document.objects.filter(duplicate_of=None).values_list("content_hash", flat=True)
    assert len({bytes(value) for value in hashes}) == len(hashes)
    assert Corpus.objects.count() <= 1
