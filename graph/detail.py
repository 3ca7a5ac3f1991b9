"""Everything a page shows about one concept or triple; the same for the reading pane and the full page."""

from typing import Any

from django.db.models import Case, IntegerField, Q, When

from graph.models import Concept, Evidence, Status, Triple
from graph.references import page_url
from people.models import Change

HISTORY, EVIDENCE, TRIPLES = 20, 30, 50


def about_triple(triple: Triple) -> dict[str, Any]:
    return {
        "triple": triple,
        "row": triple,
        "kind": "triple",
        "evidence": evidence_of(triple),
        "history": history_of("triple", triple.pk),
    }


def about_concept(concept: Concept) -> dict[str, Any]:
    return {
        "concept": concept,
        "row": concept,
        "kind": "concept",
        "labels": concept.labels.order_by("language", "-is_preferred", "text"),
        "evidence": evidence_of(concept),
        "history": history_of("concept", concept.pk),
    }


def evidence_of(row: Concept | Triple) -> list[Evidence]:
    """Verdicts first, then sentences, then the rest; each with a link to its source."""
    order = Case(
        When(kind="verdict", then=0), When(kind="sentence", then=1), default=2, output_field=IntegerField()
    )
    evidence = list(row.evidence.order_by(order, "-pk")[:EVIDENCE])
    for item in evidence:
        item.url = page_url(item.reference)
        # A phrase may come as evidence of a verdict; only sentences are worth quoting.
        item.is_quote = item.kind == "sentence"
    return evidence


def history_of(entity: str, pk: int) -> list[Change]:
    changes = (
        Change.objects.filter(entity=entity, entity_id=pk).select_related("by").order_by("-pk")[:HISTORY]
    )
    return link_actors(list(changes))


def link_actors(changes: list[Change]) -> list[Change]:
    """A machine's name in the trail is a reference where it has a page, such as "run/3"."""
    for change in changes:
        change.actor_url = page_url(change.actor)
    return changes


def triples_around(concept: Concept) -> list[Triple]:
    """The first triples at either end of a concept, approved ones first."""
    order = Case(
        When(status=Status.APPROVED, then=0),
        When(status=Status.PROPOSED, then=1),
        default=2,
        output_field=IntegerField(),
    )
    rows = Triple.objects.with_parts().filter(Q(subject=concept) | Q(object=concept) | Q(scope=concept))
    return list(rows.order_by(order, "relation__name", "pk")[: TRIPLES + 1])
