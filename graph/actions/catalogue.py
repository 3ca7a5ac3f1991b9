"""Categories and items of a catalogue, put into the graph by the set.

Rows come in as a stream and go through COPY into temporary tables; everything after that is a handful of
statements over all of them. What a catalogue says is approved as it stands, with the import as evidence;
what a curator has renamed or rejected stays as the curator left it.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from graph.actions import catalogue_sql as sql
from graph.actions.catalogue_rows import CategoryCopy, ItemCopy
from graph.actions.propose import OutsideOntology
from graph.models import ConceptClass, Relation, Status
from people.models import Change


class CategoryRow(NamedTuple):
    external_id: str
    parent: str  # external id of the category above, "" at the top
    labels: Mapping[str, str]  # language -> text; the first one names the category in lists


class ItemRow(NamedTuple):
    external_id: str
    category: str  # external id of its category
    language: str
    title: str
    properties: Sequence[tuple[str, str]]  # (property, value)


class RowProblem(NamedTuple):
    index: int  # type: ignore[assignment]  # of the row in the stream, from 0
    reason: str


@dataclass
class Upserted:
    """What an upsert did, in rows of the input; problems are of rows that were left out."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)


def upsert_categories(rows: Iterable[CategoryRow], *, by, actor: str, reference: str) -> Upserted:
    """Put categories and their tree in place; a row whose parent is unknown or below itself is left out."""
    steps = (sql.CATEGORY_PROBLEMS, sql.CATEGORY_CONCEPTS, sql.CATEGORY_TRIPLES)
    return _upsert(CategoryCopy(), rows, steps, by=by, actor=actor, reference=reference)


def upsert_items(rows: Iterable[ItemRow], *, by, actor: str, reference: str) -> Upserted:
    """Put items with their category and property values in place.

    A value that an item no longer has is taken from it. Rows with an unknown category are left out.
    """
    steps = (sql.ITEM_PROBLEMS, sql.ITEM_CONCEPTS, sql.ITEM_TRIPLES)
    return _upsert(ItemCopy(), rows, steps, by=by, actor=actor, reference=reference)


@transaction.atomic
def _upsert(copy, rows, steps, *, by, actor: str, reference: str) -> Upserted:
    kind, number = reference.split("/")
    _check_ontology(copy.needs)
    find_problems, put_concepts, put_triples = steps
    with connection.cursor() as cursor:
        # One import at a time: two would insert the same property values in different orders.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('graph catalogue'))")
        for statement in sql.TABLES:
            cursor.execute(statement)
        problems = [RowProblem(*problem) for problem in copy.run(cursor, rows)]
        values = {
            "by": by.pk if by else None,
            "now": timezone.now(),
            "reference": reference,
            "approved": Status.APPROVED,
            "withdrawn": Status.WITHDRAWN,
        }
        for statement in sql.ANALYZE:
            cursor.execute(statement)
        for statement in find_problems:
            cursor.execute(statement)
        cursor.execute(sql.LIST_PROBLEMS)
        problems += [RowProblem(row, _why(*why)) for row, *why in cursor.fetchall()]
        for statement in (*sql.DROP_BAD, *put_concepts, *sql.PUT_CONCEPTS, *put_triples, *sql.PUT_TRIPLES):
            cursor.execute(statement, values)
        cursor.execute(sql.COUNT)
        added, changed, unchanged = cursor.fetchone()
        for statement in sql.DROP_TABLES:
            cursor.execute(statement)
    done = Upserted(added, changed, unchanged, sorted(problems))
    Change.objects.create(
        batch=uuid.uuid4(),
        by=by,
        actor=actor,
        action="import",
        entity=kind,
        entity_id=int(number),
        after={"what": copy.what, "added": added, "changed": changed, "unchanged": unchanged},
    )
    return done


def _why(problem: str, external_id: str, other: str) -> str:
    reasons = {
        "repeated": _("the id “%(id)s” is already in an earlier row"),
        "parent": _("there is no category “%(other)s” to put it under"),
        "circle": _("the category would stand below itself, by way of “%(other)s”"),
        "above": _("the category above it, “%(other)s”, is left out"),
        "category": _("there is no category “%(other)s”"),
    }
    return reasons[problem] % {"id": external_id, "other": other}


def _check_ontology(needs: tuple[set[str], set[str]]) -> None:
    """Without this, statements that join with the ontology would quietly leave rows out."""
    classes = ConceptClass.objects.filter(is_retired=False).values_list("name", flat=True)
    relations = Relation.objects.filter(is_retired=False).values_list("name", flat=True)
    missing = sorted((needs[0] - set(classes)) | (needs[1] - set(relations)))
    if missing:
        raise OutsideOntology(
            _("The ontology in force has no %(missing)s, which catalogues need.")
            % {"missing": ", ".join(missing)}
        )
