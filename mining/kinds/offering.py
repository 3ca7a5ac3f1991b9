"""What a campaign can be narrowed to, for lists to pick from."""

from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from annotation.kinds import Offer
from annotation.text import in_page_language
from mining.kinds.asking import category_labels
from mining.models import Run, RunKind, RunStatus

MOST_CATEGORIES = 1_000
MOST_RUNS = 50


def offer(candidates: QuerySet[Any], run_kind: str) -> Offer:
    """Of these candidates: their categories, the largest first to go in, runs newest first, and scores."""
    scores = candidates.aggregate(low=Min("score"), high=Max("score"))
    return Offer(
        categories=_categories(candidates),
        runs=_runs(run_kind),
        scores=None if scores["low"] is None else (scores["low"], scores["high"]),
    )


def _categories(candidates: QuerySet[Any]) -> list[tuple[int, str]]:
    counted = candidates.filter(category__isnull=False).order_by().values_list("category")
    counts = dict(counted.annotate(number=Count("pk")).order_by("-number")[:MOST_CATEGORIES])
    labels = category_labels(set(counts))
    named = {pk: in_page_language(labels[pk]["labels"]) if pk in labels else str(pk) for pk in counts}
    return sorted(
        ((pk, f"{named[pk]} ({number:,})") for pk, number in counts.items()), key=lambda one: one[1].lower()
    )


def _runs(kind: str) -> list[tuple[int, str]]:
    runs = Run.objects.filter(kind=kind, status=RunStatus.DONE).order_by("-pk")[:MOST_RUNS]
    return [(run.pk, f"{RunKind(kind).label} #{run.pk}, {_day(run)}") for run in runs]


def _day(run: Run) -> str:
    return date_format(timezone.localtime(run.created_at), "DATETIME_FORMAT")
