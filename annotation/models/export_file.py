"""An export that a worker writes to a file: asked for, written, kept for a while, forgotten."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.campaign import Campaign

KEPT_FOR = timedelta(days=7)
# A worker says every second or two that it lives.
SILENT = timedelta(minutes=2)


class ExportStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ExportFileQuerySet(models.QuerySet["ExportFile"]):
    def visible_to(self, user):
        """Files with people's own names are for admins."""
        return self if user.may("admin") else self.filter(names=False)

    def under_way(self):
        return self.filter(status__in=[ExportStatus.QUEUED, ExportStatus.RUNNING])

    def abandoned(self):
        """Nobody works on them: the message was lost, or the worker died."""
        return self.under_way().filter(beat_at__lt=timezone.now() - SILENT)

    def outdated(self):
        """Over for so long that the file is not kept any more."""
        return self.filter(finished_at__lt=timezone.now() - KEPT_FOR)


class ExportFile(models.Model):
    """The row, not the broker, says what is to be done."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="export_files")
    table = models.CharField(max_length=10)  # a name in annotation.exports.tables.TABLES
    format = models.CharField(max_length=10)  # a name in annotation.exports.FORMATS
    names = models.BooleanField(default=False)  # annotators by their own names
    status = models.CharField(max_length=7, choices=ExportStatus, default=ExportStatus.QUEUED)
    rows = models.BigIntegerField(default=0)  # written so far
    total = models.BigIntegerField(null=True)  # rows that there were when it began
    size = models.BigIntegerField(default=0)  # bytes
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the whole file
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)  # of a failure

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        constraints = [
            # Who asks again while it is written gets the same one.
            models.UniqueConstraint(
                fields=["campaign", "table", "format", "names"],
                condition=Q(status__in=["queued", "running"]),
                name="export_file_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running"]) ^ Q(finished_at__isnull=False),
                name="export_file_finished_when_over",
            ),
        ]

    def __str__(self):
        return f"{self.table} of campaign {self.campaign_id} as {self.format}"

    @property
    def is_under_way(self) -> bool:
        return self.status in (ExportStatus.QUEUED, ExportStatus.RUNNING)

    @property
    def is_there(self) -> bool:
        return self.status == ExportStatus.DONE

    @property
    def title(self) -> str:
        """What it is, in the language of the page."""
        from annotation.exports import FORMATS  # which reads models
        from annotation.exports.tables import TITLES

        what = _("Both in one file") if self.format == "datasets" else TITLES[self.table]
        return f"{what} · {FORMATS[self.format].title}"

    @property
    def share(self) -> float:
        """Of the rows, between 0 and 1."""
        return min(1.0, self.rows / self.total) if self.total else 0.0

    @property
    def kept_until(self):
        return self.finished_at + KEPT_FOR if self.finished_at else None

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "exports" / f"{self.pk}"
