"""A filling: a campaign that gets more tasks than a request can wait for, and how far that has come."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.campaign import Campaign

# A worker says with each batch that it lives; a batch takes a second or two.
SILENT = timedelta(minutes=2)


class FillingStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class FillingQuerySet(models.QuerySet["Filling"]):
    def under_way(self):
        return self.filter(status__in=[FillingStatus.QUEUED, FillingStatus.RUNNING])

    def abandoned(self):
        """Nobody works on them: the message was lost, or the worker died."""
        return self.under_way().filter(beat_at__lt=timezone.now() - SILENT)


class Filling(models.Model):
    """The last one of a campaign. The row, not the broker, says what is to be done."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="filling")
    status = models.CharField(max_length=7, choices=FillingStatus, default=FillingStatus.QUEUED)
    added = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)  # of a failure

    objects = FillingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running"]) ^ Q(finished_at__isnull=False),
                name="filling_finished_when_over",
            ),
        ]

    def __str__(self):
        return f"filling of {self.campaign_id}: {self.status}"

    @property
    def is_under_way(self) -> bool:
        return self.status in (FillingStatus.QUEUED, FillingStatus.RUNNING)
