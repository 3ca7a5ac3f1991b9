"""Model versions and how well each did on the labels that selection never touched."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.models import Campaign
from mining.models.label_set import LabelSet
from mining.models.run import Run


class ModelVersion(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="model_versions")
    number = models.PositiveIntegerField()
    classifier = models.CharField(max_length=60)  # a name in mining.classifiers
    label_set = models.ForeignKey(LabelSet, models.PROTECT, related_name="model_versions")
    run = models.OneToOneField(Run, models.PROTECT, related_name="model_version")
    path = models.CharField(max_length=300)  # below VAR_DIR
    digest = models.CharField(max_length=64)  # sha256 of the file; a file that differs is not loaded
    trained_in = models.DurationField()
    # The version whose scores rank the queue.
    is_live = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="model_version_number_once"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(is_live=True), name="model_version_one_live"
            ),
        ]
        ordering = ["campaign", "number"]

    def __str__(self):
        return f"{self.campaign} model {self.number}"


class Evaluation(models.Model):
    """A version measured on the evaluation part of a label set.

    Every version is measured again on each newer set, so that the points of a learning curve are
    comparable.
    """

    model_version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="evaluations")
    label_set = models.ForeignKey(LabelSet, models.CASCADE, related_name="evaluations")
    # {"accuracy": [value, low, high], "f1": …, "average_precision": …, "size": n, "positives": n}
    metrics = models.JSONField()
    evaluated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model_version", "label_set"], name="evaluation_once"),
        ]

    def __str__(self):
        return f"{self.model_version} on set {self.label_set_id}"
