"""Concepts and the words for them."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from graph.models.ontology import ConceptClass
from graph.models.status import Status

# What RDF accepts as a language tag, as short as ours are.
LANGUAGE = r"^[a-z]{2,3}(-[a-zA-Z0-9]+)*$"


class ConceptQuerySet(models.QuerySet["Concept"]):
    def proposed(self):
        return self.filter(status=Status.PROPOSED)

    def with_proposals(self, class_name: str):
        """Concepts of a class that proposed triples start from or hold within, by name."""
        from graph.models.triple import Triple  # which imports this module

        ends = Q(subject=OuterRef("pk")) | Q(scope=OuterRef("pk"))
        proposed = Triple.objects.filter(ends, status=Status.PROPOSED)
        return self.filter(Exists(proposed), concept_class__name=class_name).order_by("name")

    def on_their_own(self):
        """Proposed concepts that no proposed triple brings along: they need a decision of their own."""
        from graph.models.triple import Triple  # which imports this module

        ends = Q(subject=OuterRef("pk")) | Q(object=OuterRef("pk")) | Q(scope=OuterRef("pk"))
        return self.proposed().exclude(Exists(Triple.objects.filter(ends, status=Status.PROPOSED)))


class Concept(models.Model):
    """A node of the graph."""

    # Names the node in every release. Derived from class and identity (graph.identity), so that the
    # same catalogue loaded into an empty workspace gives the same IRIs.
    key = models.UUIDField(unique=True)
    concept_class = models.ForeignKey(ConceptClass, models.PROTECT, related_name="concepts")
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    # The preferred label in the concept's first language, kept here so that lists need no join.
    name = models.CharField(max_length=500)
    language = models.CharField(max_length=8)
    external_id = models.CharField(max_length=200, blank=True)  # its id in the catalogue it came from
    # Of the newest verdict among its evidence, and whether any of them is a simulated crowd's:
    # kept here so that the queue sorts and filters by index.
    posterior = models.FloatField(null=True)
    is_simulated = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ConceptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="concept_status_known"),
            models.CheckConstraint(condition=Q(language__regex=LANGUAGE), name="concept_language_is_a_tag"),
            models.CheckConstraint(condition=~Q(name=""), name="concept_name_not_empty"),
            models.UniqueConstraint(
                fields=["concept_class", "external_id"],
                condition=~Q(external_id=""),
                name="concept_external_id_once_per_class",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "concept_class", "id"]),
            models.Index(fields=["concept_class", "name"]),
            models.Index(
                Coalesce("posterior", -1.0).desc(),
                "id",
                condition=Q(status=Status.PROPOSED),
                name="concept_queue",
            ),
        ]

    def __str__(self):
        return self.name


class Label(models.Model):
    """A word for a concept in one language: the preferred one, or an alias."""

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="labels")
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=500)
    normal_form = models.CharField(max_length=500)
    is_preferred = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concept", "language"], condition=Q(is_preferred=True), name="label_one_preferred"
            ),
            models.UniqueConstraint(fields=["concept", "language", "normal_form"], name="label_once"),
            models.CheckConstraint(condition=~Q(text=""), name="label_not_empty"),
            models.CheckConstraint(condition=Q(language__regex=LANGUAGE), name="label_language_is_a_tag"),
        ]
        # With the operators of LIKE, so that a search by the first letters uses it.
        indexes = [
            models.Index(fields=["normal_form"], opclasses=["varchar_pattern_ops"], name="label_normal_form"),
        ]

    def __str__(self):
        return f"{self.text}@{self.language}"
