"""A lease: a task held for one annotator until it is answered or the lease runs out."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.models.task import Task


class Lease(models.Model):
    task = models.ForeignKey(Task, models.CASCADE, related_name="leases")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="leases")
    leased_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "annotator"], name="lease_once_per_person"),
        ]

    def __str__(self):
        return f"task {self.task_id} held for {self.annotator_id}"
