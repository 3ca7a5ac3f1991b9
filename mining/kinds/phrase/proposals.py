"""What an accepted phrase proposes to the graph."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from annotation.models import Verdict
from graph.actions.propose import NewEvidence, propose_concept, propose_triple
from graph.actions.propose_new import NewEnd, propose_new
from graph.actions.words import add_alias, remove_alias
from graph.identity import everyone, normal_form
from graph.models import Concept, Evidence, Label, Status
from mining.kinds.trail import Judged, judged, reference, verdict_evidence, withdraw
from mining.models import PhraseCandidate

__all__ = ["on_accept", "on_accept_all", "on_withdraw"]

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
    if concept.status == Status.PROPOSED:
        words = (
            [own, *task.content.get("variants", ())] if own != phrase else task.content.get("variants", ())
        )
        for word in words:
            add_alias(concept=concept, language=task.language, text=word, by=None, reason=actor)


def on_accept_all(verdicts: Sequence[Verdict]) -> set[int]:
    """The same for many at once, as far as all that they propose is new; the keys of those that are done."""
    done = {verdict.pk for verdict in verdicts if verdict.task.campaign.question == "phrase"}
    # A spelling of another phrase has that one's concept to find first, and variants are words to add.
    plain = [
        one
        for one in verdicts
        if one.pk not in done and not one.task.represented_by_id and not one.task.content.get("variants")
    ]
    candidates = PhraseCandidate.objects.filter(
        pk__in=[one.task.candidate_id for one in plain if one.task.campaign.question == "poi"]
    )
    of = {one.pk: one.category for one in candidates.select_related("category__concept_class")}
    known, everybody = judged(plain), None
    ends = []
    for verdict in plain:
        task = verdict.task
        if task.campaign.question == "poi":
            subject, class_name, relation = of.get(task.candidate_id), "POI", "has_poi"
        else:
            subject = everybody = everybody or everyone()
            class_name, relation = "Problem", "has_problem"
        if subject is not None:
            evidence, actor = _evidence(verdict, known), reference(verdict)
            phrase = task.content["phrase"]
            ends.append(NewEnd(class_name, phrase, task.language, subject, relation, evidence, actor))
    proposed = {end.actor for end, is_new in zip(ends, propose_new(ends), strict=True) if is_new}
    return done | {verdict.pk for verdict in plain if reference(verdict) in proposed}


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


def _evidence(verdict: Verdict, known: Judged | None = None) -> list[NewEvidence]:
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
    return [verdict_evidence(verdict, task.content["phrase"], known), *sentences]
