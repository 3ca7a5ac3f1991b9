"""Proposals by the hundred, where nothing of them is there yet: a crowd at work finds new things mostly.

The rows are those that `propose_concept` and `propose_triple` would write, in a few statements for all of
them. What is there already, in whatever state, is left to those two.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from graph.actions.evidence import NewEvidence
from graph.actions.propose import LONGEST, OutsideOntology, check_parts
from graph.identity import normal_form, phrase_key, triple_key
from graph.models import Concept, ConceptClass, Evidence, Label, Relation, Status, Triple
from people.models import Change


@dataclass(frozen=True)
class NewEnd:
    """A phrase to become a concept, and the triple that leads to it from `subject`; evidence of both."""

    class_name: str
    text: str
    language: str
    subject: Concept  # with its class
    relation: str
    evidence: Sequence[NewEvidence]
    actor: str

    @property
    def name(self) -> str:
        return " ".join(self.text.split())

    @property
    def key(self) -> uuid.UUID:
        return phrase_key(self.class_name, self.language, self.name)


@transaction.atomic
def propose_new(ends: Sequence[NewEnd]) -> list[bool]:
    """Propose those of which nothing is there, for each whether it was proposed; the others are left alone.

    Raises IntegrityError, with nothing written, where somebody else proposes one of them this very moment.
    """
    classes = {row.name: row for row in ConceptClass.objects.filter(is_retired=False)}
    relations = _relations(ends, classes)
    keys = [end.key for end in ends]
    often = Counter(keys)
    there = set(Concept.objects.filter(key__in=keys).values_list("key", flat=True))
    rejected = _rejected({end.subject.pk for end in ends})
    is_new = [
        often[key] == 1
        and key not in there
        and end.subject.pk not in rejected
        and 0 < len(end.name) <= LONGEST
        and (end.subject.concept_class_id, end.relation, end.class_name) in relations
        for end, key in zip(ends, keys, strict=True)
    ]
    fresh = [end for end, new in zip(ends, is_new, strict=True) if new]
    concepts = Concept.objects.bulk_create(
        Concept(
            key=end.key,
            concept_class=classes[end.class_name],
            name=end.name,
            language=end.language,
            **_said(end),
        )
        for end in fresh
    )
    Label.objects.bulk_create(
        Label(
            concept=concept,
            language=concept.language,
            text=concept.name,
            normal_form=normal_form(concept.name)[:LONGEST],
            is_preferred=True,
        )
        for concept in concepts
    )
    triples = Triple.objects.bulk_create(
        Triple(
            key=triple_key(end.subject.key, end.relation, concept.key),
            subject=end.subject,
            relation=relations[end.subject.concept_class_id, end.relation, end.class_name],
            object=concept,
            **_said(end),
        )
        for end, concept in zip(fresh, concepts, strict=True)
    )
    parts = list(zip(fresh, concepts, triples, strict=True))
    Evidence.objects.bulk_create(
        [_evidence(item, concept=concept) for end, concept, _ in parts for item in _distinct(end)]
        + [_evidence(item, triple=triple) for end, _, triple in parts for item in _distinct(end)]
    )
    Change.objects.bulk_create(_changes(parts))
    return is_new


def _relations(
    ends: Sequence[NewEnd], classes: dict[str, ConceptClass]
) -> dict[tuple[int, str, str], Relation]:
    """(class of the subject, relation, class) -> the relation, where the ontology lets it join them."""
    found: dict[tuple[int, str, str], Relation] = {}
    for end in {(end.subject.concept_class_id, end.relation, end.class_name): end for end in ends}.values():
        if end.class_name in classes:
            concept = Concept(concept_class=classes[end.class_name], name=end.name)
            try:
                relation = check_parts(subject=end.subject, relation=end.relation, object=concept, scope=None)
            except OutsideOntology:
                continue
            found[end.subject.concept_class_id, end.relation, end.class_name] = relation
    return found


def _rejected(subjects: set[int]) -> set[int]:
    """Those that a curator rejected; until we commit, none of the others will be (graph.actions.propose)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, status FROM graph_concept WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [sorted(subjects)],
        )
        return {pk for pk, status in cursor.fetchall() if status == Status.REJECTED}


def _distinct(end: NewEnd) -> list[NewEvidence]:
    return list({(item.kind, item.reference): item for item in end.evidence}.values())


def _said(end: NewEnd) -> dict:
    """What a row keeps of its evidence (graph.actions.evidence.sum_up)."""
    details = [item.detail for item in _distinct(end) if item.kind == "verdict"]
    return {
        "posterior": details[-1].get("posterior") if details else None,
        "is_simulated": any(detail.get("simulated") for detail in details),
    }


def _evidence(item: NewEvidence, **owner) -> Evidence:
    return Evidence(
        **owner,
        kind=item.kind,
        reference=item.reference,
        text=item.text,
        language=item.language,
        start=item.start,
        end=item.end,
        detail=dict(item.detail),
    )


def _changes(parts: list[tuple[NewEnd, Concept, Triple]]) -> list[Change]:
    changes = []
    for end, concept, triple in parts:
        references = [item.reference for item in _distinct(end)]
        told = {"class": end.class_name, "name": concept.name, "language": concept.language}
        for entity, row, about in (("concept", concept, told), ("triple", triple, {"triple": str(triple)})):
            changes.append(
                Change(
                    actor=end.actor,
                    action="propose",
                    entity=entity,
                    entity_id=row.pk,
                    after={"status": row.status, **about, "evidence": references},
                )
            )
    return changes
