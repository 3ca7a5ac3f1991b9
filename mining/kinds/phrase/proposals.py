"""What an accepted phrase proposes to the graph."""

from typing import Any

from django.db import transaction

from annotation.models import Verdict
from graph.actions.propose import NewEvidence, propose_concept, propose_triple
from graph.actions.words import add_alias, remove_alias
from graph.identity import everyone, normal_form
from graph.models import Concept, Evidence, Label, Status
from mining.kinds.trail import reference, verdict_evidence, withdraw
from mining.models import PhraseCandidate

__all__ = ["on_accept", "on_withdraw"]

SENTENCES = 3


@transaction.atomic
def on_accept(verdict: Verdict) -> None:
    """Propose the concept and its triple with all their evidence; a second time changes nothing."""
    task = verdict.task
    if task.campaign.question == "phrase":
        return  # it measures miners: that a phrase is whole makes it neither a wish nor a problem
    own, evidence, actor = task.content["phrase"], _evidence(verdict), reference(verdict)
    # A spelling of another phrase supports that one's concept, as an alias.
    phrase = task.represented_by.content["phrase"] if task.represented_by else own
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
    # What a curator has approved gets no further words that the curator has not seen.
    if own != phrase and concept.status == Status.PROPOSED:
        add_alias(concept=concept, language=task.language, text=own, by=None, reason=actor)


@transaction.atomic
def on_withdraw(verdict: Verdict) -> None:
    """The concept loses what this verdict gave it: its evidence, and its spelling."""
    if verdict.task.represented_by_id:
        held = Evidence.objects.filter(reference=reference(verdict), concept__isnull=False)
        aliases = Label.objects.filter(
            concept__in=held.values("concept"),
            concept__status=Status.PROPOSED,
            language=verdict.task.language,
            normal_form=normal_form(verdict.task.content["phrase"]),
            is_preferred=False,
        )
        for label in aliases:
            remove_alias(label=label, by=None, reason=reference(verdict))
    withdraw(verdict)


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
    return [verdict_evidence(verdict, task.content["phrase"]), *sentences]
