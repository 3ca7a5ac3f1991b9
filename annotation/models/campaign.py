"""A campaign: one question asked about candidates of one kind."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation import kinds


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")


def both_languages() -> list[str]:
    return ["en", "zh"]


SHARE = [MinValueValidator(0), MaxValueValidator(1)]


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def running(self):
        return self.filter(status=CampaignStatus.RUNNING)

    def named(self, name: str) -> "Campaign":
        """By id or by name, as people write it on the command line."""
        return self.get(pk=name) if name.isdecimal() else self.get(name=name)

    def visible_to(self, user):
        """Annotators see what they can work on; curators and admins see everything."""
        if user.may("curator"):
            return self
        return self.running().filter(languages__overlap=user.reads)


class Campaign(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(max_length=40)  # a name in annotation.kinds
    question = models.CharField(max_length=40)  # one of the kind's questions, such as "poi"
    status = models.CharField(max_length=8, choices=CampaignStatus, default=CampaignStatus.DRAFT)
    languages = ArrayField(models.CharField(max_length=8), default=both_languages)
    # How many people judge each task.
    overlap = models.PositiveSmallIntegerField(
        _("answers per task"), default=3, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    lease_for = models.DurationField(default=timedelta(minutes=10))
    # Shares of what is asked: known answers, the evaluation sample, and random picks among the rest.
    gold_share = models.FloatField(default=0.0, validators=SHARE)
    evaluation_share = models.FloatField(default=0.15, validators=SHARE)
    random_share = models.FloatField(default=0.2, validators=SHARE)
    # A new model version is trained after this many new verdicts; 0 trains on demand only.
    retrain_every = models.PositiveIntegerField(default=50)
    # What the kind's source of candidates reads: run, categories, least score …
    source = models.JSONField(default=dict, blank=True)
    seed = models.BigIntegerField(default=20200801)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(overlap__gte=1), name="campaign_overlap_positive"),
            models.CheckConstraint(
                condition=Q(gold_share__range=(0, 1))
                & Q(evaluation_share__range=(0, 1))
                & Q(random_share__range=(0, 1)),
                name="campaign_shares_are_shares",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def asks(self) -> "kinds.Question":
        return kinds.get(self.kind).questions[self.question]

    @property
    def guideline(self) -> "Guideline":
        """The version in force."""
        return self.guidelines.latest()

    @property
    def has_simulated_answers(self) -> bool:
        return self.tasks.filter(judgments__is_simulated=True).exists()


class Guideline(models.Model):
    """What annotators are told. A change makes a new version; every judgment names its version."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="guidelines")
    version = models.PositiveIntegerField()
    # language -> text; blank lines part paragraphs, lines with "- " are list items
    text = models.JSONField(default=dict)
    # [{"language", "candidate", "answer", "why"}, …]
    examples = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "version"], name="guideline_version_once"),
        ]
        get_latest_by = "version"

    def __str__(self):
        return f"{self.campaign} v{self.version}"
