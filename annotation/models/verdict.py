"""A verdict: the consensus of a task's judgments."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.models.answer import Answer
from annotation.models.judgment import Judgment
from annotation.models.task import Task


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def standing(self):
        return self.filter(withdrawn_at=None)

    def of_campaign(self, campaign):
        return self.filter(task__campaign=campaign)

    def waiting(self):
        """Standing verdicts whose consequences are not yet in the graph."""
        return self.standing().filter(acted_at=None)

    def in_batches(self, size: int = 1000) -> Iterator[list[Any]]:
        """Lists of rows in key order, each fetched by key: memory stays flat at any size."""
        after = 0
        while batch := list(self.filter(pk__gt=after).order_by("pk")[:size]):
            yield batch
            after = batch[-1].pk


class Verdict(models.Model):
    task = models.ForeignKey(Task, models.PROTECT, related_name="verdicts")
    answer = models.CharField(max_length=6, choices=[c for c in Answer.choices if c[0] != Answer.SKIP])
    # Probability that `accept` is the true answer, given the judgments.
    posterior = models.FloatField()
    method = models.CharField(max_length=40)
    # answer -> number of counted judgments
    votes = models.JSONField()
    # The judgments it was formed from: the trail must name them even after one was undone.
    basis = ArrayField(models.UUIDField(), default=list)
    formed_at = models.DateTimeField(default=timezone.now)
    # When the kind's consequences in the graph were written; empty while they wait for a worker.
    acted_at = models.DateTimeField(null=True, blank=True)
    # A judgment was undone; a later verdict may stand in its place.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(withdrawn_at=None), name="verdict_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(posterior__range=(0, 1)), name="verdict_posterior_probability"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(acted_at=None, withdrawn_at=None), name="verdict_waiting"
            ),
        ]

    def __str__(self):
        return f"{self.answer} for task {self.task_id}"

    @property
    def judgments(self) -> models.QuerySet[Judgment]:
        return Judgment.objects.filter(pk__in=self.basis).order_by("judged_at", "pk")
