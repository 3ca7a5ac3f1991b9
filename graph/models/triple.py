"""Triples: subject, relation, object, and where the relation needs one a category as scope."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from graph.models.concept import Concept
from graph.models.ontology import Relation
from graph.models.status import Status


class TripleQuerySet(models.QuerySet["Triple"]):
    def proposed(self):
        return self.filter(status=Status.PROPOSED)

    def with_parts(self):
        """Everything that a line about a triple shows, in one query."""
        return self.select_related(
            "relation",
            "subject__concept_class",
            "object__concept_class",
            "scope__concept_class",
        )

    def touching(self, concept_ids):
        """Triples with one of the concepts at an end or as scope."""
        return self.filter(Q(subject__in=concept_ids) | Q(object__in=concept_ids) | Q(scope__in=concept_ids))


class Triple(models.Model):
    key = models.UUIDField(unique=True)  # derived from its parts (graph.identity)
    subject = models.ForeignKey(Concept, models.PROTECT, related_name="triples_from")
    relation = models.ForeignKey(Relation, models.PROTECT, related_name="triples")
    object = models.ForeignKey(Concept, models.PROTECT, related_name="triples_to")
    scope = models.ForeignKey(Concept, models.PROTECT, null=True, blank=True, related_name="triples_scoped")
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    # As on Concept: the newest verdict's posterior, and whether a simulated crowd spoke.
    posterior = models.FloatField(null=True)
    is_simulated = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = TripleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "relation", "object", "scope"], nulls_distinct=False, name="triple_once"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="triple_status_known"),
        ]
        indexes = [
            models.Index(fields=["status", "relation", "id"]),
            models.Index(
                Coalesce("posterior", -1.0).desc(),
                "id",
                condition=Q(status=Status.PROPOSED),
                name="triple_queue",
            ),
            models.Index(fields=["decided_at"], condition=Q(decided_at__isnull=False), name="triple_decided"),
        ]

    def __str__(self):
        scope = f" [{self.scope}]" if self.scope_id else ""
        return f"{self.subject} {self.relation} {self.object}{scope}"

    @property
    def end_ids(self) -> list[int]:
        """The concepts it stands on: subject, object and, where there is one, scope."""
        return [pk for pk in (self.subject_id, self.object_id, self.scope_id) if pk]
