"""Gold: a task whose answer is known, what it is used for, and whether it still measures anybody."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation.models.answer import CLASS_CHOICES
from annotation.models.task import Task
from annotation.models.verdict import Verdict


class GoldUse(models.TextChoices):
    MEASURE = "measure", _("mixed in unseen")
    TEST = "test", _("qualification test")
    TRAINING = "training", _("training")


class GoldStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposed")  # by a confident verdict; a curator has to agree
    LIVE = "live", _("in use")
    RETIRED = "retired", _("retired")
    REFUSED = "refused", _("refused")  # a proposal that no curator wants to see again


class GoldSource(models.TextChoices):
    CURATOR = "curator", _("curator")
    VERDICT = "verdict", _("confident verdict")


class RetiredFor(models.TextChoices):
    BY_HAND = "by_hand", _("taken out by hand")
    OLD = "old", _("too old")
    SHOWN = "shown", _("shown too often")
    LEAKED = "leaked", _("answer got about")
    WRONG = "wrong", _("the known answer was wrong")
    BASIS = "basis", _("an annotator it rested on was removed")


class Suspicion(models.TextChoices):
    """Why a known answer was taken for leaked."""

    RIGHT = "right", _("suddenly right far more often than these people were on it before")
    QUICK = "quick", _("suddenly right and much quicker than these people usually are")


# What was answered to these says nothing about anybody.
MEASURES_NOBODY = (RetiredFor.LEAKED, RetiredFor.WRONG, RetiredFor.BASIS)
# These turned out not to be known at all.
NOT_KNOWN = (RetiredFor.WRONG, RetiredFor.BASIS)


class GoldQuerySet(models.QuerySet["Gold"]):
    def live(self):
        return self.filter(status=GoldStatus.LIVE)

    def told(self):
        """Known answers that annotators may read: nobody is measured by them any more."""
        return self.filter(status=GoldStatus.RETIRED).exclude(retired_for__in=NOT_KNOWN)


class Gold(models.Model):
    """One row per task that is, was, or is proposed to be a known answer.

    `Task.pool` and `Task.gold_answer` say the same of the ones in use and retired: they lie on the
    row that serving and the consensus read. How often it was shown is the length of `Task.taken_by`
    and `Task.lapsed`.
    """

    task = models.OneToOneField(Task, models.CASCADE, primary_key=True, related_name="gold")
    answer = models.CharField(max_length=6, choices=CLASS_CHOICES)
    why = models.TextField(blank=True)  # shown where an answer is explained
    use = models.CharField(max_length=8, choices=GoldUse, default=GoldUse.MEASURE)
    status = models.CharField(max_length=8, choices=GoldStatus, default=GoldStatus.LIVE)
    source = models.CharField(max_length=7, choices=GoldSource, default=GoldSource.CURATOR)
    verdict = models.ForeignKey(Verdict, models.SET_NULL, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    retired_for = models.CharField(max_length=8, choices=RetiredFor, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    # Of one whose answer got about: since when. Unknown, nothing that was answered to it measures anybody.
    leaked_at = models.DateTimeField(null=True, blank=True)
    # Of the answers given since it was made, as the last sweep counted them.
    answered = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    # What a sweep found suspicious: a Suspicion, or empty.
    suspicion = models.TextField(blank=True)

    objects = GoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="retired") ^ Q(retired_for=""), name="gold_retired_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(right__lte=models.F("answered")), name="gold_right_of_answered"
            ),
        ]
        indexes = [models.Index(fields=["status", "use"])]

    def __str__(self):
        return f"{self.answer} for task {self.task_id}, {self.status}"

    @property
    def suspicion_words(self) -> str:
        return str(Suspicion(self.suspicion).label) if self.suspicion else ""

    @property
    def accuracy(self) -> float | None:
        return self.right / self.answered if self.answered else None

    @property
    def measures(self) -> bool:
        return self.use == GoldUse.MEASURE and self.retired_for not in MEASURES_NOBODY
