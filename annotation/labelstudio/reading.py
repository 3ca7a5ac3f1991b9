"""A JSON export of Label Studio, read as a stream: one task at a time, whatever its size."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from annotation.actions.importing import id_of, import_judgment
from annotation.labelstudio.people import People
from annotation.labelstudio.results import OURS, BadAnnotation, told_by
from annotation.models import Campaign, Task
from people.errors import UserError

BIGGEST_ID = 2**63 - 1


class NoExport(UserError):
    """The file is no JSON export."""


def tasks_in(file: BinaryIO) -> Iterator[Any]:
    import ijson  # comes with the SDK; for workers and commands

    try:
        # Numbers as Decimals: a float parser stops the whole file at one that is too large.
        yield from ijson.items(file, "item")
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise NoExport(f"This is not a JSON export of Label Studio: {error}") from None


def read(
    campaign: Campaign,
    file: BinaryIO,
    people: People,
    *,
    names: dict[int, str] | None = None,
    server: str = "file",
    on_task: Callable[[int, dict[str, int], list[str]], None],
) -> None:
    """Import every annotation; `on_task(row, outcome -> number, problems)` hears of each task.

    `names` are Label Studio's users by id, where the export names them by number alone.
    """
    for row, whole in enumerate(tasks_in(file), start=1):
        counts: dict[str, int] = {}
        problems: list[str] = []
        try:
            task_id = _find_task(campaign, whole)
            annotations = whole.get("annotations") or whole.get("completions") or []
            for annotation in annotations if isinstance(annotations, list) else []:
                outcome = _one(campaign, task_id, annotation, people, names or {}, server, problems)
                counts[outcome] = counts.get(outcome, 0) + 1
        except BadAnnotation as error:
            problems.append(str(error))
        on_task(row, counts, problems)


def _one(campaign, task_id, annotation, people, names, server, problems) -> str:
    try:
        told = told_by(annotation)
        if told.judgment:
            annotator, judgment_id = people.ours(told.annotator), told.judgment
        else:
            annotator = people.of(_name(annotation, names))
            judgment_id = id_of(_source(annotation, server))
        return import_judgment(
            campaign=campaign, task_id=task_id, annotator=annotator, judgment_id=judgment_id, told=told
        )
    except (BadAnnotation, UserError) as error:
        number = annotation.get("id", "?") if isinstance(annotation, dict) else "?"
        problems.append(f"annotation {number}: {error}")
        return "refused"


def _find_task(campaign: Campaign, whole: Any) -> int:
    shown = whole.get("data") if isinstance(whole, dict) else None
    ours = shown.get(OURS) if isinstance(shown, dict) else None
    if not isinstance(ours, dict):
        raise BadAnnotation("the task did not come from kgcurate: its data has no “kgcurate”")
    numbers: dict[str, Any] = {name: ours.get(name) for name in ("task", "candidate", "revision", "campaign")}
    if not all(
        isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= BIGGEST_ID
        for number in numbers.values()
    ):
        raise BadAnnotation("the task's “kgcurate” does not name task, candidate, revision and campaign")
    tasks = Task.objects.filter(
        campaign=campaign, candidate_id=numbers["candidate"], revision=numbers["revision"]
    )
    found = tasks.values_list("pk", flat=True).first()
    if found is None:
        raise BadAnnotation(f"this campaign does not ask about candidate {numbers['candidate']}")
    return found


def _name(annotation: dict[str, Any], names: dict[int, str]) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("username") or by.get("id")
    if isinstance(by, int):
        return names.get(by, f"user {by}")
    return str(by) if by else "unknown"


def _source(annotation: dict[str, Any], server: str) -> str:
    if unique := annotation.get("unique_id"):
        return f"label-studio/{unique}"
    if annotation.get("id") is None:
        raise BadAnnotation("it has no id, so it could not be told from others the next time")
    return f"{server}/{annotation.get('project', '')}/{annotation.get('task', '')}/{annotation['id']}"
