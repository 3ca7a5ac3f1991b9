"""Source text: corpora, documents, and their sentences by offset."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from graph.models import Concept


class Corpus(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "corpora"

    def __str__(self):
        return self.name


class DocumentKind(models.TextChoices):
    ITEM_PAGE = "item_page", _("Item page")
    ARTICLE = "article", _("Article")
    REVIEW = "review", _("Customer review")
    CHAT = "chat", _("Chat")
    ENCYCLOPAEDIA = "encyclopaedia", _("Encyclopaedia entry")
    QUERY = "query", _("Search query")
    OTHER = "other", _("Other")


class Document(models.Model):
    # The unique constraint is index enough.
    corpus = models.ForeignKey(Corpus, models.PROTECT, related_name="documents", db_index=False)
    source_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=13, choices=DocumentKind, default=DocumentKind.OTHER)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    category = models.ForeignKey(Concept, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(Concept, models.PROTECT, null=True, related_name="+")
    # Of the normal form of title and text; equal content of another source id is a duplicate.
    content_hash = models.BinaryField(max_length=16)
    # The first document with the same content; duplicates are kept for their source but not mined.
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates")
    imported_by = models.ForeignKey("mining.Run", models.PROTECT, null=True, related_name="documents")
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["corpus", "source_id"], name="document_source_id_once"),
        ]
        indexes = [models.Index(fields=["content_hash"])]

    def __str__(self):
        return self.title or self.source_id


class Sentence(models.Model):
    """A half-open span of its document's text, in characters; the text itself is not stored twice."""

    # The unique constraint is index enough.
    document = models.ForeignKey(Document, models.CASCADE, related_name="sentences", db_index=False)
    start = models.IntegerField()
    end = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "start"], name="sentence_once"),
            models.CheckConstraint(
                condition=Q(start__gte=0, end__gt=F("start")), name="sentence_span_half_open"
            ),
        ]

    def __str__(self):
        return f"{self.document_id}[{self.start}:{self.end}]"
