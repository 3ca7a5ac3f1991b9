"""The ends of a proposed triple: concepts found by their word, and proposed where they are missing."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph.actions.evidence import NewEvidence
from graph.actions.propose import propose_concept, support_concept
from graph.identity import catalogue_key, normal_form, phrase_key
from graph.models import Concept, Status

LIVING = (Status.APPROVED, Status.PROPOSED)


@dataclass(frozen=True)
class End:
    """A concept as a proposer names it; `external_id` where it is known by one and not by its word."""

    class_name: str
    text: str
    language: str
    evidence: Iterable[NewEvidence] = field(default=(), compare=False)
    external_id: str = ""


def propose_ends(ends: Sequence[End], *, actor: str) -> list[Concept]:
    """A concept for each, with its evidence, in their order; call it within a transaction.

    A word that one living concept of its class has is that concept, whatever catalogue it came from. Where
    none or several have it, it is the concept of the word itself.

    Those that are there are locked first, in key order as everybody locks them; the others are then made
    in an order of their own, so that two workers with the same ends do not wait for each other.
    """
    found = [_find(end) for end in ends]
    there = {end: concept for end, concept in zip(ends, found, strict=True) if concept}
    made: dict[End, Concept] = {}
    for end, concept in sorted(there.items(), key=lambda pair: pair[1].pk):
        made[end] = support_concept(concept=concept, evidence=end.evidence, actor=actor)
    for end in sorted({end for end in ends if end not in made}, key=_key):
        made[end] = propose_concept(
            class_name=end.class_name,
            text=end.text,
            language=end.language,
            external_id=end.external_id,
            evidence=end.evidence,
            actor=actor,
        )
    return [made[end] for end in ends]


def _find(end: End) -> Concept | None:
    if end.external_id:
        return Concept.objects.filter(key=_key(end)).first()
    named = Concept.objects.filter(
        concept_class__name=end.class_name,
        status__in=LIVING,
        labels__language=end.language,
        labels__normal_form=normal_form(end.text),
    )
    living = list(named.order_by("pk")[:2])
    return living[0] if len(living) == 1 else Concept.objects.filter(key=_key(end)).first()


def _key(end: End) -> uuid.UUID:
    if end.external_id:
        return catalogue_key(end.class_name, end.external_id)
    return phrase_key(end.class_name, end.language, end.text)
