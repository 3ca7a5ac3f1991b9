"""A verdict: the consensus of a task's judgments."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.models.answer import CLASS_CHOICES, BadReason
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

    def disputed(self):
        """Standing verdicts that wait for a curator."""
        return self.standing().filter(is_disputed=True)

    def in_batches(self, size: int = 1000) -> Iterator[list[Any]]:
        """Lists of rows in key order, each fetched by key: memory stays flat at any size."""
        after = 0
        while batch := list(self.filter(pk__gt=after).order_by("pk")[:size]):
            yield batch
            after = batch[-1].pk


class Verdict(models.Model):
    task = models.ForeignKey(Task, models.PROTECT, related_name="verdicts")
    answer = models.CharField(max_length=6, choices=CLASS_CHOICES)
    # Of a bad candidate: the reason most of its judges gave.
    reason = models.CharField(max_length=20, choices=BadReason, blank=True)
    # Of an accepted one: the share of "typical" among those who were asked and said yes.
    typicality = models.FloatField(null=True, blank=True)
    # Probability that `accept` is the true answer, given the judgments.
    posterior = models.FloatField()
    # Of each class (annotation.models.CLASSES), for the consensus to learn from.
    posteriors = ArrayField(models.FloatField(), default=list)
    # Probability of the likeliest answer; `people_posterior` is `posterior` without the model's vote.
    confidence = models.FloatField(default=1)
    people_posterior = models.FloatField(null=True, blank=True)
    # The judges could not agree: a curator decides.
    is_disputed = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.TextField(blank=True)  # the curator's words
    # Of a task that another one of its cluster stands for: that one's verdict, on whose judgments it rests.
    taken_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="taken")
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
            models.Index(
                fields=["id"], condition=Q(is_disputed=True, withdrawn_at=None), name="verdict_disputed"
            ),
        ]

    def __str__(self):
        return f"{self.answer} for task {self.task_id}"

    @property
    def judgments(self) -> models.QuerySet[Judgment]:
        return Judgment.objects.filter(pk__in=self.basis).order_by("judged_at", "pk")
