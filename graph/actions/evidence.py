"""Attaching evidence to a row that the caller has locked, and what a row keeps of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.models import Concept, Evidence, Triple


@dataclass(frozen=True)
class NewEvidence:
    """One reason to believe, as a proposer hands it in.

    What the pages know in `detail`: of a verdict "votes" (answer -> number), "posterior", "score",
    "model_version", "simulated", "campaign"; of a sentence "source" (the document's title).
    """

    kind: str  # one of EvidenceKind
    reference: str  # "verdict/17", "sentence/9", "run/3": what the API resolves
    text: str = ""
    language: str = ""
    # Half-open span of the phrase within `text`, in characters.
    start: int | None = None
    end: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def add_evidence(row: Concept | Triple, evidence: Iterable[NewEvidence]) -> list[str]:
    """Attach what the locked row does not have yet; returns the references that were new."""
    there = set(row.evidence.values_list("kind", "reference"))
    new = {(item.kind, item.reference): item for item in evidence}
    owner = {"concept": row} if isinstance(row, Concept) else {"triple": row}
    rows = [
        Evidence(
            **owner,
            kind=item.kind,
            reference=item.reference,
            text=item.text,
            language=item.language,
            start=item.start,
            end=item.end,
            detail=dict(item.detail),
        )
        for key, item in new.items()
        if key not in there
    ]
    Evidence.objects.bulk_create(rows)
    if rows:
        sum_up(row)
    return [item.reference for item in rows]


def sum_up(row: Concept | Triple) -> None:
    """Bring the row's posterior and simulated mark in line with the verdicts among its evidence."""
    details = list(row.evidence.filter(kind="verdict").order_by("-pk").values_list("detail", flat=True))
    posterior = details[0].get("posterior") if details else None
    is_simulated = any(detail.get("simulated") for detail in details)
    if (row.posterior, row.is_simulated) != (posterior, is_simulated):
        row.posterior, row.is_simulated = posterior, is_simulated
        row.save(update_fields=["posterior", "is_simulated"])
