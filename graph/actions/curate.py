"""Curators' decisions: approve, reject, undo.

Rows are locked concepts first, then triples, each in key order, like everywhere in this room.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from graph.models import Concept, Status, Triple
from people.errors import UserError
from people.models import Change

ACTIONS = {Status.APPROVED: "approve", Status.REJECTED: "reject", Status.WITHDRAWN: "withdraw"}
UNDECIDED = (Status.PROPOSED, Status.WITHDRAWN)
# More than this in one decision holds its locks too long.
MOST = 5000


class ReasonMissing(UserError):
    def __init__(self):
        super().__init__(_("Say why it is rejected: the reason goes into the audit trail."))


class ConflictError(UserError):
    """The rows are no longer as the curator saw them; nothing was changed."""


class NothingToUndo(UserError):
    pass


@dataclass
class Decided:
    """What one decision changed, ids by kind; `also` are rows that came along with the chosen ones."""

    batch: uuid.UUID
    concepts: list[int] = field(default_factory=list)
    triples: list[int] = field(default_factory=list)
    also_concepts: list[int] = field(default_factory=list)
    also_triples: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.concepts) + len(self.triples)


@transaction.atomic
def decide(
    *,
    concept_ids: Iterable[int] = (),
    triple_ids: Iterable[int] = (),
    status: str,
    by,
    reason: str = "",
    batch: uuid.UUID | None = None,
    expected: str | None = None,
) -> Decided:
    """Approve or reject concepts and triples as one decision.

    Approving a triple approves its undecided subject, object and scope; rejecting a concept rejects its
    proposed triples; rejecting a triple withdraws a proposed end that nothing else stands on, so that
    nobody decides twice. Rows that already stand where they should are left alone. With `expected`, a
    row that stands neither there nor at `status` is a ConflictError.
    """
    status = Status(status)
    reason = reason.strip()
    if status not in (Status.APPROVED, Status.REJECTED):
        raise UserError(_("A decision approves or rejects."))
    if status == Status.REJECTED and not reason:
        raise ReasonMissing
    concept_ids, triple_ids = set(concept_ids), set(triple_ids)
    if len(concept_ids) + len(triple_ids) > MOST:
        raise UserError(_("At most %(most)s at a time.") % {"most": MOST})
    concepts, triples = _lock(concept_ids, triple_ids, rejecting=status == Status.REJECTED)
    chosen = [concepts[pk] for pk in sorted(concept_ids)] + [triples[pk] for pk in sorted(triple_ids)]
    _expect(chosen, status, expected)
    decided = Decided(batch or uuid.uuid4())
    pen = _Pen(decided.batch, by, reason)
    if status == Status.APPROVED:
        _refuse_rejected_ends(triples.values(), concepts, concept_ids)
    for row in chosen:
        if row.status != status:
            pen.move(row, status)
            (decided.concepts if isinstance(row, Concept) else decided.triples).append(row.pk)
    moved = [triples[pk] for pk in decided.triples]
    if status == Status.APPROVED:
        _approve_ends(moved, concepts, pen, decided)
    else:
        _reject_triples_of(decided.concepts, pen, decided)
        _withdraw_lonely_ends(moved, concepts, pen, decided)
    pen.write()
    return decided


def _lock(concept_ids: set[int], triple_ids: set[int], *, rejecting: bool):
    """The rows and the ends of the triples, by id. A missing one is a conflict: it was never shown."""
    ends = Triple.objects.filter(pk__in=triple_ids).values_list("subject_id", "object_id", "scope_id")
    needed = concept_ids.union(*(filter(None, row) for row in ends))
    # Against proposers, who hold KEY SHARE on the ends while they add a triple.
    rows = Concept.objects.select_for_update(no_key=not (rejecting and concept_ids))
    concepts = {row.pk: row for row in rows.filter(pk__in=needed).order_by("pk")}
    triples = {
        row.pk: row
        for row in Triple.objects.select_for_update(no_key=True, of=("self",))
        .with_parts()
        .filter(pk__in=triple_ids)
        .order_by("pk")
    }
    missing = sorted(concept_ids - concepts.keys()) + sorted(triple_ids - triples.keys())
    if missing:
        raise ConflictError(_("There is nothing with the number %(pk)s.") % {"pk": missing[0]})
    return concepts, triples


def _expect(chosen, status: str, expected: str | None) -> None:
    if expected is None:
        return
    moved = [row for row in chosen if row.status not in (expected, status)]
    if moved:
        raise ConflictError(
            _("Meanwhile changed by somebody else, so nothing was done: %(what)s.")
            % {"what": _named(moved, with_status=True)}
        )


def _named(rows, *, with_status: bool = False, most: int = 5) -> str:
    names = [
        f"{row} ({row.get_status_display().lower()})" if with_status else str(row) for row in rows[:most]
    ]
    if len(rows) > most:
        more = len(rows) - most
        names.append(ngettext("%(more)s other", "%(more)s others", more) % {"more": more})
    return ", ".join(names)


def _refuse_rejected_ends(triples, concepts: dict[int, Concept], approved_too: set[int]) -> None:
    ends = {pk for triple in triples for pk in triple.end_ids} - approved_too
    rejected = [concepts[pk] for pk in sorted(ends) if concepts[pk].status == Status.REJECTED]
    if rejected:
        raise ConflictError(
            _("Rejected concepts cannot stand in an approved triple. Approve them first: %(names)s.")
            % {"names": _named(rejected)}
        )


def _approve_ends(triples, concepts: dict[int, Concept], pen: "_Pen", decided: Decided) -> None:
    for pk in sorted({pk for triple in triples for pk in triple.end_ids}):
        if concepts[pk].status in UNDECIDED:
            pen.move(concepts[pk], Status.APPROVED)
            decided.also_concepts.append(pk)


def _reject_triples_of(concept_ids: list[int], pen: "_Pen", decided: Decided) -> None:
    if not concept_ids:
        return
    rows = Triple.objects.select_for_update(no_key=True, of=("self",)).proposed().touching(concept_ids)
    for triple in rows.order_by("pk"):
        pen.move(triple, Status.REJECTED)
        decided.also_triples.append(triple.pk)


def _withdraw_lonely_ends(triples, concepts: dict[int, Concept], pen: "_Pen", decided: Decided) -> None:
    ends = {pk for triple in triples for pk in triple.end_ids if concepts[pk].status == Status.PROPOSED}
    standing = Triple.objects.touching(ends).exclude(pk__in=[triple.pk for triple in triples])
    standing = standing.filter(status__in=[Status.PROPOSED, Status.APPROVED])
    held = {pk for row in standing.values_list("subject_id", "object_id", "scope_id") for pk in row}
    for pk in sorted(ends - held):
        pen.move(concepts[pk], Status.WITHDRAWN)
        decided.also_concepts.append(pk)


def _state(row: Concept | Triple) -> dict:
    return {
        "status": str(row.status),
        "decided_by": row.decided_by_id,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
    }


class _Pen:
    """Changes rows and keeps what goes into the trail, both written as sets."""

    def __init__(self, batch: uuid.UUID, by, reason: str):
        self.batch, self.by, self.reason, self.now = batch, by, reason, timezone.now()
        self.rows: list[Concept | Triple] = []
        self.changes: list[Change] = []

    def move(self, row: Concept | Triple, status: str) -> None:
        before = _state(row)
        row.status, row.decided_by, row.decided_at = status, self.by, self.now
        self.note(row, ACTIONS[Status(status)], before)

    def restore(self, row: Concept | Triple, state: dict, undoes: Change) -> None:
        before = _state(row)
        row.status, row.decided_by_id = state["status"], state["decided_by"]
        row.decided_at = parse_datetime(state["decided_at"]) if state["decided_at"] else None
        self.note(row, "undo", before, undoes=undoes)

    def note(self, row, action: str, before: dict, *, undoes: Change | None = None) -> None:
        self.rows.append(row)
        self.changes.append(
            Change(
                batch=self.batch,
                at=self.now,
                by=self.by,
                action=action,
                entity="concept" if isinstance(row, Concept) else "triple",
                entity_id=row.pk,
                before=before,
                after=_state(row),
                reason=self.reason,
                undoes=undoes,
            )
        )

    def write(self) -> None:
        # One UPDATE for all rows that come to stand alike: a decision makes one or two of them.
        alike: dict[tuple, list[int]] = {}
        for row in {(type(row), row.pk): row for row in self.rows}.values():
            state = (type(row), row.status, row.decided_by_id, row.decided_at)
            alike.setdefault(state, []).append(row.pk)
        for (model, status, by, at), ids in alike.items():
            model.objects.filter(pk__in=ids).update(status=status, decided_by=by, decided_at=at)
        Change.objects.bulk_create(self.changes)


@transaction.atomic
def undo(*, batch: uuid.UUID, by, reason: str = "") -> Decided:
    """Put everything one decision changed back to where it stood.

    A ConflictError, naming what, where a later change or triple rests on the decision. An undo is
    itself a batch and can be undone.
    """
    # Backwards, because a batch may have moved a row twice.
    changes = list(
        Change.objects.select_for_update()
        .filter(batch=batch, entity__in=["concept", "triple"], before__has_key="decided_at")
        .order_by("-pk")
    )
    if not changes:
        raise NothingToUndo(_("This was not a decision that can be undone."))
    if Change.objects.filter(undoes__in=changes).exists():
        raise NothingToUndo(_("This decision was already undone."))
    undone = Decided(uuid.uuid4())
    pen = _Pen(undone.batch, by, reason)
    rows = _lock_changed(changes)
    for change in changes:
        row, before = rows[change.entity, change.entity_id], change.before or {}
        if _state(row) == change.after:
            pen.restore(row, before, change)
            (undone.concepts if isinstance(row, Concept) else undone.triples).append(row.pk)
        elif row.status != before["status"]:
            raise ConflictError(
                _("This decision cannot be undone, because %(what)s has changed since. Nothing was done.")
                % {"what": _named([row], with_status=True)}
            )
    pen.write()
    _refuse_broken_ends(undone, decided_at=changes[-1].at)
    return undone


def _lock_changed(changes: list[Change]) -> dict[tuple[str, int], Concept | Triple]:
    ids = {
        entity: [change.entity_id for change in changes if change.entity == entity]
        for entity in ("concept", "triple")
    }
    concepts = Concept.objects.select_for_update().filter(pk__in=ids["concept"]).order_by("pk")
    triples = Triple.objects.select_for_update(no_key=True, of=("self",)).with_parts()
    rows: dict[tuple[str, int], Concept | Triple] = {("concept", row.pk): row for row in concepts}
    rows |= {("triple", row.pk): row for row in triples.filter(pk__in=ids["triple"]).order_by("pk")}
    return rows


def _refuse_broken_ends(undone: Decided, *, decided_at: datetime) -> None:
    """Nothing that was decided later may be left standing on a concept that this undo takes from under it."""
    concepts = Concept.objects.filter(pk__in=undone.concepts)
    undecided = concepts.exclude(status=Status.APPROVED).values_list("pk", flat=True)
    rejected = concepts.filter(status=Status.REJECTED).values_list("pk", flat=True)
    later = Q(decided_at__gt=decided_at) | Q(decided_at=None, created_at__gt=decided_at)
    approved = Triple.objects.with_parts().filter(later, status=Status.APPROVED)
    broken = [
        *approved.touching(list(undecided))[:6],
        *Triple.objects.with_parts().proposed().touching(list(rejected))[:6],
    ]
    for triple in Triple.objects.with_parts().proposed().filter(pk__in=undone.triples):
        ends = filter(None, (triple.subject, triple.object, triple.scope))
        if any(end.status == Status.REJECTED for end in ends):
            broken.append(triple)
    if broken:
        raise ConflictError(
            _("This decision cannot be undone, because these rest on it: %(what)s. Nothing was done.")
            % {"what": _named(broken)}
        )
