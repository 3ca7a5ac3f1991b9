"""Triples as CSV with their words beside the IRIs, for spreadsheets and data frames."""

import uuid
from collections.abc import Iterator

from graph.exports.rows import row
from graph.exports.terms import Names
from graph.models import Release, ReleasedConcept, ReleasedTriple

COLUMNS = [
    "triple",
    "subject",
    "subject_label",
    "relation",
    "object",
    "object_label",
    "scope",
    "scope_label",
    "level",
]


def lines(release: Release) -> Iterator[str]:
    names = Names(release.iri_base)
    yield row(COLUMNS)
    for batch in ReleasedTriple.objects.in_key_order(release.number):
        words = _words(release, batch)
        for triple in batch:
            yield row(
                [
                    names.triple(triple.key),
                    names.concept(triple.subject),
                    words[triple.subject],
                    triple.relation,
                    names.concept(triple.object),
                    words[triple.object],
                    names.concept(triple.scope) if triple.scope else "",
                    words[triple.scope] if triple.scope else "",
                    triple.level,
                ]
            )


def _words(release: Release, batch: list[ReleasedTriple]) -> dict[uuid.UUID, str]:
    """The first label, as it was released, of every concept that the triples stand on."""
    keys = {key for triple in batch for key in (triple.subject, triple.object, triple.scope) if key}
    concepts = ReleasedConcept.objects.held_by(release.number).filter(key__in=keys)
    return {key: labels[0][1] if labels else "" for key, labels in concepts.values_list("key", "labels")}
