"""A task: one candidate in one campaign, with its free seats on the row that is locked."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotation import kinds
from annotation.models.answer import Answer
from annotation.models.campaign import Campaign


class Pool(models.TextChoices):
    """Why a task is in the queue."""

    MODEL = "model", _("model")  # selection by the model may rank it
    EVALUATION = (
        "evaluation",
        _("evaluation"),
    )  # drawn at random when the task was made; selection never touches it
    GOLD = "gold", _("known answer")  # the answer is known; measures people, not candidates


class ChosenBy(models.TextChoices):
    RANDOM = "random"
    UNCERTAINTY = "uncertainty"
    LIKELIHOOD = "likelihood"


# Gold is shown to everybody, so its seats only have to outnumber the crowd (and fit the column).
GOLD_SEATS = 30_000


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self):
        """With a seat that nobody holds."""
        return self.filter(seats_free__gt=0)

    def for_annotator(self, annotator):
        """Open tasks that this person may still be asked."""
        return (
            self.open()
            .filter(language__in=annotator.reads)
            .exclude(taken_by__contains=[annotator.pk])
            .exclude(pool=Pool.GOLD)
        )

    def not_begun(self):
        """Nobody holds or has answered them; selection may still change when they are asked."""
        return self.filter(seats_free=F("seats_granted"), seats_free__gt=0).exclude(pool=Pool.GOLD)

    def unjudged(self):
        """Without a standing verdict; gold never gets one and is left out."""
        from annotation.models.verdict import Verdict  # which imports this module

        return self.filter(~Exists(Verdict.objects.standing().filter(task=OuterRef("pk")))).exclude(
            pool=Pool.GOLD
        )

    def in_batches(self, size: int = 1000) -> Iterator[list[Any]]:
        """Lists of rows in key order, each fetched by key: memory stays flat at any size."""
        after = 0
        while batch := list(self.filter(pk__gt=after).order_by("pk")[:size]):
            yield batch
            after = batch[-1].pk


class Task(models.Model):
    # No index of its own: others begin with it, and each one more is paid for with every new task.
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tasks", db_index=False)
    # The candidate's primary key in its kind's table; `revision` grows when its evidence changed.
    candidate_id = models.BigIntegerField()
    revision = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=8)
    # What the annotator sees, as it was when the task was made.
    content = models.JSONField()
    # Seats that nobody holds. They live here because a count in another table is already old
    # when the row is locked.
    seats_free = models.SmallIntegerField()
    # Seats that the policy has granted so far, taken ones too: counted answers + leases + free seats.
    seats_granted = models.SmallIntegerField()
    # Who holds a lease or has answered, for the same reason.
    taken_by = ArrayField(models.BigIntegerField(), default=list)
    # Whose lease ran out: a late answer of theirs is welcome, one of somebody never asked is not.
    lapsed = ArrayField(models.BigIntegerField(), default=list)
    # Smallest first. Each round of selection writes ranks in front of what was there.
    rank = models.FloatField()
    pool = models.CharField(max_length=10, choices=Pool, default=Pool.MODEL)
    chosen_by = models.CharField(max_length=11, choices=ChosenBy, default=ChosenBy.RANDOM)
    # The model's probability that the verdict is accept, and the version that said so.
    score = models.FloatField(null=True)
    scored_by = models.BigIntegerField(null=True)
    # Near-duplicates share a cluster, a digest of what they have in common. One of them is asked for all;
    # a member waits without seats, unless it is one of the few that are asked to check on the cluster.
    cluster = models.CharField(max_length=32, blank=True, default="", db_default="")
    represented_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="members", db_index=False
    )
    is_check = models.BooleanField(default=False, db_default=False)
    gold_answer = models.CharField(max_length=6, choices=Answer, blank=True)
    gold_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "candidate_id", "revision"], name="task_once"),
            models.CheckConstraint(condition=Q(seats_free__gte=0), name="task_seats_not_negative"),
            models.CheckConstraint(
                condition=Q(seats_granted__gte=F("seats_free")), name="task_seats_free_were_granted"
            ),
            models.CheckConstraint(
                condition=Q(pool=Pool.GOLD) ^ Q(gold_answer=""), name="task_gold_has_its_answer"
            ),
            models.CheckConstraint(
                condition=Q(represented_by=None) | Q(is_check=True) | Q(seats_granted=0),
                name="task_member_waits_without_seats",
            ),
            models.CheckConstraint(
                condition=Q(is_check=False) | Q(represented_by__isnull=False), name="task_check_is_a_member"
            ),
            models.CheckConstraint(
                condition=Q(represented_by=None) | ~Q(pool=Pool.GOLD), name="task_gold_is_no_member"
            ),
        ]
        indexes = [
            # By the cluster first: the campaign may be one that the planner does not know yet.
            models.Index(fields=["cluster", "campaign"], condition=~Q(cluster=""), name="task_cluster"),
            models.Index(
                fields=["represented_by"], condition=Q(represented_by__isnull=False), name="task_members"
            ),
            # The queue: what the serving statement walks along, one walk for each language.
            models.Index(
                fields=["campaign", "language", "rank", "id"],
                condition=Q(seats_free__gt=0) & ~Q(pool="gold"),
                name="task_queue_by_language",
            ),
            models.Index(fields=["campaign", "id"], condition=Q(pool="gold"), name="task_gold"),
            models.Index(fields=["campaign", "pool", "id"]),
        ]

    def __str__(self):
        return f"task {self.pk}"

    @property
    def is_gold(self) -> bool:
        return self.pool == Pool.GOLD

    @property
    def kind(self) -> "kinds.Kind":
        return kinds.get(self.campaign.kind)
