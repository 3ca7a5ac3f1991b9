"""Tests before a campaign, training with explained answers, and appeals against being told "wrong"."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.answer import CLASS_CHOICES
from annotation.models.campaign import Campaign, Guideline
from annotation.models.judgment import Judgment
from annotation.models.task import Task


class Mode(models.TextChoices):
    TEST = "test", _("Test")
    TRAINING = "training", _("Training")


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def open(self):
        return self.filter(finished_at=None)


class Attempt(models.Model):
    """One person's walk through known answers. Nothing in it counts towards any verdict."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="attempts")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attempts")
    mode = models.CharField(max_length=8, choices=Mode)
    number = models.PositiveSmallIntegerField()
    tasks = ArrayField(models.BigIntegerField())  # in the order they are asked
    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    right = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "annotator", "mode", "number"], name="attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "annotator", "mode"],
                condition=Q(finished_at=None),
                name="attempt_one_open",
            ),
        ]

    def __str__(self):
        return f"{self.mode} {self.number} of {self.annotator_id} in {self.campaign_id}"

    @property
    def size(self) -> int:
        return len(self.tasks)


class AttemptAnswer(models.Model):
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="answers")
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    answer = models.CharField(max_length=6, choices=CLASS_CHOICES)
    # What was known to be right when it was given: a later correction does not rewrite it.
    known = models.CharField(max_length=6, choices=CLASS_CHOICES)
    took = models.DurationField()
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "task"], name="attempt_answer_once"),
            models.CheckConstraint(condition=Q(took__gte=timedelta(0)), name="attempt_took_not_negative"),
        ]

    def __str__(self):
        return f"{self.answer} in {self.attempt_id}"

    @property
    def is_right(self) -> bool:
        return self.answer == self.known


class AppealStatus(models.TextChoices):
    OPEN = "open", _("waits for a curator")
    UPHELD = "upheld", _("the known answer stays")
    OVERTURNED = "overturned", _("you were right")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self):
        return self.filter(status=AppealStatus.OPEN)


class Appeal(models.Model):
    """An annotator who was told they were wrong, and says why they were not."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="appeals")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appeals")
    # What they had answered, in the queue or in training.
    judgment = models.ForeignKey(Judgment, models.PROTECT, null=True, blank=True, related_name="appeals")
    answer = models.CharField(max_length=6, choices=CLASS_CHOICES)
    told = models.CharField(max_length=6, choices=CLASS_CHOICES)  # the answer they were told was right
    words = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=10, choices=AppealStatus, default=AppealStatus.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            # One word against one answer; who was told something else since may speak again.
            models.UniqueConstraint(fields=["task", "annotator", "told"], name="appeal_once"),
            models.CheckConstraint(condition=~Q(answer=F("told")), name="appeal_against_another_answer"),
            models.CheckConstraint(
                condition=Q(status="open") ^ Q(decided_at__isnull=False), name="appeal_decided_or_open"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(status="open"), name="appeal_open")]

    def __str__(self):
        return f"appeal of {self.annotator_id} about task {self.task_id}"
