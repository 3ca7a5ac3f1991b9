import threading

import pytest
from django.db import connection

from graph.actions.curate import decide
from graph.actions.propose import (
    AlreadyDecided,
    OutsideOntology,
    propose_concept,
    propose_triple,
    withdraw_evidence,
)
from graph.actions.setup import ensure_default_ontology
from graph.identity import everyone, normal_form, phrase_key, property_value_key, triple_key
from graph.models import Concept, Evidence, Status, Triple
from people.models import Change
from tests.factories.graph import (
    make_category,
    make_concept,
    make_sentence_evidence,
    make_triple,
    make_verdict_evidence,
)
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db


def status(row):
    row.refresh_from_db()
    return row.status


def test_spellings_of_one_word_are_one_concept():
    first = make_concept("POI", "Deep  Hydration")
    again = make_concept("POI", "deep hydration")
    wide = make_concept("POI", "ｄｅｅｐ　ｈｙｄｒａｔｉｏｎ")

    assert first == again == wide
    assert (first.name, first.evidence.count()) == ("Deep Hydration", 3)


def test_keys_do_not_mix_up_their_parts():
    assert property_value_key("a", "b c") != property_value_key("a b", "c")
    assert (
        phrase_key("POI", "en", "gel") != phrase_key("Problem", "en", "gel") != phrase_key("POI", "zh", "gel")
    )
    a, b = phrase_key("POI", "en", "a"), phrase_key("POI", "en", "b")
    assert triple_key(a, "need", b) != triple_key(b, "need", a) != triple_key(b, "need", a, a)
    assert normal_form("  ＡＢ\u3000c\n") == "ab c"


def test_keys_are_the_same_in_every_workspace():
    """Written down, because another value would rename every node of every release."""
    assert str(phrase_key("POI", "en", "deep hydration")) == "329971e9-989e-5d9e-babb-85191e0f6faa"


def test_proposing_twice_adds_the_evidence_once_and_one_line_to_the_trail():
    evidence = [make_verdict_evidence(7), make_sentence_evidence("so soft on the skin", "soft")]

    first = make_triple("soft", evidence=evidence)
    again = make_triple("soft", evidence=evidence)

    assert first == again and first.evidence.count() == first.object.evidence.count() == 2
    trail = Change.objects.filter(entity="triple", entity_id=first.pk)
    assert [change.action for change in trail] == ["propose"]


def test_the_newest_verdict_says_how_sure_and_whether_simulated():
    triple = make_triple("soft", evidence=[make_verdict_evidence(1, posterior=0.7, simulated=True)])
    assert (triple.posterior, triple.is_simulated) == (0.7, True)

    make_triple("soft", evidence=[make_verdict_evidence(2, posterior=0.95)])

    triple.refresh_from_db()
    assert (triple.posterior, triple.is_simulated) == (0.95, True)


def test_a_rejected_triple_stays_rejected_but_keeps_the_new_evidence():
    triple = make_triple("soft")
    decide(triple_ids=[triple.pk], status=Status.REJECTED, by=make_curator(), reason="vague")

    make_triple("soft", evidence=[make_verdict_evidence(99)])

    assert status(triple) == Status.REJECTED
    assert triple.evidence.filter(reference="verdict/99").exists()


def test_a_triple_on_a_rejected_concept_does_not_come_to_the_queue():
    triple = make_triple("soft")
    decide(concept_ids=[triple.object_id], status=Status.REJECTED, by=make_curator(), reason="no POI")

    other = make_triple("soft", category=make_category("Shampoo"))

    assert other.status == Status.REJECTED
    change = Change.objects.get(entity="triple", entity_id=other.pk, action="reject")
    assert "soft" in change.reason


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"relation": "has_smell"}, "no relation “has_smell”"),
        ({"relation": "has_problem"}, "takes User as subject"),
        ({"relation": "need"}, "takes Problem as subject"),
        ({"object": "category"}, "takes POI as object"),
        ({"scope": "category"}, "takes nothing as scope"),
    ],
)
def test_a_triple_that_the_ontology_has_no_place_for_is_refused(parts, words):
    ensure_default_ontology()
    known = {"category": make_category(), "poi": make_concept("POI", "soft")}
    given = {"subject": "category", "relation": "has_poi", "object": "poi", "scope": None, **parts}
    given = {name: known.get(value, value) for name, value in given.items()}

    with pytest.raises(OutsideOntology, match=words):
        propose_triple(**given, evidence=[])


def test_a_scoped_relation_needs_its_scope_and_is_another_triple_in_another_scope():
    value, poi = make_concept("PropertyValue", "cotton"), make_concept("POI", "breathable")
    parts = {"subject": value, "relation": "satisfy", "object": poi, "evidence": []}

    with pytest.raises(OutsideOntology, match="takes Category as scope"):
        propose_triple(**parts)
    shirts = propose_triple(**parts, scope=make_category("Shirts"))
    sheets = propose_triple(**parts, scope=make_category("Sheets"))

    assert shirts != sheets


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_a_concept_needs_a_name(text):
    ensure_default_ontology()

    with pytest.raises(OutsideOntology, match="name"):
        propose_concept(class_name="POI", text=text, language="en", evidence=[])


def test_evidence_taken_back_withdraws_what_stood_on_it_alone():
    triple = make_triple(
        "soft", evidence=[make_verdict_evidence(7), make_sentence_evidence("so soft", "soft")]
    )

    done = withdraw_evidence(reference="verdict/7", actor="verdict/7", reason="a judgment was undone")

    assert status(triple) == status(triple.object) == Status.WITHDRAWN
    assert (done.evidence, done.concepts, done.triples) == (2, 1, 1)
    assert triple.posterior is None
    make_triple("soft", evidence=[make_verdict_evidence(8)])
    assert status(triple) == status(triple.object) == Status.PROPOSED


def test_a_concept_with_another_verdict_stays():
    first = make_triple("soft", evidence=[make_verdict_evidence(7)])
    second = make_triple("soft", category=make_category("Shampoo"), evidence=[make_verdict_evidence(8)])

    withdraw_evidence(reference="verdict/7", actor="t", reason="r")

    assert [status(row) for row in (first, second, first.object)] == [
        Status.WITHDRAWN,
        Status.PROPOSED,
        Status.PROPOSED,
    ]


def test_taking_back_twice_or_something_unknown_does_nothing():
    make_triple("soft", evidence=[make_verdict_evidence(7)])
    withdraw_evidence(reference="verdict/7", actor="t", reason="r")
    before = Change.objects.count()

    withdraw_evidence(reference="verdict/7", actor="t", reason="r")
    withdraw_evidence(reference="verdict/404", actor="t", reason="r")

    assert Change.objects.count() == before


@pytest.mark.parametrize("decision", [Status.APPROVED, Status.REJECTED])
def test_what_a_curator_decided_on_is_not_taken_back(decision):
    triple = make_triple("soft", evidence=[make_verdict_evidence(7)])
    decide(triple_ids=[triple.pk], status=decision, by=make_curator(), reason="seen")

    with pytest.raises(AlreadyDecided, match="soft"):
        withdraw_evidence(reference="verdict/7", actor="t", reason="r")

    assert status(triple) == decision and triple.evidence.count() == 1


def test_evidence_that_came_after_the_decision_can_be_taken_back():
    triple = make_triple("soft", evidence=[make_verdict_evidence(7)])
    decide(triple_ids=[triple.pk], status=Status.APPROVED, by=make_curator())
    later = make_triple("soft", category=make_category("Shampoo"), evidence=[make_verdict_evidence(8)])

    withdraw_evidence(reference="verdict/8", actor="t", reason="r")

    assert (status(triple), status(later), status(triple.object)) == (
        Status.APPROVED,
        Status.WITHDRAWN,
        Status.APPROVED,
    )


def test_everyone_is_one_approved_segment_in_both_languages():
    ensure_default_ontology()

    assert everyone() == everyone()
    assert set(everyone().labels.values_list("text", flat=True)) == {"All users", "所有用户"}


def in_threads(*jobs):
    start, errors = threading.Barrier(len(jobs)), []

    def run(job):
        start.wait()
        try:
            job()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_two_workers_proposing_the_same_at_once_make_one_of_each():
    category = make_category()

    def propose(number):
        def job():
            for word in ("soft", "light", "gentle"):
                make_triple(word, category=category, evidence=[make_verdict_evidence(number)])
                make_triple(word, category=category, evidence=[make_verdict_evidence(1000)])

        return job

    errors = in_threads(*(propose(number) for number in range(1, 5)))

    assert errors == []
    assert Concept.objects.filter(concept_class__name="POI").count() == Triple.objects.count() == 3
    assert Evidence.objects.filter(triple__isnull=False).count() == 3 * 5
    assert Change.objects.filter(action="propose").count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_concept_rejected_while_it_is_proposed_elsewhere_leaves_nothing_in_the_queue():
    for round_ in range(5):
        word = f"soft {round_}"
        concept, curator = make_triple(word).object, make_curator()
        shampoo = make_category("Shampoo")

        errors = in_threads(
            lambda concept=concept, curator=curator: decide(
                concept_ids=[concept.pk], status=Status.REJECTED, by=curator, reason="no"
            ),
            lambda concept=concept, shampoo=shampoo: propose_triple(
                subject=shampoo, relation="has_poi", object=concept, evidence=[make_verdict_evidence()]
            ),
        )

        assert errors == []
        assert not Triple.objects.proposed().touching([concept.pk]).exists()
