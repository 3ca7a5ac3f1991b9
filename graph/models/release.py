"""Releases: immutable published states of the graph.

A row of a release is stored once and marked with the first release that holds it and the first that
no longer does; release n holds the rows with first_release <= n < last_release. A daily release of
millions of unchanged triples then costs only what changed, and a diff is one query. Triggers in the
database (migration 0002) keep rows of a release from being changed or deleted.

`levels` are the levels that a release brings up to date. Rows of the other level stand as they stood in
the release before, so that a monthly schema release and a daily instance release share one numbering.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from graph.models.status import Level


class Release(models.Model):
    number = models.IntegerField(unique=True)
    levels = ArrayField(models.CharField(max_length=8, choices=Level))
    note = models.TextField(blank=True)
    # The ontology in force, for the names of classes and relations in exports.
    ontology = models.ForeignKey("graph.Ontology", models.PROTECT, null=True, related_name="releases")
    iri_base = models.CharField(max_length=200)
    concepts = models.IntegerField(default=0)
    triples = models.IntegerField(default=0)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        get_latest_by = "number"

    def __str__(self):
        return f"Release {self.number}"


class ReleasedRowQuerySet(models.QuerySet[Any]):
    def held_by(self, number: int):
        return self.filter(Q(last_release=None) | Q(last_release__gt=number), first_release__lte=number)

    def without_key_in(self, number: int):
        there = type(self)(self.model).held_by(number).filter(key=OuterRef("key"))
        return self.filter(~Exists(there))

    def added(self, *, since: int, until: int):
        """Rows of release `until` whose key was not in release `since`."""
        return self.held_by(until).filter(first_release__gt=since).without_key_in(since)

    def removed(self, *, since: int, until: int):
        """Rows of release `since` whose key is no longer in release `until`."""
        return self.held_by(since).filter(last_release__lte=until).without_key_in(until)

    def changed(self, *, since: int, until: int):
        """Rows of release `until` whose key stood in release `since` with other content."""
        there = type(self)(self.model).held_by(since).filter(key=OuterRef("key"))
        return self.held_by(until).filter(Exists(there), first_release__gt=since)

    def in_key_order(self, number: int, *, size: int = 2000):
        """Lists of a release's rows in key order, each fetched by key.

        Rows of a release never change, so that no transaction has to stay open while a slow client reads.
        """
        after = None
        rows = self.held_by(number).order_by("key")
        while batch := list((rows.filter(key__gt=after) if after else rows)[:size]):
            yield batch
            after = batch[-1].key


class ReleasedRow(models.Model):
    level = models.CharField(max_length=8, choices=Level)
    first_release = models.IntegerField()
    last_release = models.IntegerField(null=True)  # the first release that no longer holds the row

    objects = ReleasedRowQuerySet.as_manager()

    class Meta:
        abstract = True


class ReleasedConcept(ReleasedRow):
    key = models.UUIDField()
    concept = models.ForeignKey("graph.Concept", models.PROTECT, related_name="released")
    concept_class = models.CharField(max_length=60)
    # [[language, text, is_preferred], …], preferred first, then by language and text.
    labels = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(last_release=None), name="released_concept_one_open_row"
            ),
        ]
        indexes = [
            models.Index(fields=["key", "first_release"]),
            models.Index(fields=["first_release"]),
            models.Index(fields=["last_release"]),
        ]

    def __str__(self):
        return str(self.key)


class ReleasedTriple(ReleasedRow):
    key = models.UUIDField()
    triple = models.ForeignKey("graph.Triple", models.PROTECT, related_name="released")
    subject = models.UUIDField()
    relation = models.CharField(max_length=60)
    object = models.UUIDField()
    scope = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(last_release=None), name="released_triple_one_open_row"
            ),
        ]
        indexes = [
            models.Index(fields=["key", "first_release"]),
            models.Index(fields=["first_release"]),
            models.Index(fields=["last_release"]),
        ]

    def __str__(self):
        return str(self.key)
