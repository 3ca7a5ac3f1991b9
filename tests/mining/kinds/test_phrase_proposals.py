import pytest

from annotation.actions.judging import withdraw_judgment
from annotation.models import Answer
from graph.identity import everyone
from graph.models import Concept, Evidence, Status, Triple
from mining.kinds.phrase.proposals import on_accept, on_withdraw
from tests.factories.annotation import give_and_judge as judge
from tests.factories.learning import make_category, make_example, make_phrase, make_phrase_campaign
from tests.factories.people import make_annotator

pytestmark = pytest.mark.django_db


def accepted(question="poi", annotator=None, **phrase):
    candidate = make_phrase("保湿", category=make_category(), **phrase)
    for number in range(4):
        make_example(candidate, f"第{number}句保湿", kind="review", title=f"标题{number}")
    task = make_phrase_campaign(question=question).tasks.get()
    task.score, task.scored_by = 0.8, 5
    task.save()
    judge(task, annotator or make_annotator(), Answer.ACCEPT)
    return task.verdicts.standing().get()


def test_a_point_of_interest_proposes_concept_and_triple_with_all_evidence():
    verdict = accepted()

    on_accept(verdict)

    concept = Concept.objects.get(concept_class__name="POI")
    triple = Triple.objects.get()
    assert (concept.name, concept.language, concept.status) == ("保湿", "zh", Status.PROPOSED)
    assert (triple.subject, triple.relation.name, triple.object) == (make_category(), "has_poi", concept)
    for row in (concept, triple):
        assert row.evidence.filter(kind="verdict").get().reference == f"verdict/{verdict.pk}"
        sentences = row.evidence.filter(kind="sentence")
        assert sentences.count() == 3
        for sentence in sentences:
            assert sentence.text[sentence.start : sentence.end] == "保湿"
            assert sentence.detail["source"].startswith("标题")


def test_a_problem_is_everyones():
    verdict = accepted("problem")

    on_accept(verdict)

    triple = Triple.objects.get()
    assert (triple.subject, triple.relation.name) == (everyone(), "has_problem")
    assert triple.object.concept_class.name == "Problem"


def test_the_trail_says_how_the_verdict_came_about():
    verdict = accepted(annotator=make_annotator(is_simulated=True))

    on_accept(verdict)

    detail = Evidence.objects.filter(kind="verdict").first().detail
    assert detail["votes"]["accept"] == 1
    assert detail["posterior"] == verdict.posterior
    assert (detail["score"], detail["model_version"]) == (0.8, 5)
    assert detail["guidelines"] == [1]
    assert detail["simulated"] is True
    assert detail["campaign_id"] == verdict.task.campaign_id


def test_acting_twice_changes_nothing():
    verdict = accepted()

    on_accept(verdict)
    on_accept(verdict)

    assert Triple.objects.count() == 1
    assert Evidence.objects.count() == 8


def test_a_withdrawn_verdict_takes_its_proposal_back():
    annotator = make_annotator()
    verdict = accepted(annotator=annotator)
    on_accept(verdict)
    verdict.acted_at = verdict.formed_at
    verdict.save()

    withdraw_judgment(judgment_id=verdict.basis[0], annotator=annotator)

    assert Triple.objects.get().status == Status.WITHDRAWN
    assert Concept.objects.get(concept_class__name="POI").status == Status.WITHDRAWN
    assert not Evidence.objects.filter(kind="verdict").exists()


def test_a_proposal_that_another_verdict_supports_stays():
    first = accepted()
    on_accept(first)
    second_task = make_phrase_campaign().tasks.get()
    judge(second_task, make_annotator(), Answer.ACCEPT)
    on_accept(second_task.verdicts.get())

    on_withdraw(first)

    assert Triple.objects.get().status == Status.PROPOSED
