"""Proposals of machines and crowds: concepts and triples with their evidence, and taking them back.

Everything here may run twice and at once in two workers. Rows are locked concepts first, then triples,
each in key order, as the curator's actions do: keep to one concept and its triple per transaction. The lock
is FOR NO KEY UPDATE, which lets others refer to the row.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from graph.actions.evidence import NewEvidence, add_evidence, sum_up
from graph.identity import catalogue_key, normal_form, phrase_key, triple_key
from graph.models import Concept, ConceptClass, Evidence, Label, Relation, Status, Triple
from people.errors import UserError
from people.models import Change

__all__ = [
    "AlreadyDecided",
    "NewEvidence",
    "OutsideOntology",
    "propose_concept",
    "propose_triple",
    "support_concept",
    "withdraw_evidence",
]

DECIDED = (Status.APPROVED, Status.REJECTED)
# Kinds of evidence on which a proposal can stand; a sentence alone only illustrates.
SUPPORT = ("verdict", "curator", "import")
LONGEST = 500


class OutsideOntology(UserError):
    """The ontology has no place for what was proposed."""


class AlreadyDecided(UserError):
    """A curator has decided on the grounds of this evidence, so that it cannot be taken back."""

    def __init__(self, names: list[str]):
        self.names = names
        super().__init__(
            _("A curator has already decided on %(names)s; ask them to change the decision.")
            % {"names": ", ".join(names[:5])}
        )


@dataclass(frozen=True)
class Withdrawn:
    """What taking evidence back did: pieces of evidence removed, rows withdrawn with them."""

    evidence: int
    concepts: int
    triples: int


@transaction.atomic
def propose_concept(
    *,
    class_name: str,
    text: str,
    language: str,
    evidence: Iterable[NewEvidence],
    external_id: str = "",
    by=None,
    actor: str = "",
    reason: str = "",
    batch: uuid.UUID | None = None,
) -> Concept:
    """The concept of this phrase, proposed unless it was already there, with the evidence attached once.

    `external_id`: of a concept that is known by it, such as an image by its digest, and only called so.
    """
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise OutsideOntology(
            _("A concept needs a name of 1 to %(longest)s characters.") % {"longest": LONGEST}
        )
    concept_class = ConceptClass.objects.filter(name=class_name, is_retired=False).first()
    if concept_class is None:
        raise OutsideOntology(_("The ontology has no class “%(name)s”.") % {"name": class_name})
    concept, created = Concept.objects.get_or_create(
        key=catalogue_key(class_name, external_id) if external_id else phrase_key(class_name, language, text),
        defaults={
            "external_id": external_id,
            "concept_class": concept_class,
            "name": text,
            "language": language,
            "created_by": by,
        },
    )
    if created:
        Label.objects.create(
            concept=concept,
            language=language,
            text=text,
            normal_form=normal_form(text)[:LONGEST],
            is_preferred=True,
        )
    concept = Concept.objects.select_for_update(no_key=True).get(pk=concept.pk)
    after = {"class": class_name, "name": concept.name, "language": language}
    return _propose(
        concept, created, after, evidence=evidence, by=by, actor=actor, reason=reason, batch=batch
    )


@transaction.atomic
def support_concept(
    *, concept: Concept, evidence: Iterable[NewEvidence], by=None, actor: str = "", reason: str = ""
) -> Concept:
    """Attach evidence to a concept that is there; one that was withdrawn is proposed again."""
    concept = Concept.objects.select_for_update(no_key=True).get(pk=concept.pk)
    return _propose(concept, False, {}, evidence=evidence, by=by, actor=actor, reason=reason, batch=None)


@transaction.atomic
def propose_triple(
    *,
    subject: Concept,
    relation: str,
    object: Concept,
    scope: Concept | None = None,
    evidence: Iterable[NewEvidence],
    by=None,
    actor: str = "",
    reason: str = "",
    batch: uuid.UUID | None = None,
) -> Triple:
    """The triple of these parts, proposed unless it was already there, with the evidence attached once."""
    row = check_parts(subject=subject, relation=relation, object=object, scope=scope)
    rejected = _rejected_names([end.pk for end in (subject, object, scope) if end])
    triple, created = Triple.objects.get_or_create(
        key=triple_key(subject.key, relation, object.key, scope.key if scope else None),
        defaults={
            "subject": subject,
            "relation": row,
            "object": object,
            "scope": scope,
            "created_by": by,
        },
    )
    triple = Triple.objects.select_for_update(no_key=True, of=("self",)).with_parts().get(pk=triple.pk)
    after = {"triple": str(triple)}
    triple = _propose(
        triple, created, after, evidence=evidence, by=by, actor=actor, reason=reason, batch=batch
    )
    if rejected and triple.status == Status.PROPOSED:
        # What a curator threw out does not come back to the queue by another door.
        because = _("%(name)s was rejected") % {"name": rejected[0]}
        _move(triple, Status.REJECTED, "reject", by=by, actor=actor, reason=because, batch=batch)
    return triple


def _rejected_names(concept_ids: list[int]) -> list[str]:
    """Names of those that a curator rejected; until we commit, none of the others will be.

    KEY SHARE waits only for a curator who is just rejecting (FOR UPDATE); proposers share it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, status FROM graph_concept WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [concept_ids],
        )
        return [name for name, status in cursor.fetchall() if status == Status.REJECTED]


def check_parts(*, subject: Concept, relation: str, object: Concept, scope: Concept | None) -> Relation:
    """The relation, if the ontology lets it join these concepts."""
    row = Relation.objects.filter(name=relation, is_retired=False).select_related("scope").first()
    if row is None:
        raise OutsideOntology(_("The ontology has no relation “%(name)s”.") % {"name": relation})
    for ends, concept, place in (
        (row.domain, subject, _("subject")),
        (row.range, object, _("object")),
    ):
        allowed = dict(ends.values_list("pk", "name"))
        if concept.concept_class_id not in allowed:
            raise OutsideOntology(
                _("“%(relation)s” takes %(allowed)s as %(place)s, and “%(concept)s” is %(class)s.")
                % {
                    "relation": relation,
                    "allowed": ", ".join(sorted(allowed.values())),
                    "place": place,
                    "concept": concept.name,
                    "class": concept.concept_class.name,
                }
            )
    if row.scope_id != (scope.concept_class_id if scope else None):
        wanted = row.scope.name if row.scope else _("nothing")
        raise OutsideOntology(
            _("“%(relation)s” takes %(wanted)s as scope.") % {"relation": relation, "wanted": wanted}
        )
    return row


def _propose(row, created: bool, after: dict, *, evidence, by, actor, reason, batch):
    new = add_evidence(row, evidence)
    trail = {"by": by, "actor": actor, "reason": reason, "batch": batch}
    if row.status == Status.WITHDRAWN:
        _move(row, Status.PROPOSED, "propose", evidence=new, **trail)
    elif created:
        _record(row, "propose", None, {"status": row.status, **after, "evidence": new}, **trail)
    elif new:
        _record(row, "add evidence", None, {"evidence": new}, **trail)
    return row


def _move(row, status: str, action: str, *, evidence=(), **trail) -> None:
    before, row.status = {"status": row.status}, status
    row.save(update_fields=["status"])
    after = {"status": status, **({"evidence": list(evidence)} if evidence else {})}
    _record(row, action, before, after, **trail)


def _record(row, action: str, before, after, *, by, actor: str, reason: str, batch=None) -> None:
    Change.objects.create(
        batch=batch or uuid.uuid4(),
        by=by,
        actor=actor,
        action=action,
        entity="concept" if isinstance(row, Concept) else "triple",
        entity_id=row.pk,
        before=before,
        after=after,
        reason=reason,
    )


@transaction.atomic
def withdraw_evidence(*, reference: str, actor: str, reason: str) -> Withdrawn:
    """Take back all evidence of this reference, and the proposals that stood on nothing else.

    Raises AlreadyDecided, with nothing changed, where a curator decided after the evidence was there.
    """
    evidence = Evidence.objects.filter(reference=reference)
    concept_ids = set(evidence.filter(concept__isnull=False).values_list("concept_id", flat=True))
    triple_ids = set(evidence.filter(triple__isnull=False).values_list("triple_id", flat=True))
    rows: list[Concept | Triple] = [
        *Concept.objects.select_for_update(no_key=True).filter(pk__in=concept_ids).order_by("pk"),
        *Triple.objects.select_for_update(no_key=True, of=("self",))
        .with_parts()
        .filter(pk__in=triple_ids)
        .order_by("pk"),
    ]
    # Decisions made before the evidence came rest on other grounds.
    decided = [
        str(row)
        for row in rows
        if row.status in DECIDED
        and row.decided_at
        and row.evidence.filter(reference=reference, created_at__lte=row.decided_at).exists()
    ]
    if decided:
        raise AlreadyDecided(decided)
    removed = {"concept": 0, "triple": 0}
    count, batch = 0, uuid.uuid4()
    for row in rows:
        gone, _rows = row.evidence.filter(reference=reference).delete()
        count += gone
        sum_up(row)
        trail: dict[str, Any] = {"by": None, "actor": actor, "reason": reason, "batch": batch}
        if row.status == Status.PROPOSED and not row.evidence.filter(kind__in=SUPPORT).exists():
            removed["concept" if isinstance(row, Concept) else "triple"] += 1
            _move(row, Status.WITHDRAWN, "withdraw", evidence=[], **trail)
        else:
            _record(row, "remove evidence", {"evidence": [reference]}, None, **trail)
    return Withdrawn(evidence=count, concepts=removed["concept"], triples=removed["triple"])
