"""What the sources of all kinds share: which candidates are still to be asked about, and words for them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from annotation.models import Answer, Campaign, Task
from graph.models import ConceptClass, Label

BATCH = 2_000


def category_labels(ids: set[int]) -> dict[int, dict[str, Any]]:
    """Concept id -> its id in the catalogue, and its preferred word in both page languages."""
    rows = Label.objects.filter(concept__in=ids, is_preferred=True).values_list(
        "concept", "language", "text", "concept__name", "concept__external_id"
    )
    found: dict[int, dict[str, Any]] = {}
    for concept, language, text, name, external_id in rows:
        entry = found.setdefault(
            concept, {"external_id": external_id, "labels": dict.fromkeys(("en", "zh"), name)}
        )
        entry["labels"][language] = text
    return found


def class_labels() -> dict[str, dict[str, str]]:
    """Name of a class -> the words for it, by language."""
    return {
        name: labels or {"en": name} for name, labels in ConceptClass.objects.values_list("name", "labels")
    }


def still_to_ask(
    campaign: Campaign, candidates: QuerySet[Any], within: tuple[int, int] | None = None
) -> QuerySet[Any]:
    """Those the campaign has no task for at their revision and that nobody has turned down (promise 5).

    `campaign.source` may narrow them by `run`, `languages`, `categories` (ids of concepts or of the
    catalogue), `min_score`, and `limit`: only so many of the best-scored are ever asked about.
    `within`: only those between two keys.
    """
    wanted = narrowed(campaign, candidates)
    if limit := campaign.source.get("limit"):
        best = wanted.filter(_asked(campaign) | ~_turned_down(campaign)).order_by("-score", "pk").values("pk")
        wanted = candidates.filter(pk__in=best[: int(limit)])
    else:
        wanted = wanted.filter(~_turned_down(campaign, within))
    if within:
        wanted = wanted.filter(pk__range=within)
    return wanted.filter(~_asked(campaign, within))


def _asked(campaign: Campaign, within: tuple[int, int] | None = None) -> Exists:
    return as_it_is(Task.objects.filter(campaign=campaign), within)


def _turned_down(campaign: Campaign, within: tuple[int, int] | None = None) -> Exists:
    same_question = Campaign.objects.filter(kind=campaign.kind, question=campaign.question)
    rejected = Task.objects.filter(
        # A list, so that the index over campaign, candidate and revision serves each of them.
        campaign__in=list(same_question.values_list("pk", flat=True)),
        verdicts__withdrawn_at=None,
        verdicts__answer__in=(Answer.REJECT, Answer.BAD),
    )
    return as_it_is(rejected, within)


def by_language(candidates: QuerySet[Any]) -> dict[str, int]:
    return dict(candidates.order_by().values_list("language").annotate(count=Count("pk")))


def in_key_order(campaign: Campaign, candidates: QuerySet[Any]) -> Iterator[list[Any]]:
    """Those still to be asked about, in batches."""
    for within in windows(narrowed(campaign, candidates)):
        if batch := list(still_to_ask(campaign, candidates, within).order_by("pk")):
            yield batch


def windows(candidates: QuerySet[Any]) -> Iterator[tuple[int, int]]:
    """First and last key of so many candidates at a time.

    What has been asked is looked up between the two: the campaign grows while it is filled, and a look at all
    of its tasks with each batch would take longer each time.
    """
    keys, after = candidates.order_by("pk").values_list("pk", flat=True), 0
    while batch := list(keys.filter(pk__gt=after)[:BATCH]):
        after = batch[-1]
        yield batch[0], after


def narrowed(campaign: Campaign, candidates: QuerySet[Any]) -> QuerySet[Any]:
    narrow = campaign.source
    candidates = candidates.filter(language__in=narrow.get("languages") or campaign.languages)
    if run := narrow.get("run"):
        candidates = candidates.filter(imported_by=run)
    if categories := narrow.get("categories"):
        ids = [int(one) for one in categories if str(one).isdecimal()]
        names = [one for one in categories if isinstance(one, str)]
        candidates = candidates.filter(category__external_id__in=names) | candidates.filter(category__in=ids)
    if least := narrow.get("min_score"):
        candidates = candidates.filter(score__gte=float(least))
    return candidates


def as_it_is(tasks: QuerySet[Task], within: tuple[int, int] | None = None) -> Exists:
    """Whether one of the tasks is about the outer candidate at its revision."""
    if within:
        tasks = tasks.filter(candidate_id__range=within)
    return Exists(tasks.filter(candidate_id=OuterRef("pk"), revision=OuterRef("revision")))


def examples(language: str, *rows: tuple[str, str, str]) -> tuple[dict[str, str], ...]:
    """Examples of a guideline: candidate, answer and why."""
    return tuple(
        {"language": language, "candidate": candidate, "answer": answer, "why": why}
        for candidate, answer, why in rows
    )
