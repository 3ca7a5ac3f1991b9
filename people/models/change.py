"""The audit trail: every change to the graph, to campaigns and to who may do what."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Change(models.Model):
    """Who changed what, when and why. Written by the action that did it, in the same transaction."""

    # Changes made by one decision share a batch, so that a bulk decision is undone as one.
    batch = models.UUIDField(default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)
    # Empty where a machine did it; `actor` then names the job.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="changes")
    actor = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=40)  # propose, approve, reject, undo, import, release …
    entity = models.CharField(max_length=40)  # concept, triple, ontology, release, campaign, user …
    entity_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")

    class Meta:
        indexes = [
            models.Index(fields=["entity", "entity_id", "id"]),
            models.Index(fields=["batch"]),
            models.Index(fields=["by", "-id"]),
        ]

    def __str__(self):
        return f"{self.action} {self.entity} {self.entity_id}"
