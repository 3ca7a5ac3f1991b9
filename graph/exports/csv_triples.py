"""Triples as CSV with their words beside the IRIs, for spreadsheets and data frames."""

import uuid
from collections.abc import Iterator

from django.db import connection

from graph.exports.rows import row
from graph.exports.terms import Names
from graph.models import Release, ReleasedTriple

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
    with connection.cursor() as cursor:
        # Each key is looked up by itself, whatever the planner thinks of a list of thousands.
        cursor.execute(
            """SELECT wanted.key, coalesce(labels -> 0 ->> 1, '')
               FROM unnest(%(keys)s::uuid[]) AS wanted (key)
               CROSS JOIN LATERAL (
                 SELECT labels FROM graph_releasedconcept AS released
                 WHERE released.key = wanted.key AND first_release <= %(number)s
                   AND (last_release IS NULL OR last_release > %(number)s)
                 ORDER BY first_release LIMIT 1) AS held""",
            {"keys": list(keys), "number": release.number},
        )
        return dict(cursor.fetchall())
