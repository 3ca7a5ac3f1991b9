"""Relation sentences: sentences that may say that one thing satisfies, needs or causes another."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils import timezone

from graph.models import Concept
from mining.models.run import Run

# What is asked about at schema level, with the classes that the default ontology joins (AliMe MKG 2.1).
SENTENCE_RELATIONS = {
    "satisfy": ("PropertyValue", "POI"),
    "need": ("Problem", "POI"),
    "cause": ("Scenario", "Problem"),
}


class RelationCandidate(models.Model):
    """A sentence with the places of subject and object (AliMe KG 4.4).

    It is known by its id at its source; the same sentence under another id is no second candidate. When
    what the annotator sees has changed, `revision` grows and an earlier rejection no longer holds.
    """

    source_id = models.CharField(max_length=200, unique=True)
    relation = models.CharField(max_length=40)
    text = models.TextField()
    language = models.CharField(max_length=8)
    # Half-open spans within the text, in characters.
    subject_start = models.IntegerField()
    subject_end = models.IntegerField()
    object_start = models.IntegerField()
    object_end = models.IntegerField()
    subject_text = models.CharField(max_length=200)
    object_text = models.CharField(max_length=200)
    subject_class = models.CharField(max_length=100)
    object_class = models.CharField(max_length=100)
    category = models.ForeignKey(Concept, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=500, blank=True)  # where the sentence stood, for people
    score = models.FloatField(default=0)
    # Of all that the annotator is asked about: two candidates of equal evidence would be one question twice.
    fingerprint = models.BinaryField(unique=True)
    revision = models.PositiveIntegerField(default=0)
    imported_by = models.ForeignKey(Run, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(relation__in=list(SENTENCE_RELATIONS)), name="relation_candidate_relation_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    subject_start__gte=0, subject_end__gt=F("subject_start"), subject_end__lte=Length("text")
                ),
                name="relation_candidate_subject_span",
            ),
            models.CheckConstraint(
                condition=Q(
                    object_start__gte=0, object_end__gt=F("object_start"), object_end__lte=Length("text")
                ),
                name="relation_candidate_object_span",
            ),
            models.CheckConstraint(
                condition=Q(subject_end__lte=F("object_start")) | Q(object_end__lte=F("subject_start")),
                name="relation_candidate_spans_apart",
            ),
            models.CheckConstraint(
                # The triple needs it as scope.
                condition=~Q(relation="satisfy") | Q(category__isnull=False),
                name="relation_candidate_scope",
            ),
            models.CheckConstraint(
                condition=~Q(subject_text="") & ~Q(object_text=""), name="relation_candidate_ends_named"
            ),
        ]
        indexes = [models.Index(fields=["relation", "language", "id"])]

    def __str__(self):
        return f"{self.subject_text} {self.relation} {self.object_text}"
