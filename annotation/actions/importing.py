"""Answers that were given elsewhere become judgments, each once, and never more than the policy counts."""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from annotation.actions.judging import record_judgment
from annotation.labelstudio.results import BadAnnotation, Told
from annotation.models import Campaign, Judgment, Task

NAMESPACE = UUID("5b1f5f0e-3f0a-5d1c-9f5e-2f6f1c0f7a11")


def id_of(source: str) -> UUID:
    """The same source is the same judgment, however often it is imported."""
    return uuid5(NAMESPACE, source)


@transaction.atomic
def import_judgment(*, campaign: Campaign, task_id: int, annotator, judgment_id: UUID, told: Told) -> str:
    """Store an answer: "counted", "kept" (no seat was free), "known" or "second" (of the same person).

    Whoever answered elsewhere was never given the task by us: they come in like somebody whose lease ran
    out, so that their answer counts where a seat is free and is kept uncounted where none is.
    """
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id, campaign=campaign)
    task.campaign = campaign
    there = Judgment.objects.filter(pk=judgment_id).first()
    if there is not None:
        if there.task_id != task.pk:
            raise BadAnnotation(f"its id {judgment_id} belongs to an answer to another task")
        return "known"
    if task.judgments.filter(annotator=annotator, withdrawn_at=None, set_aside_at=None).exists():
        return "second"
    if annotator.pk not in task.taken_by and annotator.pk not in task.lapsed:
        task.lapsed = [*task.lapsed, annotator.pk]
        task.save(update_fields=["lapsed"])
    judgment = record_judgment(
        judgment_id=judgment_id,
        task=task,
        annotator=annotator,
        answer=told.answer,
        took=told.took,
        reason=told.reason,
        typicality=told.typicality,
        comment=told.comment,
        guideline_id=told.guideline,
    )
    if told.at and told.at < timezone.now():
        Judgment.objects.filter(pk=judgment.pk).update(judged_at=told.at)
    return "counted" if judgment.is_counted else "kept"
