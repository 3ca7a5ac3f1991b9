"""What the learning page and the API show; counted in the database, nothing is loaded to be counted."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Least

from annotation.models import Answer, Campaign, Pool, Verdict
from mining.agreement import wilson
from mining.models import Evaluation, LabelSet, ModelVersion

BARS = 20


@dataclass(frozen=True)
class Asked:
    """What became of the tasks that reached people in one way."""

    origin: str  # uncertainty, random, evaluation
    verdicts: int
    accepted: int

    @property
    def share(self) -> float | None:
        return self.accepted / self.verdicts if self.verdicts else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.accepted, self.verdicts)


def newest_measured(campaign: Campaign) -> LabelSet | None:
    """The newest label set that versions were measured on."""
    return LabelSet.objects.filter(campaign=campaign, evaluations__isnull=False).order_by("-pk").first()


def versions(campaign: Campaign) -> list[ModelVersion]:
    """All versions, newest first, each with its `metrics` on the newest evaluation labels (or None)."""
    measured = dict(
        Evaluation.objects.filter(label_set=newest_measured(campaign)).values_list("model_version", "metrics")
    )
    found = list(
        ModelVersion.objects.filter(campaign=campaign).select_related("label_set", "run").order_by("-number")
    )
    for version in found:
        version.metrics = measured.get(version.pk)  # type: ignore[attr-defined]
    return found


def curve(found: list[ModelVersion]) -> list[dict[str, Any]]:
    """Points of the learning curve in the order they were trained."""
    return [
        {"number": version.number, "labels": version.label_set.training, **version.metrics}  # type: ignore[attr-defined]
        for version in reversed(found)
        if version.metrics  # type: ignore[attr-defined]
    ]


def sureness(campaign: Campaign) -> list[int]:
    """How many tasks without a verdict were scored 0–5 %, 5–10 %, … 95–100 %."""
    bucket = Func(
        F("score"), Value(0.0), Value(1.0), Value(BARS), function="width_bucket", output_field=IntegerField()
    )
    counted = (
        campaign.tasks.unjudged()
        .filter(score__isnull=False)
        # A score of exactly 1 lies beyond the last bucket.
        .annotate(bar=Least(bucket, Value(BARS)))
        .order_by()
        .values_list("bar")
        .annotate(tasks=Count("pk"))
    )
    bars = dict(counted)
    return [bars.get(bar, 0) for bar in range(1, BARS + 1)]


def asked(campaign: Campaign) -> list[Asked]:
    """Verdicts by how their tasks were chosen."""
    origin = Case(When(task__pool=Pool.EVALUATION, then=Value("evaluation")), default=F("task__chosen_by"))
    counted = (
        Verdict.objects.standing()
        .filter(task__campaign=campaign)
        .exclude(task__pool=Pool.GOLD)
        .annotate(origin=origin)
        .order_by()
        .values_list("origin")
        .annotate(verdicts=Count("pk"), accepted=Count("pk", filter=Q(answer=Answer.ACCEPT)))
    )
    by_origin = {found: Asked(found, verdicts, accepted) for found, verdicts, accepted in counted}
    return [by_origin.get(one, Asked(one, 0, 0)) for one in ("uncertainty", "random", "evaluation")]
