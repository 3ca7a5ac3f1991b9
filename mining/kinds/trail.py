"""What all kinds say of a verdict when it proposes something, and how they take it back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from annotation.models import Judgment, Verdict
from graph.actions.propose import NewEvidence, withdraw_evidence

# Judgment -> version of its guideline, whether a simulated crowd spoke.
Judged = dict[UUID, tuple[int, bool]]


def reference(verdict: Verdict) -> str:
    return f"verdict/{verdict.pk}"


def verdict_evidence(verdict: Verdict, text: str, judgments: Judged | None = None) -> NewEvidence:
    """The verdict itself, on which a proposal stands. `text`: what was judged, in a few words."""
    return NewEvidence(
        kind="verdict",
        reference=reference(verdict),
        text=text,
        language=verdict.task.language,
        detail=trail(verdict, judgments),
    )


def withdraw(verdict: Verdict) -> None:
    """Take the verdict's word back; what only it spoke for is withdrawn with it."""
    why = gettext_noop("the verdict no longer stands")
    withdraw_evidence(reference=reference(verdict), actor=reference(verdict), reason=why)


def judged(verdicts: Iterable[Verdict]) -> Judged:
    """Of all the judgments that these verdicts rest on."""
    found = Judgment.objects.filter(pk__in=[pk for verdict in verdicts for pk in verdict.basis])
    told = found.values_list("pk", "guideline__version", "is_simulated")
    return {pk: (version, is_simulated) for pk, version, is_simulated in told}


def trail(verdict: Verdict, known: Judged | None = None) -> dict[str, Any]:
    """How the verdict came about, kept with the evidence as it was. `known`: its judgments, read before."""
    task = verdict.task
    if known is None:
        known = judged([verdict])
    # Those it rests on, which of a near-duplicate are another task's.
    judgments = [known[pk] for pk in verdict.basis if pk in known]
    return {
        "campaign": task.campaign.name,
        "campaign_id": task.campaign_id,
        "question": task.campaign.question,
        "answer": verdict.answer,
        "votes": verdict.votes,
        "posterior": verdict.posterior,
        "method": verdict.method,
        "score": task.score,
        "model_version": task.scored_by,
        "guidelines": sorted({version for version, _ in judgments}),
        "simulated": any(simulated for _, simulated in judgments),
    }
