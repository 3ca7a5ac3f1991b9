"""Spellings of one phrase: when two are the same, and what becomes of them in the graph."""

import pytest

from annotation.actions.clusters import split_off
from annotation.tasks import act_on_waiting_verdicts
from graph.models import Concept, Status, Triple
from mining.sentences.spelling import common_form
from tests.factories.annotation import ask, make_annotator
from tests.factories.learning import make_category, make_phrase, make_phrase_campaign
from tests.factories.people import make_curator


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Non-Stick", "non stick"),
        ("en", "nonstick", "ＮＯＮ－ＳＴＩＣＫ"),
        ("zh", "乾燥肌膚", "干燥肌肤"),
        ("zh", "不 粘 锅", "不粘锅"),
        ("zh", "Ｕ型枕", "u型枕"),
    ],
)
def test_spellings_of_one_phrase_have_one_form(language, one, other):
    assert common_form(one, language) == common_form(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("zh", "保湿", "保暖"), ("en", "oil free", "oil tree"), ("en", "cot", "coat")],
)
def test_other_phrases_have_other_forms(language, one, other):
    assert common_form(one, language) != common_form(other, language)


def answered():
    """Two spellings in one category, the first of them answered with yes, and acted upon."""
    category = make_category()
    for text in ("干燥肌肤", "乾燥肌膚"):
        make_phrase(text, category=category)
    campaign = make_phrase_campaign(check_share=0.0)
    first, second = campaign.tasks.order_by("pk")
    ask(first, make_annotator())
    act_on_waiting_verdicts()
    return first, second


@pytest.mark.django_db
def test_an_accepted_cluster_is_one_concept_and_its_spellings_are_words_for_it():
    first, second = answered()

    concept = Concept.objects.get(concept_class__name="POI")
    assert concept.name == "干燥肌肤"
    assert set(concept.labels.values_list("text", "is_preferred")) == {
        ("干燥肌肤", True),
        ("乾燥肌膚", False),
    }
    evidence = {f"verdict/{task.verdicts.get().pk}" for task in (first, second)}
    assert set(concept.evidence.filter(kind="verdict").values_list("reference", flat=True)) == evidence
    assert Triple.objects.get().object == concept


@pytest.mark.django_db
def test_a_spelling_that_is_split_off_takes_its_word_and_evidence_along():
    _first, second = answered()

    split_off(task=second, by=make_curator())

    concept = Concept.objects.get(concept_class__name="POI")
    assert list(concept.labels.values_list("text", flat=True)) == ["干燥肌肤"]
    assert concept.status == Status.PROPOSED and concept.evidence.filter(kind="verdict").count() == 1
    ask(second, make_annotator())
    act_on_waiting_verdicts()
    assert set(Concept.objects.filter(concept_class__name="POI").values_list("name", flat=True)) == {
        "干燥肌肤",
        "乾燥肌膚",
    }
