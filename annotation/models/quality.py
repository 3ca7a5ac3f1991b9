"""How a campaign watches over its quality: gold, tests and pauses; and what the last look found."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.campaign import SHARE, Campaign, Guideline


class FromVerdicts(models.TextChoices):
    """What becomes of confident verdicts as known answers."""

    OFF = "off", _("Never")
    PROPOSE = "propose", _("Proposed to a curator")
    AUTOMATIC = "automatic", _("Taken at once")


class QualityPolicy(models.Model):
    """Beside the campaign's own policy; a campaign without a row follows the defaults."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="quality_row")
    # Gold from verdicts: at least this sure, by at least so many judges of one mind.
    gold_from_verdicts = models.CharField(max_length=9, choices=FromVerdicts, default=FromVerdicts.OFF)
    gold_sure = models.FloatField(default=0.98, validators=SHARE)
    gold_judges = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(2)])
    # How many known answers in use are wanted; proposals stop there.
    gold_wanted = models.PositiveIntegerField(default=50, validators=[MaxValueValidator(10_000)])
    # Retired when so old, or shown to so many people; 0 is never.
    gold_days = models.PositiveIntegerField(default=90)
    gold_shown = models.PositiveIntegerField(default=500)
    # A test of so many known answers before anything is handed out; 0 is no test.
    test_size = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    test_pass = models.FloatField(default=0.8, validators=SHARE)
    test_attempts = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    # Rules that pause somebody until a person has looked; empty is no such rule.
    pause_below = models.FloatField(
        null=True, blank=True, validators=SHARE
    )  # surely right less often, on known answers
    pause_fast = models.FloatField(null=True, blank=True, validators=SHARE)  # share of implausibly quick ones
    pause_one_key = models.FloatField(null=True, blank=True, validators=SHARE)  # share of one and the same
    pause_copying = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gold_sure__range=(0, 1)) & Q(test_pass__range=(0, 1)), name="quality_shares"
            ),
        ]

    def __str__(self):
        return f"quality of {self.campaign_id}"


class QualityReport(models.Model):
    """Agreement and suspicions of a campaign, computed by a worker and kept for the page."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="quality_report")
    made_at = models.DateTimeField(default=timezone.now)
    judgments = models.PositiveIntegerField(default=0)  # that it rests on
    # [{"version": 2 or null for all, "alpha", "low", "high", "tasks", "judgments"}, …]
    agreement = models.JSONField(default=list)
    # [{"one", "other", "shared", "agreed", "expected", "copied", "p", "is_flagged"}, …], worst first
    pairs = models.JSONField(default=list)
    rings = models.JSONField(default=list)  # lists of annotator ids
    median_seconds = models.FloatField(null=True)
    quick_seconds = models.FloatField(null=True)  # quicker than this is implausible here

    def __str__(self):
        return f"report of {self.campaign_id}"


class Reask(models.Model):
    """Tasks asked anew after a guideline changed: which, why, and how far it has come."""

    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="reasks")
    wanted = models.JSONField(default=dict)  # annotation.actions.reasking.Affected
    why = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    expected = models.PositiveIntegerField(default=0)  # tasks, when it was confirmed
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"re-asked for {self.guideline}"
