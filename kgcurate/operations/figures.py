"""What the database knows of how things stand: runs, verdicts, campaigns, models."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from annotation import waiting
from annotation.models import Campaign, CampaignStatus, Verdict
from mining.actions.runs import SILENT_AFTER
from mining.models import ModelVersion, Run, RunStatus
from people.models import User

FAILED_WITHIN = timedelta(days=1)
# Beat takes a silent run up again within ten seconds.
STUCK_AFTER = SILENT_AFTER + timedelta(seconds=15)
MOST_COUNTED = 10_000
MOST_CAMPAIGNS = 50


@dataclass(frozen=True)
class Runs:
    queued: int
    oldest_queued_at: datetime | None
    running: int
    stuck: list[Run]  # running, but their worker has fallen silent
    failed: list[Run]  # within the last day, newest first


def runs() -> Runs:
    now = timezone.now()
    unfinished = Run.objects.filter(status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    told = unfinished.aggregate(
        queued=Count("pk", filter=Q(status=RunStatus.QUEUED)),
        running=Count("pk", filter=Q(status=RunStatus.RUNNING)),
        oldest=Min("created_at", filter=Q(status=RunStatus.QUEUED)),
    )
    return Runs(
        queued=told["queued"],
        oldest_queued_at=told["oldest"],
        running=told["running"],
        stuck=list(Run.objects.filter(status=RunStatus.RUNNING, beat_at__lt=now - STUCK_AFTER)[:5]),
        failed=list(
            Run.objects.filter(status=RunStatus.FAILED, finished_at__gt=now - FAILED_WITHIN).order_by("-pk")[
                :5
            ]
        ),
    )


@dataclass(frozen=True)
class Verdicts:
    """Verdicts whose consequences are not yet in the graph; counted up to MOST_COUNTED."""

    waiting: int
    oldest_at: datetime | None


def verdicts() -> Verdicts:
    rows = Verdict.objects.waiting().order_by("pk")
    oldest = rows.values_list("formed_at", flat=True).first()
    return Verdicts(waiting=rows[:MOST_COUNTED].count(), oldest_at=oldest)


def queues(person: User | None = None) -> list[dict[str, Any]]:
    """The campaigns that are not finished, those that ask first, each with why it asks or does not."""
    campaigns = sorted(
        Campaign.objects.exclude(status=CampaignStatus.FINISHED).order_by("-pk")[:MOST_CAMPAIGNS],
        key=lambda campaign: campaign.status != CampaignStatus.RUNNING,
    )
    return [{"campaign": campaign, "reasons": waiting.why(campaign, person)} for campaign in campaigns]


def live_models() -> list[dict[str, Any]]:
    """The version that ranks the queue of each campaign, with how it did on the newest sample."""
    versions = ModelVersion.objects.filter(is_live=True).select_related("campaign").order_by("-campaign_id")
    return [
        {
            "version": version,
            "metric": _average_precision(version),
            "newer": ModelVersion.objects.filter(
                campaign=version.campaign, number__gt=version.number
            ).count(),
        }
        for version in versions[:MOST_CAMPAIGNS]
    ]


def _average_precision(version: ModelVersion) -> list[float] | None:
    newest = version.evaluations.order_by("-label_set_id").first()
    return newest.metrics.get("average_precision") if newest else None
