"""What a classifier gets to see of a phrase task."""

from typing import Any

from annotation.models import Task
from mining.models import PhraseCandidate

FIGURES = (
    "count",
    "document_count",
    "pmi",
    "left_entropy",
    "right_entropy",
    "boundary_share",
    "lift",
    "score",
)


def features(tasks: list[Task]) -> list[dict[str, Any]]:
    """One row per task, in their order: the phrase as it was asked, with the newest figures of the miner."""
    wanted = {task.candidate_id for task in tasks}
    candidates = PhraseCandidate.objects.filter(pk__in=wanted).values("pk", "normal_form", *FIGURES)
    figures = {candidate.pop("pk"): candidate for candidate in candidates}
    return [_row(task, figures.get(task.candidate_id, {})) for task in tasks]


def _row(task: Task, figures: dict[str, Any]) -> dict[str, Any]:
    content = task.content
    category = content.get("category") or {}
    return {
        "phrase": content["phrase"],
        # What tells two candidates apart when a batch is chosen.
        "form": figures.get("normal_form") or content["phrase"].lower(),
        "language": task.language,
        # Its id where it has one: the same category then weighs the same in both languages.
        "category": content.get("category_id") or category.get("en") or category.get("zh") or "",
        "examples": [
            {
                "text": example["text"],
                "start": example["start"],
                "end": example["end"],
                "source": example.get("kind", ""),
            }
            for example in content.get("examples", ())
        ],
        **{name: value for name, value in figures.items() if name != "normal_form"},
    }
