"""Images, and the texts that they may show."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from graph.models import Concept
from mining.models.run import Run

# What `has_image` starts from in the default ontology (AliMe MKG 2.1).
SHOWN_CLASSES = ("POI", "PropertyValue", "Problem", "Scenario")


class Image(models.Model):
    """One picture, whoever uses it: its files lie below MEDIA under its digest (mining.images.store)."""

    sha256 = models.CharField(max_length=64, unique=True)
    mime = models.CharField(max_length=20)
    width = models.IntegerField()  # of the original, upright
    height = models.IntegerField()
    size = models.IntegerField()  # bytes
    # What the pages show: at most mining.images.check.WEB_SIDE pixels a side.
    web_mime = models.CharField(max_length=20)
    web_width = models.IntegerField()
    web_height = models.IntegerField()
    # mining.images.statistics, for classifiers
    statistics = ArrayField(models.FloatField())
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="image_digest"),
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0, size__gt=0, web_width__gt=0, web_height__gt=0),
                name="image_has_a_size",
            ),
            models.CheckConstraint(
                condition=Q(mime__in=["image/jpeg", "image/png", "image/webp", "image/gif"]),
                name="image_format_known",
            ),
        ]

    def __str__(self):
        return self.sha256[:12]


class ImageCandidate(models.Model):
    """An image and a text that it may show (AliMe MKG 2.2.3); known by its id, as a relation sentence is."""

    source_id = models.CharField(max_length=200, unique=True)
    image = models.ForeignKey(Image, models.PROTECT, related_name="candidates")
    text = models.CharField(max_length=200)
    text_class = models.CharField(max_length=100)
    title = models.CharField(max_length=500, blank=True)  # of the item that the image belongs to
    category = models.ForeignKey(Concept, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=8)
    score = models.FloatField(default=0)
    fingerprint = models.BinaryField(unique=True)  # as on RelationCandidate
    revision = models.PositiveIntegerField(default=0)
    imported_by = models.ForeignKey(Run, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(text_class__in=SHOWN_CLASSES), name="image_candidate_class_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="image_candidate_text"),
        ]
        indexes = [models.Index(fields=["language", "id"])]

    def __str__(self):
        return self.text
