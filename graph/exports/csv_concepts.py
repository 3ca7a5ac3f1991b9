"""Concepts as CSV, one line per label."""

from collections.abc import Iterator

from graph.exports.rows import row
from graph.exports.terms import Names
from graph.models import Release, ReleasedConcept

COLUMNS = ["concept", "class", "level", "language", "label", "preferred"]


def lines(release: Release) -> Iterator[str]:
    names = Names(release.iri_base)
    yield row(COLUMNS)
    for batch in ReleasedConcept.objects.in_key_order(release.number):
        for concept in batch:
            first = [names.concept(concept.key), concept.concept_class, concept.level]
            for language, text, is_preferred in concept.labels:
                yield row([*first, language, text, "true" if is_preferred else "false"])
