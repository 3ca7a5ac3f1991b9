import pytest

from mining.models import RelationCandidate, RunKind, RunStatus
from tests.factories.learning import make_category
from tests.factories.runs import errors_of, run_import, write_lines

pytestmark = pytest.mark.django_db

SENTENCE = "Pure cotton makes this T-shirt breathable on hot days."


@pytest.fixture(autouse=True)
def category():
    return make_category("t-shirt", en="T-shirt", zh="T恤")


def row(**fields):
    return {
        "id": "r1",
        "text": SENTENCE,
        "relation": "satisfy",
        "subject": "pure cotton",
        "object": "breathable",
        "category": "t-shirt",
        **fields,
    }


def imported(tmp_path, *rows, name="relations.jsonl", **parameters):
    path = write_lines(tmp_path / name, rows)
    return run_import(path, kind=RunKind.IMPORT_RELATIONS, **parameters)


def stored():
    return list(RelationCandidate.objects.order_by("pk").values())


def test_a_sentence_comes_in_with_its_spans_classes_and_language(tmp_path, category):
    run = imported(tmp_path, row(title="Cotton, explained", score=0.8))

    candidate = RelationCandidate.objects.get()
    assert run.status == RunStatus.DONE, run.error
    assert run.counts["added"] == 1
    assert candidate.text[candidate.subject_start : candidate.subject_end] == "Pure cotton"
    assert candidate.text[candidate.object_start : candidate.object_end] == "breathable"
    assert (candidate.subject_class, candidate.object_class) == ("PropertyValue", "POI")
    assert (candidate.language, candidate.category, candidate.revision) == ("en", category, 0)
    assert (candidate.title, candidate.score, candidate.imported_by) == ("Cotton, explained", 0.8, run)


def test_told_offsets_count_characters_of_the_sentence_as_it_stands_in_the_file(tmp_path):
    text = "  😀换季的时候皮肤干燥。"
    told = row(
        text=text, relation="cause", subject="换季", object="皮肤干燥", category="",
        subject_start=3, subject_end=5, object_start=8, object_end=12,
    )  # fmt: skip

    run = imported(tmp_path, told)

    candidate = RelationCandidate.objects.get()
    assert run.counts["errors"] == 0
    assert (candidate.text, candidate.language) == ("😀换季的时候皮肤干燥。", "zh")
    assert candidate.text[candidate.subject_start : candidate.subject_end] == "换季"
    assert candidate.text[candidate.object_start : candidate.object_end] == "皮肤干燥"
    assert (candidate.subject_class, candidate.object_class) == ("Scenario", "Problem")


def test_broken_rows_are_named_and_the_good_ones_go_in(tmp_path):
    rows = [
        row(),
        row(id="a", text=""),
        row(id="b", relation="loves"),
        row(id="c", subject="silk"),
        row(id="d", object=""),
        row(id="e", category=""),
        row(id="f", category="hats"),
        row(id="g", subject_start=0),
        row(id="h", subject_start=1, subject_end=12),
        row(id="i", subject_start="x", subject_end=12),
        row(id="j", subject_start=40, subject_end=400),
        row(id="k", object="cotton makes"),
        row(id="l", subject_class="POI"),
        row(id="m", score=2),
        row(id="n", text="x" * 2_001),
        "{broken",
        row(id="r1", text="Pure cotton, they say, is breathable."),
        row(id="z", text="Cotton is breathable.", subject="cotton"),
    ]

    run = imported(tmp_path, *rows)

    assert run.status == RunStatus.DONE
    assert set(RelationCandidate.objects.values_list("source_id", flat=True)) == {"r1", "z"}
    found = dict(errors_of(run))
    assert sorted(found) == list(range(2, 18))
    assert found[3] == "the relation “loves” is not known; there are: satisfy, need, cause"
    assert found[4] == "the subject “silk” is not in the sentence"
    assert found[6].startswith("“satisfy” needs a category")
    assert found[7].startswith("the category “hats” is not known; import it first, or import with “Make ")
    assert found[8] == "of the subject, start or end is missing"
    assert found[9] == "at 1–12 stands “ure cotton ”, not the subject “pure cotton”"
    assert found[11] == "the subject is said to be at 40–400, which is not in the sentence"
    assert found[12] == "the subject “pure cotton” and the object “cotton makes” overlap"
    assert found[13] == "the subject of this relation is PropertyValue, not POI"
    assert found[17] == "the id “r1” is in an earlier row of this import with other content"


def test_the_same_file_again_changes_nothing(tmp_path):
    rows = [row(), row(id="", relation="need", subject="hot days", object="breathable", category="")]
    imported(tmp_path, *rows)
    before = stored()

    again = imported(tmp_path, *rows)

    assert (again.counts["added"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 2)
    assert stored() == before


def test_promise_5_changed_evidence_is_a_new_revision_and_a_new_title_is_not(tmp_path):
    imported(tmp_path, row())

    imported(tmp_path, row(title="Another title", score=0.5))
    candidate = RelationCandidate.objects.get()
    assert (candidate.revision, candidate.title, candidate.score) == (0, "Another title", 0.5)

    run = imported(tmp_path, row(text=SENTENCE.replace("hot", "warm")))
    candidate.refresh_from_db()
    assert (run.counts["changed"], candidate.revision) == (1, 1)
    assert "warm days" in candidate.text


def test_the_same_question_under_another_id_is_a_duplicate(tmp_path):
    imported(tmp_path, row())

    run = imported(
        tmp_path,
        row(id="r2"),
        row(id="r3", text=SENTENCE + " Really."),
        row(id="r4", text=SENTENCE + " Really."),
    )

    assert (run.counts["added"], run.counts["duplicates"]) == (1, 2)
    assert set(RelationCandidate.objects.values_list("source_id", flat=True)) == {"r1", "r3"}


def test_a_row_that_came_to_ask_what_another_asks_is_named(tmp_path):
    imported(tmp_path, row(), row(id="r2", text="Pure cotton is breathable."))

    run = imported(tmp_path, row(id="r2"))

    assert errors_of(run) == [(1, "the same is asked by “r1” already")]
    assert RelationCandidate.objects.get(source_id="r2").revision == 0


def test_tables_with_columns_of_other_names_come_in(tmp_path):
    path = tmp_path / "triples.csv"
    path.write_text("satz,pred,a,b\n换季容易皮肤干燥,cause,换季,皮肤干燥\n", "utf-8")

    run = run_import(
        path,
        kind=RunKind.IMPORT_RELATIONS,
        columns={"text": "satz", "relation": "pred", "subject": "a", "object": "b"},
    )

    assert run.counts["added"] == 1, errors_of(run)
