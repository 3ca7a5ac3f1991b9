"""A run: one execution of an import, miner or training job.

The row, not the broker, is the truth: a worker claims it by raising `attempt`, says it is alive with
`beat_at`, and whoever finds a running row whose heart stopped queues it again.
"""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RunKind(models.TextChoices):
    IMPORT_DOCUMENTS = "import_documents", _("Import of documents")
    IMPORT_CATEGORIES = "import_categories", _("Import of categories")
    IMPORT_ITEMS = "import_items", _("Import of items")
    IMPORT_RELATIONS = "import_relations", _("Import of relation sentences")
    IMPORT_IMAGE_TEXTS = "import_image_texts", _("Import of images with texts")
    MINE_PHRASES = "mine_phrases", _("Phrase mining")
    TRAIN = "train", _("Training")
    TRAIN_ENCODER = "train_encoder", _("Training of an encoder")


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def finished(cls) -> "tuple[RunStatus, ...]":
        return cls.DONE, cls.FAILED, cls.CANCELLED


class Run(models.Model):
    kind = models.CharField(max_length=20, choices=RunKind)
    status = models.CharField(max_length=9, choices=RunStatus, default=RunStatus.QUEUED)
    parameters = models.JSONField(default=dict)
    attempt = models.PositiveIntegerField(default=0)
    # Attempts since something lasting was last achieved; a run that gets nowhere is given up.
    vain_attempts = models.PositiveSmallIntegerField(default=0)
    # A running run: when its worker last said that it lives. A queued one: when it was sent to the broker.
    beat_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    # Progress of the stage that is under way.
    stage = models.CharField(max_length=60, blank=True)
    stage_started_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    done_before = models.BigIntegerField(
        default=0
    )  # done by earlier attempts, which says nothing of the rate
    # The stages behind it, in order: [{"name", "done", "total", "seconds"}, …]
    stages = models.JSONField(default=list)
    # Named numbers that the run leaves behind, and where another attempt would go on.
    counts = models.JSONField(default=dict)
    resume_at = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="run_status_known"),
        ]
        indexes = [
            models.Index(
                fields=["beat_at"], condition=Q(status__in=["queued", "running"]), name="run_unfinished"
            ),
            models.Index(fields=["kind", "-id"]),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.status in RunStatus.finished()

    @property
    def folder(self) -> Path:
        """Where the run works; gone when it has ended."""
        return Path(settings.VAR_DIR) / "runs" / str(self.pk)

    @property
    def error_file(self) -> Path:
        """The rows that could not be used; kept for download."""
        return Path(settings.MEDIA_ROOT) / "runs" / str(self.pk) / "errors.csv"

    @property
    def took(self) -> timedelta | None:
        if self.started_at is None:
            return None
        return (self.finished_at or timezone.now()) - self.started_at

    @property
    def share(self) -> float | None:
        """How much of the stage is done, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def rate(self) -> float | None:
        """Units of the stage per second, by this attempt."""
        if self.status != RunStatus.RUNNING or self.stage_started_at is None:
            return None
        seconds = (timezone.now() - self.stage_started_at).total_seconds()
        done = self.done - self.done_before
        return done / seconds if seconds > 0 and done > 0 else None

    @property
    def time_left(self) -> timedelta | None:
        """Of the stage, at the rate it has had."""
        if not self.total or not self.rate:
            return None
        return timedelta(seconds=max(self.total - self.done, 0) / self.rate)


class RunLine(models.Model):
    """One line of a run's log, written to be read by a person."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=7, default="info")  # info, warning, error
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.text
