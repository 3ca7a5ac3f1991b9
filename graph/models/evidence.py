"""What supports a concept or a triple."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from graph.models.concept import Concept
from graph.models.triple import Triple


class EvidenceKind(models.TextChoices):
    SENTENCE = "sentence", _("Sentence")
    IMAGE = "image", _("Image")
    VERDICT = "verdict", _("Verdict")
    IMPORT = "import", _("Import")
    CURATOR = "curator", _("Curator")


class Evidence(models.Model):
    """One reason to believe.

    The graph is the ground floor and knows no other room, so the source is named by `reference`
    ("verdict/17", "sentence/912", "run/3"), which the API resolves, and what a curator must see
    (the sentence, the votes) is kept here as it was.
    """

    concept = models.ForeignKey(Concept, models.CASCADE, null=True, blank=True, related_name="evidence")
    triple = models.ForeignKey(Triple, models.CASCADE, null=True, blank=True, related_name="evidence")
    kind = models.CharField(max_length=8, choices=EvidenceKind)
    reference = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    # Half-open span of the phrase within `text`, in characters.
    start = models.IntegerField(null=True, blank=True)
    end = models.IntegerField(null=True, blank=True)
    # Votes, posterior, source title, model version, whether simulated …
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(concept=None, triple__isnull=False) | Q(concept__isnull=False, triple=None),
                name="evidence_for_a_concept_or_a_triple",
            ),
            models.CheckConstraint(
                # Both or neither: a comparison with NULL would let the constraint pass.
                condition=Q(start=None, end=None)
                | Q(start__isnull=False, end__isnull=False, start__gte=0, end__gt=F("start")),
                name="evidence_span_half_open",
            ),
            models.UniqueConstraint(
                fields=["concept", "triple", "kind", "reference"], nulls_distinct=False, name="evidence_once"
            ),
        ]
        indexes = [models.Index(fields=["reference"])]
        verbose_name_plural = "evidence"

    def __str__(self):
        return f"{self.kind} {self.reference}"

    @property
    def parts(self) -> tuple[str, str, str]:
        """The text before the phrase, the phrase, and the text after it."""
        if self.start is None or self.end is None:
            return self.text, "", ""
        return self.text[: self.start], self.text[self.start : self.end], self.text[self.end :]
