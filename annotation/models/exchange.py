"""Exchange with Label Studio: which project and tasks there are ours, and the jobs that move them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.campaign import Campaign
from annotation.models.task import Task


class LabelStudioProject(models.Model):
    """The project of a campaign on a server."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="label_studio_projects")
    server = models.CharField(max_length=300)
    external_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "server"], name="label_studio_project_once"),
        ]

    def __str__(self):
        return f"{self.server}/projects/{self.external_id}"


class LabelStudioTask(models.Model):
    """A task of ours there, so that none is sent twice and its answers are found again."""

    project = models.ForeignKey(LabelStudioProject, models.CASCADE, related_name="tasks")
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    external_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "task"], name="label_studio_task_once"),
            models.UniqueConstraint(fields=["project", "external_id"], name="label_studio_task_external"),
        ]

    def __str__(self):
        return f"task {self.task_id} is {self.external_id} there"


class ExchangeAction(models.TextChoices):
    DEPLOY = "deploy", _("Send tasks")
    RECYCLE = "recycle", _("Fetch answers")
    IMPORT = "import", _("Read a file")


class ExchangeStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Exchange(models.Model):
    """One job. The row is the truth: a worker claims it by raising `attempt` and lives by `beat_at`."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="exchanges")
    action = models.CharField(max_length=7, choices=ExchangeAction)
    status = models.CharField(max_length=7, choices=ExchangeStatus, default=ExchangeStatus.QUEUED)
    parameters = models.JSONField(default=dict)
    attempt = models.PositiveIntegerField(default=0)
    vain_attempts = models.PositiveSmallIntegerField(default=0)  # since something was last achieved
    beat_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    # What could not be used: [{"row", "reason"}, …], the first hundred.
    problems = models.JSONField(default=list)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Two that send or fetch for one campaign would only do the same work twice.
            models.UniqueConstraint(
                fields=["campaign", "action"],
                condition=Q(status__in=["queued", "running"]) & ~Q(action="import"),
                name="exchange_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["beat_at"], condition=Q(status__in=["queued", "running"]), name="exchange_unfinished"
            ),
            models.Index(fields=["campaign", "-id"]),
        ]

    def __str__(self):
        return f"{self.action} of campaign {self.campaign_id}"

    @property
    def problems_total(self) -> int:
        """Of one that failed before it counted for the first time, those that are named."""
        return self.counts.get("problems", len(self.problems))

    @property
    def is_finished(self) -> bool:
        return self.status in {ExchangeStatus.DONE, ExchangeStatus.FAILED}
