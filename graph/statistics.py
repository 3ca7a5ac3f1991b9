"""Numbers about the whole graph, each from one query that the database answers from an index."""

from typing import Any

from django.db.models import Count

from graph.models import Concept, ConceptClass, Relation, Release, Status, Triple


def overview() -> dict[str, Any]:
    """Concepts by class and triples by relation, each by status.

    {"concepts": [{"name", "label", "level", "proposed", "approved", "rejected", "withdrawn"}, …],
    "triples": [… the same], "waiting": proposals to review, "release": the newest release or None}
    """
    concepts = _by_status(ConceptClass.objects.all(), Concept, "concept_class")
    triples = _by_status(Relation.objects.all(), Triple, "relation")
    return {
        "concepts": concepts,
        "triples": triples,
        "waiting": sum(row["proposed"] for row in triples),
        "release": Release.objects.order_by("-number").first(),
    }


def _by_status(kinds, model, field: str) -> list[dict[str, Any]]:
    rows = {
        kind.pk: {
            "name": kind.name,
            "label": kind.label,
            "level": kind.level,
            **dict.fromkeys(Status.values, 0),
        }
        for kind in kinds.order_by("-level", "name")
    }
    counts = model.objects.order_by().values_list(field, "status").annotate(count=Count("pk"))
    for kind, status, count in counts:
        rows[kind][status] = count
    return list(rows.values())


def decided_since_release() -> dict[str, int] | None:
    """Triples approved and rejected since the last release; None before the first."""
    last = Release.objects.order_by("-number").first()
    if last is None:
        return None
    decided = Triple.objects.filter(decided_at__gt=last.released_at).order_by()
    counts = dict(decided.values_list("status").annotate(count=Count("pk")))
    return {"approved": counts.get(Status.APPROVED, 0), "rejected": counts.get(Status.REJECTED, 0)}
