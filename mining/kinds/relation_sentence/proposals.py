"""What an accepted relation sentence proposes to the graph: the triple, and its ends where missing."""

from typing import Any

from django.db import transaction

from annotation.models import Verdict
from graph.actions.propose import NewEvidence, propose_triple
from graph.actions.propose_ends import End, propose_ends
from graph.models import Concept, Relation
from mining.kinds.trail import reference, verdict_evidence
from mining.models import RelationCandidate


@transaction.atomic
def on_accept(verdict: Verdict) -> None:
    """Propose triple and ends with the sentence as evidence; a second time changes nothing."""
    task = verdict.task
    content, actor = task.content, reference(verdict)
    relation = content["relation"]
    ends = [
        End(
            content[name]["class"],
            content[name]["text"],
            task.language,
            [_verdict(verdict), _sentence(verdict, content[name]["start"], content[name]["end"])],
        )
        for name in ("subject", "object")
    ]
    subject, object_ = propose_ends(ends, actor=actor)
    first, last = sorted((content["subject"], content["object"]), key=lambda end: end["start"])
    propose_triple(
        subject=subject,
        relation=relation,
        object=object_,
        scope=_scope(relation, task.candidate_id),
        evidence=[_verdict(verdict), _sentence(verdict, first["start"], last["end"])],
        actor=actor,
    )


def _scope(relation: str, candidate_id: int) -> Concept | None:
    """The category, where the ontology in force gives the relation one as scope."""
    if not Relation.objects.filter(name=relation, scope__isnull=False).exists():
        return None
    candidates = RelationCandidate.objects.filter(pk=candidate_id)
    return Concept.objects.filter(pk__in=candidates.values("category")).first()


def _verdict(verdict: Verdict) -> NewEvidence:
    words = verdict.task.content["words"]
    return verdict_evidence(
        verdict, f"{words['subject']} {verdict.task.content['relation']} {words['object']}"
    )


def _sentence(verdict: Verdict, start: int, end: int) -> NewEvidence:
    """The span is that of what it is evidence for; of the triple, from its first end to its last."""
    task = verdict.task
    content = task.content
    detail: dict[str, Any] = {
        "source": content.get("source", ""),
        "subject": [content["subject"]["start"], content["subject"]["end"]],
        "object": [content["object"]["start"], content["object"]["end"]],
        "revision": task.revision,
    }
    return NewEvidence(
        kind="sentence",
        reference=f"relation_candidate/{task.candidate_id}",
        text=content["text"],
        language=task.language,
        start=start,
        end=end,
        detail=detail,
    )
