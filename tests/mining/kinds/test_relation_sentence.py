import xml.etree.ElementTree as ElementTree

import pytest
from django.utils.translation import override

from annotation import kinds
from annotation.actions.filling import fill_campaign
from annotation.models import Answer, BadReason
from annotation.text import question_of, render_task
from graph.identity import property_value_key
from graph.models import Concept, ConceptClass, Evidence, Label, Status, Triple
from mining.kinds.relation_sentence import RELATION_SENTENCE
from mining.kinds.relation_sentence.features import features
from mining.kinds.relation_sentence.proposals import on_accept
from tests.factories.annotation import give_and_judge as judge
from tests.factories.candidates import make_kind_campaign, make_relation
from tests.factories.people import make_annotator

pytestmark = pytest.mark.django_db


def campaign_of(question="satisfy", **more):
    return make_kind_campaign("relation_sentence", question, **more)


def accepted(relation="satisfy", *, annotator=None, **fields):
    make_relation(relation, **fields)
    task = campaign_of(relation).tasks.get()
    judge(task, annotator or make_annotator(), Answer.ACCEPT)
    verdict = task.verdicts.standing().get()
    on_accept(verdict)
    return verdict


def test_the_kind_is_in_the_table_with_a_question_for_each_relation():
    assert kinds.get("relation_sentence") is RELATION_SENTENCE
    assert list(RELATION_SENTENCE.questions) == ["satisfy", "need", "cause"]
    assert BadReason.WRONG_BOUNDARY in RELATION_SENTENCE.bad_reasons


@pytest.mark.parametrize("question", RELATION_SENTENCE.questions.values(), ids=lambda question: question.name)
def test_guidelines_are_complete_in_both_languages(question):
    assert set(question.guideline) == {"en", "zh"}
    for language, text in question.guideline.items():
        assert "{" not in text
        assert text.count("\n- ") >= 10
        examples = [example for example in question.examples if example["language"] == language]
        assert {example["answer"] for example in examples} == {"accept", "reject", "unsure"}
        assert all(example["why"] and example["candidate"].count("[") == 2 for example in examples)


def test_the_label_studio_config_is_valid_and_names_every_answer_by_its_key():
    view = ElementTree.fromstring(RELATION_SENTENCE.label_config)  # noqa: S314

    choices = view.findall(".//Choices[@toName='sentence']/Choice")
    assert {choice.get("hotkey"): choice.get("value") for choice in choices} == dict(
        RELATION_SENTENCE.answers
    )
    assert {label.get("value") for label in view.findall(".//Labels/Label")} == {"subject", "object"}
    assert view.find(".//Text[@name='sentence']").get("value") == "$text"


def test_a_campaign_asks_about_sentences_of_its_relation_only():
    make_relation("satisfy")
    make_relation("need", "Dry skin calls for hydration.", "Dry skin", "hydration")

    assert [task.content["relation"] for task in campaign_of("need").tasks.all()] == ["need"]


def test_the_question_is_said_in_the_language_of_the_page_with_the_words_of_the_candidate():
    make_relation(text="Cotton {0} makes it breathable.", subject="Cotton {0}")
    task = campaign_of().tasks.get()

    assert question_of(task) == "Does this sentence say that “Cotton {0}” brings “breathable”?"
    with override("zh-hans"):
        assert question_of(task) == "这句话是否说明“Cotton {0}”能带来“breathable”？"


def test_the_page_marks_both_ends_by_number_and_escapes_what_people_wrote():
    make_relation(text="Cotton <b>makes</b> it breathable & light.", title="<i>Notes</i>")

    html = render_task(campaign_of().tasks.get())

    assert '<mark class="end subject"><span class="number">1</span>Cotton</mark> &lt;b&gt;makes' in html
    assert '<span class="number">2</span>breathable</mark> &amp; light.' in html
    assert "&lt;i&gt;Notes" in html and "<i>Notes" not in html
    assert "Property value" in html and "Point of interest" in html and "T-shirt" in html


def test_the_object_may_stand_before_the_subject():
    make_relation(text="So breathable, this cotton.", subject="cotton", object="breathable")

    html = render_task(campaign_of().tasks.get())

    assert html.index("object") < html.index("subject")


def test_acceptance_proposes_triple_ends_and_scope_with_the_sentence_as_evidence():
    verdict = accepted(title="About cotton")

    triple = Triple.objects.get()
    assert str(triple) == "Cotton satisfy breathable [T-shirt]"
    assert (triple.subject.concept_class.name, triple.object.concept_class.name) == ("PropertyValue", "POI")
    assert {triple.status, triple.subject.status, triple.object.status} == {Status.PROPOSED}
    for row, words in (
        (triple.subject, "Cotton"),
        (triple.object, "breathable"),
        (triple, "Cotton makes it breathable"),
    ):
        sentence = row.evidence.get(kind="sentence")
        assert sentence.text[sentence.start : sentence.end] == words
        assert sentence.reference == f"relation_candidate/{verdict.task.candidate_id}"
        assert row.evidence.get(kind="verdict").reference == f"verdict/{verdict.pk}"
    detail = triple.evidence.get(kind="sentence").detail
    assert (detail["subject"], detail["object"], detail["source"]) == ([0, 6], [16, 26], "About cotton")


def test_acting_twice_changes_nothing():
    verdict = accepted()

    on_accept(verdict)

    assert (Triple.objects.count(), Evidence.objects.count()) == (1, 6)


def test_relations_without_scope_propose_none():
    text = "The change of seasons gives me dry skin."

    accepted("cause", text=text, subject="change of seasons", object="dry skin", category=None)

    triple = Triple.objects.get()
    assert (triple.relation.name, triple.scope) == ("cause", None)
    assert (triple.subject.concept_class.name, triple.object.concept_class.name) == ("Scenario", "Problem")


def make_value(property_name, status=Status.APPROVED):
    concept = Concept.objects.create(
        key=property_value_key(property_name, "cotton"),
        concept_class=ConceptClass.objects.get(name="PropertyValue"),
        status=status, name="cotton", language="en",
    )  # fmt: skip
    Label.objects.create(
        concept=concept, language="en", text="cotton", normal_form="cotton", is_preferred=True
    )
    return concept


def test_an_end_that_the_catalogue_knows_is_that_concept():
    make_relation()
    cotton = make_value("Material")
    task = campaign_of().tasks.get()
    judge(task, make_annotator(), Answer.ACCEPT)

    on_accept(task.verdicts.get())

    assert Triple.objects.get().subject == cotton
    assert cotton.evidence.filter(kind="verdict").exists()


@pytest.mark.parametrize("others", [["Material", "Lining"], []])
def test_an_end_that_is_unknown_or_ambiguous_is_the_concept_of_its_word(others):
    make_relation()
    values = [make_value(name) for name in others]
    task = campaign_of().tasks.get()
    judge(task, make_annotator(), Answer.ACCEPT)

    on_accept(task.verdicts.get())

    assert Triple.objects.get().subject not in values


def test_a_withdrawn_verdict_takes_all_of_it_back():
    verdict = accepted()

    RELATION_SENTENCE.on_withdraw(verdict)

    assert Triple.objects.get().status == Status.WITHDRAWN
    assert not Concept.objects.filter(status=Status.PROPOSED).exists()
    assert not Evidence.objects.filter(kind="verdict").exists()


@pytest.mark.parametrize("answer", [Answer.REJECT, Answer.BAD])
def test_promise_5_a_rejected_sentence_is_not_proposed_again_unless_its_evidence_changed(answer):
    candidate = make_relation()
    judge(campaign_of().tasks.get(), make_annotator(), answer)

    assert not campaign_of().tasks.exists()

    candidate.revision = 1
    candidate.save()
    assert campaign_of().tasks.count() == 1


def test_a_second_fill_adds_nothing_and_the_source_narrows():
    make_relation(score=0.9)
    make_relation(text="Linen makes it breathable.", subject="Linen", score=0.2)

    campaign = campaign_of(source={"min_score": 0.5})

    assert campaign.tasks.count() == 1
    assert fill_campaign(campaign) == 0
    assert campaign_of(source={"limit": 1}).tasks.get().content["subject"]["text"] == "Cotton"
    assert campaign_of(source={"categories": ["t-shirt"]}).tasks.count() == 2
    assert campaign_of(source={"categories": ["hats"]}).tasks.count() == 0
    assert campaign_of(source={"languages": ["zh"]}).tasks.count() == 0


def test_features_tell_what_stands_between_and_not_which_ends_they_are():
    make_relation(text="Pure Cotton makes it breathable.", score=0.4)
    make_relation(text="So breathable, this Cotton.")

    first, second = features(list(campaign_of().tasks.order_by("pk")))

    assert first["texts"] == {"subject": "Cotton", "object": "breathable"}
    assert {"before:pure", "between:makes it", "subject first:makes it", "behind:."} <= set(first["words"])
    assert not any("cotton" in word or "breathable" in word for word in first["words"])
    assert (first["numbers"]["subject_first"], second["numbers"]["subject_first"]) == (1.0, 0.0)
    assert first["numbers"]["score"] == 0.4
    assert first["form"] != second["form"]
