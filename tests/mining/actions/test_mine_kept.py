"""A mining run counts what is new, changed or gone since the last one, and finds what a full run finds."""

import shutil

import pytest

from graph.actions.setup import ensure_default_ontology
from mining.actions.mine import mine_phrases, mining_parameters
from mining.actions.mine_documents import Documents, kept_counts
from mining.actions.runs import create_claimed, do
from mining.models import Document, PhraseCandidate, RunKind, RunStatus
from tests.factories.runs import run_import, write_lines

pytestmark = pytest.mark.django_db

WORDS = ["滋润不油腻", "锁水保湿效果好", "味道清香", "去屑止痒", "头发柔顺", "泡沫丰富"]


@pytest.fixture(autouse=True)
def shop(tmp_path, settings, monkeypatch):
    settings.VAR_DIR = tmp_path / "var"
    monkeypatch.setattr("mining.phrases.kept.read.MOST_CHANGED", 0.6)
    ensure_default_ontology()
    load(tmp_path, rows(range(40)))


def rows(numbers, extra=""):
    return [
        {"id": str(n), "category": "面霜" if n % 2 else "洗发水",
         "text": f"第{n}天用{WORDS[n % 6]}，感觉{WORDS[(n + 1) % 6]}。我说它{WORDS[n % 6]}！{extra}{n}次回购"}
        for n in numbers
    ]  # fmt: skip


def load(folder, lines):
    run = run_import(write_lines(folder / "docs.jsonl", lines), create_categories=True)
    assert not run.error


def mine(**parameters):
    told = mining_parameters({"min_count": 3, "min_pmi": 0.5, "min_entropy": 0.3, **parameters})
    run = do(create_claimed(RunKind.MINE_PHRASES, told), mine_phrases)
    assert run.status == RunStatus.DONE, run.error
    return run


def result(run):
    """All that the run found and measured, its own number aside."""
    numbers = ("candidates", "sentences", "phrases", "dropped", "passed_over")
    fates = run.fates.order_by("place").values_list("text", "count", "stage", "rule", "score", "features")
    names = ("text", "category", "count", "document_count", "score", "examples__sentence", "examples__start")
    found = PhraseCandidate.objects.order_by("pk", "examples").values_list(*names)
    return {name: run.counts.get(name) for name in numbers}, list(fates), list(found)


def lines(run):
    return [line.text for line in run.lines.all() if "documents read" in line.text]


def test_a_daily_batch_gives_what_a_full_run_gives(tmp_path, settings):
    first = mine()
    assert lines(first) == []  # nothing had been kept
    load(tmp_path, rows(range(40, 43)) + rows([5], "真的"))
    Document.objects.filter(source_id="7").update(duplicate_of=Document.objects.get(source_id="6"))

    daily = mine()

    assert lines(daily) == ["zh: 4 of 42 documents read; the counts of the others had been kept."]
    found = result(daily)
    settings.KEPT_COUNTS_MB = 0
    full = mine()
    assert lines(full) == [] and not any(kept_counts().iterdir())
    assert result(full) == found and len(found[1]) > 20


def test_each_choice_of_documents_has_counts_of_its_own(tmp_path):
    category = Document.objects.get(source_id="1").category_id

    mine(), mine(categories=[category])

    assert len(list(kept_counts().iterdir())) == 2
    assert lines(mine(categories=[category])) == [
        "zh: 0 of 20 documents read; the counts of the others had been kept."
    ]


def test_lost_counts_are_counted_anew(tmp_path):
    before = result(mine())

    shutil.rmtree(kept_counts())
    again = mine()

    assert lines(again) == [] and result(again) == before


def test_the_version_of_a_document_follows_what_is_mined_of_it(tmp_path):
    def versions():
        return {row[0]: row[2] for row in Documents({}).documents()}

    before = versions()
    document = Document.objects.get(source_id="3")
    load(tmp_path, rows([3], "真的"))
    changed = versions()
    load(tmp_path, rows([3]))

    assert {key for key in before if before[key] != changed[key]} == {document.pk}
    # Changed back, it says the same in sentences of other numbers.
    assert versions()[document.pk] not in (before[document.pk], changed[document.pk])
    assert versions() | {document.pk: 0} == before | {document.pk: 0}


def test_sentences_come_as_they_are_written(tmp_path):
    load(tmp_path, [{"id": "x", "text": "𠮷野家的面霜。很好😀用！"}])
    document = Document.objects.get(source_id="x")

    found = list(Documents({}).sentences([document.pk, 10**9]))

    spans = document.sentences.order_by("start")
    assert [(one.id, one.text) for one in found] == [(s.pk, document.text[s.start : s.end]) for s in spans]
    assert len(found) == 2
