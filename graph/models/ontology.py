"""The ontology as data: which classes of concepts there are and which relations may join them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from graph.models.status import Level


class Ontology(models.Model):
    """One loaded YAML file; the newest row is the one in force."""

    name = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    source = models.TextField()  # the YAML as it was loaded
    digest = models.CharField(max_length=64)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        get_latest_by = "id"
        verbose_name_plural = "ontologies"

    def __str__(self):
        return f"{self.name} {self.version}"


def in_page_language(labels: dict[str, str], fallback: str) -> str:
    language = (get_language() or "en").split("-")[0]
    return labels.get(language) or labels.get("en") or fallback


class ConceptClass(models.Model):
    """A kind of node, such as Problem or POI."""

    name = models.CharField(max_length=60, unique=True)
    labels = models.JSONField(default=dict)  # language -> word shown on pages
    description = models.TextField(blank=True)
    level = models.CharField(max_length=8, choices=Level, default=Level.SCHEMA)
    # No longer in the ontology but still used by concepts: kept, not offered.
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        return in_page_language(self.labels, self.name)


class Check(models.TextChoices):
    """How much of a relation a person looks at before release (AliMe KG 5.2.1)."""

    COMPLETE = "complete", _("Complete")
    SPOT = "spot", _("Spot check")


class Relation(models.Model):
    """A typed edge: what may stand at its ends, at which level, and how it is checked."""

    name = models.CharField(max_length=60, unique=True)
    labels = models.JSONField(default=dict)
    description = models.TextField(blank=True)
    domain = models.ManyToManyField(ConceptClass, related_name="relations_from")
    range = models.ManyToManyField(ConceptClass, related_name="relations_to")
    # The class of the concept within which a triple holds (C-PV-POI), where the relation needs one.
    scope = models.ForeignKey(
        ConceptClass, models.PROTECT, null=True, blank=True, related_name="scoped_relations"
    )
    level = models.CharField(max_length=8, choices=Level, default=Level.SCHEMA)
    check_policy = models.CharField(max_length=8, choices=Check, default=Check.COMPLETE)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        return in_page_language(self.labels, self.name)
