import pytest

from graph.actions.setup import ensure_default_ontology
from mining.actions.mine import BadParameters, mine_phrases, mining_parameters
from mining.actions.runs import create_claimed, do
from mining.actions.runs_progress import Cancelled
from mining.models import Document, PhraseCandidate, PhraseExample, RunKind, RunPhrase, RunStatus
from tests.factories.runs import run_import, write_lines

pytestmark = pytest.mark.django_db

FACE = ["滋润不油腻", "锁水保湿效果好", "敏感肌也能用", "味道清香"]
HAIR = ["去屑止痒", "味道清香", "头发柔顺", "泡沫丰富"]


def documents(number, start=0):
    for at in range(start, start + number):
        for category, words in (("面霜", FACE), ("洗发水", HAIR)):
            first, second = words[at % 4], words[(at + 1) % 4]
            text = f"第{at}天用{first}，感觉{second}。我说它{first}！朋友们都觉得{second}，{at}次回购"
            yield {"id": f"{category}-{at}", "text": text, "category": category}


@pytest.fixture
def corpus(tmp_path):
    ensure_default_ontology()
    run = run_import(write_lines(tmp_path / "docs.jsonl", documents(24)), create_categories=True)
    assert run.counts["added"] == 48, run.error


def mine(**parameters):
    told = mining_parameters({"min_count": 3, "min_pmi": 0.5, "min_entropy": 0.3, **parameters})
    return do(create_claimed(RunKind.MINE_PHRASES, told), mine_phrases)


def everything():
    return [
        list(PhraseCandidate.objects.order_by("pk").values(
            "pk", "text", "category_id", "is_primary", "score", "document_count", "revision", "lift", "pmi")),
        set(PhraseExample.objects.values_list("candidate_id", "sentence_id", "start", "end")),
    ]  # fmt: skip


def test_phrases_become_candidates_by_category_with_examples(corpus):
    run = mine()

    assert run.status == RunStatus.DONE, run.error
    found = PhraseCandidate.objects.filter(category__name="洗发水")
    assert run.counts["candidates"] == PhraseCandidate.objects.count() == run.phrases.count() > 0
    assert found.filter(text__contains="去屑").exists()
    for candidate in PhraseCandidate.objects.all():
        examples = candidate.examples.select_related("sentence__document")
        assert 1 <= len(examples) <= 5
        for example in examples:
            document = example.sentence.document
            sentence = document.text[example.sentence.start : example.sentence.end]
            assert sentence[example.start : example.end] == candidate.text
        assert candidate.examples.first().sentence.document.category_id == candidate.category_id
    assert not run.folder.exists()


def test_each_phrase_has_one_primary_category(corpus):
    mine()

    shared = PhraseCandidate.objects.filter(text__contains="清香")
    assert shared.count() >= 2
    for form in set(PhraseCandidate.objects.values_list("normal_form", flat=True)):
        assert PhraseCandidate.objects.filter(normal_form=form, is_primary=True).count() == 1


def test_a_second_run_on_the_same_input_changes_nothing(corpus):
    first = mine()
    before = everything()

    second = mine()

    assert everything() == before
    assert second.counts["new_candidates"] == 0 and second.counts["candidates"] == first.counts["candidates"]
    scores = [dict(run.phrases.values_list("candidate", "score")) for run in (first, second)]
    assert scores[0] == scores[1]
    assert not RunPhrase.objects.filter(run=second, is_new=True).exists()


def test_a_candidate_is_revised_only_when_its_documents_have_doubled(corpus, tmp_path):
    mine()
    candidate = PhraseCandidate.objects.filter(text__contains="去屑").first()
    documents_before = candidate.document_count

    run_import(write_lines(tmp_path / "few.jsonl", documents(4, start=100)))
    mine()
    candidate.refresh_from_db()
    assert candidate.document_count > documents_before and candidate.revision == 0

    run_import(write_lines(tmp_path / "many.jsonl", documents(40, start=200)))
    mine()
    candidate.refresh_from_db()
    assert candidate.revision == 1 and candidate.revised_at_count == candidate.document_count

    mine()
    candidate.refresh_from_db()
    assert candidate.revision == 1


def test_documents_without_a_category_give_candidates_without_one(tmp_path):
    rows = [{**row, "category": ""} for row in documents(24)]
    run_import(write_lines(tmp_path / "docs.jsonl", rows))

    mine()

    assert PhraseCandidate.objects.exists() and not PhraseCandidate.objects.exclude(category=None).exists()


def test_only_what_was_asked_for_is_read(corpus):
    category = Document.objects.first().category

    run = mine(categories=[category.pk])

    assert set(PhraseCandidate.objects.values_list("category", flat=True)) == {category.pk}
    assert run.counts["sentences"] < 150


def test_nothing_to_mine_is_said(db):
    run = mine()

    assert run.status == RunStatus.FAILED and run.error.startswith("There is no sentence to mine")


def test_a_run_says_why_it_kept_nothing_and_that_it_had_little_to_learn_from(tmp_path):
    rows = [{"id": str(at), "text": "很好吃的苹果", "category": ""} for at in range(40)]
    run_import(write_lines(tmp_path / "docs.jsonl", rows))

    run = mine()

    assert run.status == RunStatus.DONE, run.error
    said = list(run.lines.values_list("text", flat=True))
    assert "zh: too little to learn from: what holds together and stands freely was kept as well." in said
    assert any(line.startswith("zh: no phrase was kept; ") for line in said)
    assert not PhraseCandidate.objects.exists()


def test_a_cancelled_run_leaves_no_folder(corpus, monkeypatch):
    def cancel(*_, **__):
        raise Cancelled

    monkeypatch.setattr("mining.actions.mine.store_phrases", cancel)

    run = mine()

    assert run.status == RunStatus.CANCELLED and not run.folder.exists()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"min_count": 0}, "min_count must be between"),
        ({"min_count": "many"}, "min_count must be a number"),
        ({"language": "fr"}, "not in “fr”"),
        ({"corpora": [9999]}, "There is no corpus 9999"),
        ({"categories_per_phrase": 9}, "between 1 and 5"),
        ({"mincount": 3}, "There is no parameter mincount"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(told, why):
    with pytest.raises(BadParameters, match=why):
        mining_parameters(told)


def test_traditional_and_simplified_spellings_are_one_candidate_and_its_category_has_a_score(tmp_path):
    ensure_default_ontology()
    rows = [*documents(24)]
    for at in range(12):
        spelt = "乾燥肌膚" if at % 3 == 0 else "干燥肌肤"
        before, after = ("适合", "拯救", "专为", "")[at % 4], ("", "专用", "福音")[at // 4]
        text = f"{before}{spelt}{after}，{at}次回购。"
        rows.append({"id": f"dry-{at}", "text": text, "category": "面霜"})
    run_import(write_lines(tmp_path / "docs.jsonl", rows), create_categories=True)

    mine(min_count=2, method="unsupervised")

    dry = PhraseCandidate.objects.get(text__in=["干燥肌肤", "乾燥肌膚"])
    assert {dry.text, *dry.variants} == {"干燥肌肤", "乾燥肌膚"}
    everywhere = PhraseCandidate.objects.filter(text="味道清香").order_by("-association").first()
    # All its documents are of one category; the other phrase is spread over both.
    assert 1 >= dry.association > everywhere.association > 0
    assert dry.category.name == "面霜"
