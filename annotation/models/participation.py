"""A participation: one person in one campaign, how they stand and how reliable they are."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.answer import CLASSES
from annotation.models.campaign import Campaign

# Fewer answers than this prove nothing, whatever the interval says.
LEAST_PROVEN = 20


class Standing(models.TextChoices):
    ACTIVE = "active", _("Active")
    # Stopped by a rule; a person decides whether they go on.
    PAUSED = "paused", _("Paused")
    # Out of the campaign, their answers with them.
    REMOVED = "removed", _("Removed")


class Rule(models.TextChoices):
    """What pauses somebody until a person has looked."""

    GOLD = "gold", _("often wrong on known answers")
    FAST = "fast", _("implausibly quick")
    ONE_KEY = "one_key", _("nearly always one and the same answer")
    COPYING = "copying", _("seems to copy from others")

    @property
    def told(self):
        return TOLD[self]


TOLD = {
    Rule.GOLD: _("More of your answers than we expect differ from answers that are known."),
    Rule.FAST: _("Many of your answers came quicker than the question can be read."),
    Rule.ONE_KEY: _("Nearly all of your answers are one and the same, which the tasks do not explain."),
    Rule.COPYING: _("Your answers are more alike with those of others than chance explains."),
}


class Participation(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="participations")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="participations")
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.ACTIVE)
    why = models.TextField(blank=True)  # of a pause or a removal
    rule = models.CharField(max_length=12, blank=True)  # that paused them; empty where a person did
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Removed, and their answers are out: empty until a worker has done it.
    taken_out_at = models.DateTimeField(null=True, blank=True)
    # A person let them go on: rules look at what they have answered since.
    resumed_at = models.DateTimeField(null=True, blank=True)
    # Passed the test of a campaign that has one, or was let in without it.
    qualified_at = models.DateTimeField(null=True, blank=True)
    more_attempts = models.PositiveSmallIntegerField(default=0)  # granted beyond the campaign's number
    # Pace and distribution of their answers as the last quality report found them:
    # {"answers", "seconds", "quick", "top", "top_share", "usual_share", "odd"}
    habits = models.JSONField(default=dict, blank=True)
    # Expected counts, row by row: how often each true class (accept, reject, unsure, bad) was called
    # which. Estimated by the campaign's consensus method; empty until the first fit.
    confusion = ArrayField(models.FloatField(), default=list)
    # Posterior mean of the share of right answers, and the ends of its 95 % interval.
    reliability = models.FloatField(null=True, blank=True)
    reliability_low = models.FloatField(null=True, blank=True)
    reliability_high = models.FloatField(null=True, blank=True)
    judgments = models.PositiveIntegerField(default=0)  # that the figures rest on
    measured_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "annotator"], name="participation_once"),
            models.CheckConstraint(
                condition=Q(reliability=None) | Q(reliability__range=(0, 1)), name="participation_reliability"
            ),
            models.CheckConstraint(
                condition=Q(taken_out_at=None) | Q(standing=Standing.REMOVED),
                name="participation_taken_out_when_removed",
            ),
        ]

    def __str__(self):
        return f"{self.annotator_id} in {self.campaign_id}"

    @property
    def rule_words(self) -> str:
        return str(Rule(self.rule).label) if self.rule else ""

    @property
    def told(self) -> str:
        """Why they are paused, in words for themselves: a rule's own, or those of the person who did it."""
        return str(Rule(self.rule).told) if self.rule else self.why

    @property
    def is_trusted(self) -> bool:
        """Whether one answer of theirs may be enough, where the campaign allows that at all."""
        return (
            self.standing == Standing.ACTIVE
            and self.judgments >= LEAST_PROVEN
            and self.reliability_low is not None
            and self.reliability_low >= self.campaign.trust_at
        )

    @property
    def counts(self) -> list[list[float]] | None:
        """The confusion counts as a matrix of (classes, classes); None before anything is known."""
        if not self.confusion:
            return None
        size = len(CLASSES)
        return [self.confusion[row * size : (row + 1) * size] for row in range(size)]


class ConsensusState(models.Model):
    """What the consensus of a campaign has learnt so far, beside the annotators' own figures."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="consensus_state")
    method = models.CharField(max_length=20)
    prior = ArrayField(models.FloatField(), default=list)  # of the classes
    # Judgments that the last full fit saw, and those added to its figures since.
    fitted_judgments = models.PositiveIntegerField(default=0)
    added_judgments = models.PositiveIntegerField(default=0)
    # Verdicts up to here, and answers to gold up to then, are in the figures.
    last_verdict_id = models.BigIntegerField(default=0)
    gold_until = models.DateTimeField(null=True, blank=True)
    fitted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.method} of {self.campaign_id}"
