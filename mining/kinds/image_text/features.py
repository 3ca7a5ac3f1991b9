"""What a classifier gets to see of an image with a text.

Until there are encoders for images, that is little: how the colours of a thumbnail are spread, how bright
and how saturated it is (mining.images.statistics), the text and the item's title by their characters, and
each main colour together with the words of the text: enough to learn that "black" goes with dark
pictures, and not to see what is in them.
"""

from typing import Any

from annotation.models import Task
from mining.classifiers.features import words_of
from mining.images.statistics import NAMES, main_colours
from mining.models import ImageCandidate


def features(tasks: list[Task]) -> list[dict[str, Any]]:
    """One row per task, in their order."""
    wanted = {task.candidate_id for task in tasks}
    candidates = ImageCandidate.objects.filter(pk__in=wanted)
    known = {pk: told for pk, *told in candidates.values_list("pk", "image__statistics", "score")}
    return [_row(task, *known.get(task.candidate_id, ([0.0] * len(NAMES), 0.0))) for task in tasks]


def _row(task: Task, statistics: list[float], score: float) -> dict[str, Any]:
    content = task.content
    words = words_of(content["text"])
    colours = main_colours(statistics)
    category = content.get("category") or {}
    shared = set(words) & set(words_of(content.get("title", "")))
    return {
        # What tells two candidates apart when a batch is chosen.
        "form": f"{content['text'].lower()} {content['image']['sha256'][:8]}",
        "language": task.language,
        "category": content.get("category_id") or category.get("en") or "",
        "texts": {"text": content["text"], "title": content.get("title", "")},
        "words": [
            f"class:{content['class']}",
            *(f"colour:{colour}" for colour in colours),
            *(f"{colour} {word}" for colour in colours for word in words),
        ],
        "numbers": {
            **dict(zip(NAMES, statistics, strict=True)),
            "score": score,
            "share of the text in the title": len(shared) / max(len(set(words)), 1),
        },
    }
