"""Encoders: masked language models that were trained here, in versions."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mining.models.run import Run


class Encoder(models.Model):
    """One version; mining runs name it as `name` (the newest) or `name@number`."""

    name = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    run = models.OneToOneField(Run, models.PROTECT, related_name="encoder")
    path = models.CharField(max_length=300)  # below VAR_DIR
    digest = models.CharField(max_length=64)  # sha256 of the weights; a file that differs is not loaded
    parameters = models.JSONField()
    corpus = models.JSONField()  # what it was trained on: fingerprint, texts, tokens
    training = models.JSONField()  # steps, seconds, device …
    # Measured on held-out sentences: [{"step", "loss", "perplexity", "top1", "top10"}, …]
    history = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="encoder_number_once"),
            # A slash would make it a path or an id of the hub.
            models.CheckConstraint(condition=Q(name__regex=r"^[\w][\w.-]*$"), name="encoder_name"),
        ]
        ordering = ["name", "number"]

    def __str__(self):
        return f"{self.name}@{self.number}"

    @property
    def folder(self) -> Path:
        return Path(settings.VAR_DIR) / self.path

    @property
    def measured(self) -> dict[str, float]:
        return self.history[-1]
