"""A campaign: one question asked about candidates of one kind."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation import kinds

if TYPE_CHECKING:
    from annotation.models.quality import QualityPolicy


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")


def both_languages() -> list[str]:
    return ["en", "zh"]


class Consensus(models.TextChoices):
    """How judgments become a verdict; `annotation.consensus.methods` holds the arithmetic."""

    MAJORITY = "majority", _("Majority")
    DAWID_SKENE = "dawid_skene", _("Dawid-Skene")
    ONE_COIN = "one_coin", _("One-coin Dawid-Skene")
    GLAD = "glad", _("GLAD")
    MACE = "mace", _("MACE")
    MMSR = "mmsr", _("M-MSR")
    WAWA = "wawa", _("Wawa")
    ZERO_BASED_SKILL = "zero_based_skill", _("Zero-based skill")


class Priority(models.TextChoices):
    """What the model puts first in the queue when it has scored the tasks."""

    UNCERTAIN = "uncertain", _("What the model is least sure of")
    LIKELY = "likely", _("What the model thinks is a yes")
    RANDOM = "random", _("Whatever comes, in random order")


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
    # How many people judge each task; with adaptive overlap, how many at most.
    overlap = models.PositiveSmallIntegerField(
        _("answers per task"), default=3, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    # Adaptive overlap: ask this many people first, then one more at a time until the posterior of the
    # likeliest answer reaches `stop_at` or `overlap` people have answered. Empty: fixed overlap.
    stop_at = models.FloatField(null=True, blank=True, validators=SHARE)
    least_overlap = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    # One answer is enough from annotators whose reliability is proven: the lower end of its 95 %
    # interval in this campaign is at least `trust_at`.
    trusted_alone = models.BooleanField(default=False)
    trust_at = models.FloatField(default=0.9, validators=SHARE)
    consensus = models.CharField(max_length=20, choices=Consensus, default=Consensus.MAJORITY)
    # Below this posterior of its likeliest answer a task goes to a curator as a dispute.
    dispute_below = models.FloatField(default=0.7, validators=SHARE)
    # The model's calibrated score joins as one more annotator (never for the evaluation sample).
    model_votes = models.BooleanField(default=False)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.UNCERTAIN)
    # First everything once, then everything a second time; otherwise each task is finished first.
    breadth_first = models.BooleanField(default=False)
    # After a yes, a second key: typical or merely plausible?
    asks_typicality = models.BooleanField(default=False)
    lease_for = models.DurationField(default=timedelta(minutes=10))
    # Shares of what is asked: known answers, the evaluation sample, and random picks among the rest.
    gold_share = models.FloatField(default=0.0, validators=SHARE)
    evaluation_share = models.FloatField(default=0.15, validators=SHARE)
    random_share = models.FloatField(default=0.2, validators=SHARE)
    # Of near-duplicates only one is asked; so many of the others all the same, to check on that.
    check_share = models.FloatField(default=0.1, db_default=0.1, validators=SHARE)
    # A new model version is trained after this many new verdicts; 0 trains on demand only.
    retrain_every = models.PositiveIntegerField(default=50)
    # What one answer costs, for the dashboard and the estimate; 0 where nobody is paid by the answer.
    price_per_answer = models.DecimalField(
        _("price per answer"),
        max_digits=9,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(
        _("currency"), max_length=3, default="USD", validators=[RegexValidator(r"^[A-Z]{3}\Z")]
    )
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
            models.CheckConstraint(condition=Q(price_per_answer__gte=0), name="campaign_price_not_negative"),
            models.CheckConstraint(condition=Q(overlap__gte=1), name="campaign_overlap_positive"),
            models.CheckConstraint(
                condition=Q(gold_share__range=(0, 1))
                & Q(evaluation_share__range=(0, 1))
                & Q(random_share__range=(0, 1)),
                name="campaign_shares_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(stop_at=None) | Q(stop_at__gt=0, stop_at__lte=1, least_overlap__lte=F("overlap")),
                name="campaign_least_overlap_within",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def asks(self) -> "kinds.Question":
        return kinds.get(self.kind).questions[self.question]

    @property
    def first_seats(self) -> int:
        """How many people a new task is given to before anything is known about it."""
        return self.overlap if self.stop_at is None else self.least_overlap

    @property
    def guideline(self) -> "Guideline":
        """The version in force."""
        return self.guidelines.latest()

    @property
    def quality(self) -> "QualityPolicy":
        """Its QualityPolicy; an unsaved one with the defaults where none was written."""
        from annotation.models.quality import QualityPolicy  # which imports this module

        return QualityPolicy.objects.filter(pk=self.pk).first() or QualityPolicy(campaign=self)

    @property
    def has_simulated_answers(self) -> bool:
        return self.tasks.filter(judgments__is_simulated=True).exists()


class GuidelineQuerySet(models.QuerySet["Guideline"]):
    def visible_to(self, user):
        """Annotators read those of the campaigns they can work on, and those they have answered under."""
        if user.may("curator"):
            return self
        asked = Q(campaign__in=Campaign.objects.visible_to(user))
        return self.filter(asked | Q(pk__in=user.judgments.values("guideline")))


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

    objects = GuidelineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "version"], name="guideline_version_once"),
        ]
        get_latest_by = "version"

    def __str__(self):
        return f"{self.campaign} v{self.version}"
