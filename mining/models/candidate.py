"""Phrase candidates: what the phrase miner proposes, with where each was seen."""

from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone

from graph.models import Concept
from mining.models.corpus import Sentence
from mining.models.run import Run


class PhraseCandidate(models.Model):
    """A phrase in a leaf category, the pair that the paper's classifier judges (AliMe KG 4.1.2).

    It outlives runs: a later run that finds it again updates its figures and asks nobody anew, unless
    its evidence has grown so much since (`revision`) that an earlier rejection may no longer hold.
    """

    text = models.CharField(max_length=200)  # the most frequent surface form
    normal_form = models.CharField(max_length=200)
    language = models.CharField(max_length=8)
    category = models.ForeignKey(Concept, models.PROTECT, null=True, related_name="+")
    # The category the phrase is most typical of; questions that need no category ask about this row only.
    is_primary = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=0)
    revised_at_count = models.IntegerField()  # document count when the revision was made
    count = models.IntegerField()  # occurrences in the corpus
    document_count = models.IntegerField()  # documents of this category that hold it
    pmi = models.FloatField()
    left_entropy = models.FloatField()
    right_entropy = models.FloatField()
    boundary_share = models.FloatField()
    lift = models.FloatField(default=1)  # how much more often in this category than overall
    # How closely it goes with the category: -1 never together, 0 by chance, 1 never apart (normalised
    # pointwise mutual information of their documents).
    association = models.FloatField(default=0, db_default=0)
    # Near duplicates that the miner merged into it, as they are written.
    variants = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    score = models.FloatField()
    first_run = models.ForeignKey(Run, models.PROTECT, related_name="+")
    last_run = models.ForeignKey(Run, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["language", "normal_form", "category"],
                nulls_distinct=False,
                name="phrase_candidate_once",
            ),
        ]
        indexes = [models.Index(fields=["-score", "id"])]

    def __str__(self):
        return self.text


class RunPhrase(models.Model):
    """That a run proposed a candidate, and the score it gave."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="phrases", db_index=False)
    candidate = models.ForeignKey(PhraseCandidate, models.CASCADE, related_name="runs")
    score = models.FloatField()
    count = models.IntegerField()
    is_new = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "candidate"], name="run_phrase_once")]

    def __str__(self):
        return f"{self.candidate_id} in run {self.run_id}"


class PhraseExample(models.Model):
    """A sentence that holds the phrase; `start` and `end` are offsets within the sentence."""

    candidate = models.ForeignKey(PhraseCandidate, models.CASCADE, related_name="examples", db_index=False)
    sentence = models.ForeignKey(Sentence, models.CASCADE, related_name="+")
    start = models.IntegerField()
    end = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "sentence"], name="phrase_example_once"),
            models.CheckConstraint(condition=Q(start__gte=0, end__gt=F("start")), name="phrase_example_span"),
        ]

    def __str__(self):
        return f"{self.candidate_id} in sentence {self.sentence_id}"
