"""What waits for a curator's word: the queue of disputes, and all that is known about one of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotation.models import CLASSES, Answer, Appeal, Campaign, Judgment, Participation, Pool, Verdict
from annotation.text import question_of

PAGE = 50
# Counting stops here: whether 300 or 3,000 wait is all the same to somebody who reads them.
COUNTED = 999


@dataclass(frozen=True)
class Page:
    rows: list[Verdict]
    next_after: int | None
    total: int  # COUNTED + 1 stands for "more"


def waiting(campaign: Campaign | None = None) -> QuerySet[Verdict]:
    disputed = Verdict.objects.disputed().select_related("task__campaign")
    return disputed.filter(task__campaign=campaign) if campaign else disputed


def count() -> int:
    """Disputes and appeals that wait for a curator, as far as anybody would count."""
    waiting_verdicts = Verdict.objects.disputed().order_by()[: COUNTED + 1].count()
    return waiting_verdicts + Appeal.objects.open()[: COUNTED + 1].count()


def page_of(campaign: Campaign | None = None, *, after: int = 0, size: int = PAGE) -> Page:
    """The oldest first; `after` is the next_after of the page before."""
    rows = waiting(campaign)
    total = rows.order_by()[: COUNTED + 1].count()
    found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, found[-1].pk if more else None, total)


def about(verdict: Verdict) -> dict[str, Any]:
    """Who said what, when, how long, under which guideline, and how reliable they are; the model's score."""
    task = verdict.task
    judgments = _judgments(verdict)
    return {
        "verdict": verdict,
        "task": task,
        "campaign": task.campaign,
        "asks": question_of(task),
        "content": task.content,
        "template": task.kind.template,
        "judgments": judgments,
        "shares": [
            {"answer": answer, "share": share}
            for answer, share in zip(CLASSES, verdict.posteriors, strict=False)
            if answer != Answer.BAD or task.kind.bad_reasons
        ],
        "reasons": task.kind.bad_reasons,
        "may_be_gold": task.pool != Pool.EVALUATION,
        "earlier": task.verdicts.exclude(pk=verdict.pk).select_related("decided_by").order_by("-pk"),
        "newest_guideline": task.campaign.guideline,
    }


def _judgments(verdict: Verdict) -> list[Judgment]:
    """Everything said about the task, each with its annotator's `participation`."""
    judgments = list(
        verdict.task.judgments.select_related("annotator", "guideline").order_by("judged_at", "pk")
    )
    people = Participation.objects.filter(
        campaign=verdict.task.campaign_id, annotator__in={judgment.annotator_id for judgment in judgments}
    )
    known = {participation.annotator_id: participation for participation in people}
    for judgment in judgments:
        judgment.participation = known.get(judgment.annotator_id)  # type: ignore[attr-defined]
    return judgments
