"""Label sets: the frozen labels that a model version was trained and measured on."""

from django.db import models
from django.utils import timezone

from annotation.models import Campaign, Task, Verdict
from mining.models.run import Run


class Split(models.TextChoices):
    TRAINING = "training"
    EVALUATION = "evaluation"


class LabelSet(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="label_sets")
    # The training run that froze it: a second attempt of the run goes on with the same labels.
    run = models.OneToOneField(Run, models.PROTECT, related_name="label_set")
    frozen_at = models.DateTimeField(default=timezone.now)
    training = models.IntegerField()
    evaluation = models.IntegerField()
    # The newest verdict in the set; verdicts after it are what the next round waits for.
    last_verdict = models.ForeignKey(Verdict, models.PROTECT, null=True, related_name="+")

    def __str__(self):
        return f"label set {self.pk} of {self.campaign}"


class LabelSetItem(models.Model):
    label_set = models.ForeignKey(LabelSet, models.CASCADE, related_name="items")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="+")
    split = models.CharField(max_length=10, choices=Split)
    is_positive = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["label_set", "task"], name="label_once_per_set")]

    def __str__(self):
        return f"{self.task_id}: {self.is_positive}"
