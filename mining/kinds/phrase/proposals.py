"""What an accepted phrase proposes to the graph, and how it is taken back."""

from typing import Any

from django.db import transaction

from annotation.models import Verdict
from graph.actions.propose import NewEvidence, propose_concept, propose_triple, withdraw_evidence
from graph.identity import everyone
from graph.models import Concept
from mining.models import PhraseCandidate

SENTENCES = 3


@transaction.atomic
def on_accept(verdict: Verdict) -> None:
    """Propose the concept and its triple with all their evidence; a second time changes nothing."""
    task = verdict.task
    phrase, evidence, actor = task.content["phrase"], _evidence(verdict), reference(verdict)
    about: dict[str, Any] = {"text": phrase, "language": task.language, "evidence": evidence, "actor": actor}
    if task.campaign.question == "poi":
        category = Concept.objects.get(
            pk__in=PhraseCandidate.objects.filter(pk=task.candidate_id).values("category")
        )
        concept = propose_concept(class_name="POI", **about)
        propose_triple(subject=category, relation="has_poi", object=concept, evidence=evidence, actor=actor)
    else:
        concept = propose_concept(class_name="Problem", **about)
        propose_triple(
            subject=everyone(), relation="has_problem", object=concept, evidence=evidence, actor=actor
        )


def on_withdraw(verdict: Verdict) -> None:
    """Take the verdict's word back; what only it spoke for is withdrawn with it."""
    withdraw_evidence(
        reference=reference(verdict), actor=reference(verdict), reason="the verdict no longer stands"
    )


def reference(verdict: Verdict) -> str:
    return f"verdict/{verdict.pk}"


def _evidence(verdict: Verdict) -> list[NewEvidence]:
    task = verdict.task
    sentences = [
        NewEvidence(
            kind="sentence",
            reference=f"sentence/{example['sentence']}",
            text=example["text"],
            language=task.language,
            start=example["start"],
            end=example["end"],
            detail={"source": example["source"], "document_kind": example["kind"]},
        )
        for example in task.content.get("examples", ())[:SENTENCES]
    ]
    return [
        NewEvidence(
            kind="verdict",
            reference=reference(verdict),
            text=task.content["phrase"],
            language=task.language,
            start=None,
            end=None,
            detail=_trail(verdict),
        ),
        *sentences,
    ]


def _trail(verdict: Verdict) -> dict[str, Any]:
    """How the verdict came about, kept with the evidence as it was."""
    task = verdict.task
    judgments = list(
        task.judgments.filter(is_counted=True, withdrawn_at=None).values_list(
            "guideline__version", "is_simulated"
        )
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
