"""Concepts, triples and proposals in a workspace with the default ontology."""

from itertools import count

from graph.actions.catalogue import CategoryRow, upsert_categories
from graph.actions.propose import NewEvidence, propose_concept, propose_triple
from graph.actions.setup import ensure_default_ontology
from graph.identity import catalogue_key
from graph.models import Concept, Triple

_numbers = count(1)


def make_verdict_evidence(number: int | None = None, **detail) -> NewEvidence:
    detail = {
        "posterior": 0.9,
        "votes": {"accept": 3, "reject": 0, "unsure": 0},
        "score": 0.8,
        "model_version": 1,
        "simulated": False,
        **detail,
    }
    return NewEvidence(kind="verdict", reference=f"verdict/{number or next(_numbers)}", detail=detail)


def make_sentence_evidence(text: str, phrase: str, *, language: str = "en") -> NewEvidence:
    start = text.index(phrase)
    return NewEvidence(
        kind="sentence",
        reference=f"sentence/{next(_numbers)}",
        text=text,
        language=language,
        start=start,
        end=start + len(phrase),
        detail={"source": "A review"},
    )


def make_category(name: str = "Face cream", external_id: str = "", *, parent: str = "") -> Concept:
    """An approved category, as the importer makes them."""
    ensure_default_ontology()
    external_id = external_id or name.casefold().replace(" ", "-")
    upsert_categories(
        [CategoryRow(external_id, parent, {"en": name})], by=None, actor="factory", reference="run/1"
    )
    return Concept.objects.get(key=catalogue_key("Category", external_id))


def make_concept(
    class_name: str = "POI", text: str = "", *, language: str = "en", evidence=None, **fields
) -> Concept:
    ensure_default_ontology()
    return propose_concept(
        class_name=class_name,
        text=text or f"phrase {next(_numbers)}",
        language=language,
        evidence=[make_verdict_evidence()] if evidence is None else evidence,
        actor="factory",
        **fields,
    )


def make_triple(
    text: str = "", *, category: Concept | None = None, language: str = "en", evidence=None
) -> Triple:
    """A proposed `Category has_poi POI` with the concept that it was proposed with."""
    category = category or make_category()
    evidence = [make_verdict_evidence()] if evidence is None else evidence
    concept = make_concept("POI", text, language=language, evidence=evidence)
    return propose_triple(
        subject=category, relation="has_poi", object=concept, evidence=evidence, actor="factory"
    )
