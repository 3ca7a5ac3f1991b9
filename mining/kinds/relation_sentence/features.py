"""What a classifier gets to see of a relation sentence.

The ends by their characters, and the words before, between and behind them with the ends masked out: what
says a relation stands around its ends (AliMe KG 4.4.1).
"""

import math
from typing import Any

from annotation.models import Task
from mining.classifiers.pairs import pair_words
from mining.models import RelationCandidate


def features(tasks: list[Task]) -> list[dict[str, Any]]:
    """One row per task, in their order."""
    wanted = {task.candidate_id for task in tasks}
    scores = dict(RelationCandidate.objects.filter(pk__in=wanted).values_list("pk", "score"))
    return [_row(task, scores.get(task.candidate_id, 0.0)) for task in tasks]


def _row(task: Task, score: float) -> dict[str, Any]:
    content = task.content
    subject, object_ = content["subject"], content["object"]
    spans = (subject["start"], subject["end"]), (object_["start"], object_["end"])
    between = max(spans[0][0], spans[1][0]) - min(spans[0][1], spans[1][1])
    category = content.get("category") or {}
    return {
        # What tells two candidates apart when a batch is chosen.
        "form": content["text"].lower(),
        "language": task.language,
        "category": content.get("category_id") or category.get("en") or "",
        "texts": {"subject": subject["text"], "object": object_["text"]},
        "words": list(pair_words(content["text"], *spans)),
        "numbers": {
            "log_between": math.log1p(between),
            "log_length": math.log1p(len(content["text"])),
            "subject_first": float(spans[0] < spans[1]),
            "score": score,
        },
    }
