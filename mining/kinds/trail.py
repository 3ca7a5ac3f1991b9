"""What all kinds say of a verdict when it proposes something, and how they take it back."""

from typing import Any

from annotation.models import Verdict
from graph.actions.propose import NewEvidence, withdraw_evidence


def reference(verdict: Verdict) -> str:
    return f"verdict/{verdict.pk}"


def verdict_evidence(verdict: Verdict, text: str) -> NewEvidence:
    """The verdict itself, on which a proposal stands. `text`: what was judged, in a few words."""
    return NewEvidence(
        kind="verdict",
        reference=reference(verdict),
        text=text,
        language=verdict.task.language,
        detail=trail(verdict),
    )


def withdraw(verdict: Verdict) -> None:
    """Take the verdict's word back; what only it spoke for is withdrawn with it."""
    withdraw_evidence(
        reference=reference(verdict), actor=reference(verdict), reason="the verdict no longer stands"
    )


def trail(verdict: Verdict) -> dict[str, Any]:
    """How the verdict came about, kept with the evidence as it was."""
    task = verdict.task
    judgments = list(
        # Those it rests on, which of a near-duplicate are another task's.
        verdict.judgments.values_list("guideline__version", "is_simulated")
    )
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
