"""Our tasks in Label Studio's JSON: what is shown, what the model thinks, what people said."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import override

from annotation import kinds
from annotation.labelstudio.config import ANSWER, object_of
from annotation.labelstudio.results import OURS, Told, annotation_of
from annotation.models import Answer, Campaign, Judgment, Pool, Task
from annotation.text import question_of

BATCH = 200
PAGE_LANGUAGE = {"zh": "zh-hans"}


def task_of(task: Task, *, predictions: bool = True) -> dict[str, Any]:
    """One task, without answers. Needs nothing of our server: images are in it."""
    kind = task.kind
    with override(PAGE_LANGUAGE.get(task.language, "en")):
        shown = kind.label_task(task) if kind.label_task else dict(task.content)
        question = question_of(task)
    ours = {
        "campaign": task.campaign_id,
        "task": task.pk,
        "candidate": task.candidate_id,
        "revision": task.revision,
    }
    regions = shown.pop("regions", [])
    whole: dict[str, Any] = {"data": {"question": question, **shown, OURS: ours}}
    if predicted := _prediction(task, regions, with_answer=predictions):
        whole["predictions"] = [predicted]
    return whole


def _prediction(task: Task, regions: list[dict], *, with_answer: bool) -> dict[str, Any] | None:
    results = list(regions)
    prediction: dict[str, Any] = {}
    if with_answer and task.score is not None:
        answer = Answer.ACCEPT if task.score >= 0.5 else Answer.REJECT
        about = {"from_name": ANSWER, "to_name": object_of(task.kind), "type": "choices"}
        results.append({**about, "value": {"choices": [str(answer)]}})
        # Label Studio's score is how sure the model is of what it predicts.
        prediction["score"] = max(task.score, 1 - task.score)
        prediction["model_version"] = f"kgcurate {task.scored_by}"
    return {"model_version": "kgcurate", **prediction, "result": results} if results else None


def told_of(judgment: Judgment) -> Told:
    return Told(
        answer=judgment.answer,
        reason=judgment.reason,
        typicality=judgment.typicality,
        comment=judgment.comment,
        took=judgment.took,
        at=judgment.judged_at,
        judgment=judgment.pk,
        annotator=judgment.annotator.username,
        guideline=judgment.guideline_id,
    )


def exportable(campaign: Campaign):
    """What may leave: not the known answers that people are measured by."""
    return campaign.tasks.exclude(pool=Pool.GOLD)


def export_lines(campaign: Campaign, *, predictions: bool = True) -> Iterator[str]:
    """A campaign with all its standing answers as one JSON list, streamed."""
    about = object_of(kinds.get(campaign.kind))
    first = True
    yield "["
    for batch in exportable(campaign).in_batches(BATCH):
        by_task: dict[int, list[Judgment]] = {}
        judgments = Judgment.objects.standing().filter(task__in=batch).select_related("annotator")
        for judgment in judgments.order_by("judged_at", "pk"):
            by_task.setdefault(judgment.task_id, []).append(judgment)
        for task in batch:
            task.campaign = campaign
            whole = task_of(task, predictions=predictions)
            answers = by_task.get(task.pk, [])
            whole["annotations"] = [annotation_of(told_of(judgment), about=about) for judgment in answers]
            yield ("\n" if first else ",\n") + json.dumps(whole, ensure_ascii=False)
            first = False
    yield "\n]\n"
