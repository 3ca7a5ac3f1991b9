"""Where somebody's answers differ from what turned out to be right, and who says so."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q

from annotation.models import Answer, Appeal, Gold, Judgment, Verdict
from annotation.models.gold import NOT_KNOWN
from annotation.models.judgment import JudgmentQuerySet


@dataclass(frozen=True)
class Correction:
    """What an annotator is told about one of their answers."""

    answer: str  # the right one
    why: str  # in the curator's words; may be empty
    is_known: bool  # a known answer, not a curator's decision
    appeal: Appeal | None = None

    @property
    def answer_label(self) -> str:
        return str(Answer(self.answer).label)


def corrected(judgments: JudgmentQuerySet) -> JudgmentQuerySet:
    """Those that a curator's decision or a known answer no longer in use says otherwise about.

    Known answers that still measure people are told to nobody.
    """
    standing = judgments.standing().exclude(answer=Answer.SKIP)
    decided = Q(task__verdicts__decided_by__isnull=False, task__verdicts__withdrawn_at=None)
    decided &= ~Q(task__verdicts__answer=F("answer")) & ~Q(task__pool="gold")
    told = Q(task__gold__status="retired") & ~Q(task__gold__retired_for__in=NOT_KNOWN)
    told &= ~Q(task__gold__answer=F("answer"))
    ids = standing.filter(decided).values("pk").union(standing.filter(told).values("pk"))
    return judgments.filter(pk__in=ids)


def corrections_of(judgments: Iterable[Judgment]) -> dict:
    """judgment id -> its Correction, for those of the given ones that have one."""
    judgments = [one for one in judgments if _may_be_corrected(one)]
    tasks = {judgment.task_id for judgment in judgments}
    told = {gold.task_id: gold for gold in Gold.objects.told().filter(task__in=tasks)}
    # A decision about a task that measures people would tell its answer.
    decisions = Verdict.objects.standing().filter(task__in=tasks, decided_by__isnull=False)
    decided = {verdict.task_id: verdict for verdict in decisions.exclude(task__pool="gold")}
    people = {judgment.annotator_id for judgment in judgments}
    appeals = {
        (appeal.task_id, appeal.annotator_id, appeal.told): appeal
        for appeal in Appeal.objects.filter(task__in=tasks, annotator__in=people)
    }
    found = {}
    for judgment in judgments:
        right = decided.get(judgment.task_id) or told.get(judgment.task_id)
        if right is None or right.answer == judgment.answer:
            continue
        appeal = appeals.get((judgment.task_id, judgment.annotator_id, right.answer))
        found[judgment.pk] = Correction(right.answer, right.why, isinstance(right, Gold), appeal)
    return found


def _may_be_corrected(judgment: Judgment) -> bool:
    is_standing = not (judgment.withdrawn_at or judgment.removed_at or judgment.set_aside_at)
    return is_standing and judgment.answer != Answer.SKIP
