"""A judgment: one annotator's answer to one task."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.models.answer import Answer, BadReason, Typicality
from annotation.models.campaign import Guideline
from annotation.models.task import Task


class JudgmentQuerySet(models.QuerySet["Judgment"]):
    def standing(self):
        """Neither undone by their annotator, nor removed with them, nor asked anew since."""
        return self.filter(withdrawn_at=None, removed_at=None, set_aside_at=None)

    def counted(self):
        return self.standing().filter(is_counted=True)


class Judgment(models.Model):
    # Made by the browser, so that a retried request lands on the same row.
    id = models.UUIDField(primary_key=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="judgments")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="judgments")
    answer = models.CharField(max_length=6, choices=Answer)
    reason = models.CharField(max_length=20, choices=BadReason, blank=True)
    typicality = models.CharField(max_length=9, choices=Typicality, blank=True)
    took = models.DurationField()
    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="judgments")
    comment = models.TextField(blank=True)
    # Skips, and answers that came after the lease ran out and the seat went to somebody else, are
    # kept but not counted.
    is_counted = models.BooleanField(default=True)
    is_simulated = models.BooleanField(default=False)
    judged_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # undone by its annotator
    # Its annotator was taken out of the campaign: everything is as if it had never been given.
    removed_at = models.DateTimeField(null=True, blank=True)
    # The guideline changed and the task was asked anew: kept for the trail, no longer counted.
    set_aside_at = models.DateTimeField(null=True, blank=True)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "annotator"],
                condition=Q(withdrawn_at=None, set_aside_at=None),
                name="judgment_once_per_person",
            ),
            models.CheckConstraint(condition=Q(took__gte=timedelta(0)), name="judgment_took_not_negative"),
            models.CheckConstraint(
                condition=~Q(answer=Answer.SKIP) | Q(is_counted=False), name="judgment_skip_not_counted"
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(answer=Answer.BAD), name="judgment_reason_of_bad_only"
            ),
            models.CheckConstraint(
                condition=Q(typicality="") | Q(answer=Answer.ACCEPT), name="judgment_typicality_of_yes_only"
            ),
        ]
        indexes = [models.Index(fields=["annotator", "-judged_at"])]

    def __str__(self):
        return f"{self.answer} on task {self.task_id}"
