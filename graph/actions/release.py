"""Cutting a release: one consistent look at the graph, stored as what changed since the last release."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from graph.actions import release_sql as sql
from graph.exports.terms import is_iri
from graph.models import Level, Ontology, Release, ReleasedConcept, ReleasedTriple
from people.errors import UserError
from people.events import emit
from people.models import Change, EventName


class NothingChanged(UserError):
    def __init__(self, number: int):
        super().__init__(
            _("Nothing was approved, changed or taken out since release %(number)s.") % {"number": number}
            if number
            else _("Nothing is approved yet. Approve something in the review queue first.")
        )


@dataclass(frozen=True)
class Delta:
    """How many rows a release adds and takes out."""

    concepts_in: int
    concepts_out: int
    triples_in: int
    triples_out: int

    def __bool__(self) -> bool:
        return any((self.concepts_in, self.concepts_out, self.triples_in, self.triples_out))


def cut_release(
    *, levels: Collection[str], note: str = "", by, actor: str = "", allow_empty: bool = False
) -> Release:
    """Publish the approved graph as the next release.

    It holds the approved concepts, and the approved triples whose subject, object and scope are approved.
    `levels` are brought up to date; rows of the other level stand as in the release before, unless a
    concept that they need has gone.
    """
    levels = [level for level in Level.values if level in levels]
    if not levels:
        raise UserError(_("Choose at least one level to release."))
    if not is_iri(settings.GRAPH_IRI):
        raise ImproperlyConfigured(f"GRAPH_IRI is {settings.GRAPH_IRI!r}; it must be an IRI ending in / or #")
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:  # otherwise (a test's transaction) the look is only as good as theirs
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # LOCK takes no snapshot: whoever waits here sees what the release before has stored. An
            # advisory lock would be taken by a SELECT, whose snapshot is from before the wait.
            cursor.execute("LOCK TABLE graph_release IN EXCLUSIVE MODE")
        last = Release.objects.aggregate(last=Max("number"))["last"] or 0
        delta = _store(number=last + 1, levels=levels)
        if not delta and not allow_empty:
            raise NothingChanged(last)
        return _publish(last + 1, levels=levels, note=note, delta=delta, by=by, actor=actor)


def _store(*, number: int, levels: list[str]) -> Delta:
    """Close the rows that are no longer so and insert the new ones."""
    values: dict[str, Any] = {"number": number, "levels": levels}
    counts = []
    with connection.cursor() as cursor:
        for statement in sql.WANTED:
            cursor.execute(statement, values)
        cursor.execute(sql.CLOSE_CONCEPTS, values)
        concepts_out = cursor.rowcount
        cursor.execute(sql.GONE, values)
        for statement in (sql.CLOSE_TRIPLES, sql.OPEN_CONCEPTS, sql.OPEN_TRIPLES):
            cursor.execute(statement, values)
            counts.append(cursor.rowcount)
        cursor.execute(sql.DROP)
    triples_out, concepts_in, triples_in = counts
    return Delta(concepts_in, concepts_out, triples_in, triples_out)


def _publish(number: int, *, levels, note: str, delta: Delta, by, actor: str) -> Release:
    # After its rows: from now on the database lets nothing into the release nor out of it.
    release = Release.objects.create(
        number=number,
        levels=levels,
        note=note.strip(),
        ontology=Ontology.objects.order_by("-pk").first(),
        iri_base=settings.GRAPH_IRI,
        concepts=ReleasedConcept.objects.held_by(number).count(),
        triples=ReleasedTriple.objects.held_by(number).count(),
        released_by=by,
    )
    Change.objects.create(
        by=by,
        actor=actor,
        action="release",
        entity="release",
        entity_id=release.pk,
        after={
            "number": number,
            "levels": levels,
            "concepts_in": delta.concepts_in,
            "concepts_out": delta.concepts_out,
            "triples_in": delta.triples_in,
            "triples_out": delta.triples_out,
        },
        reason=release.note,
    )
    told = {"release": number, "levels": levels, "concepts": release.concepts, "triples": release.triples}
    emit(EventName.RELEASE_CUT, {**told, "note": release.note})
    return release
