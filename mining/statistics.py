"""Numbers about the room. Big tables are estimated or remembered for a while, never counted on each page."""

from typing import Any

from django.core.cache import cache
from django.db import connection, models
from django.db.models import Count, Q

from mining.models import Corpus, Document, PhraseCandidate, Sentence

EXACT_BELOW = 50_000
REMEMBERED = 60  # seconds


def number_of(model: type[models.Model]) -> int:
    """Rows of a table: counted where they are few, else the planner's estimate."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        estimate = cursor.fetchone()[0]
    return estimate if estimate > EXACT_BELOW else model._default_manager.count()


def corpora() -> list[dict[str, Any]]:
    """[{"corpus", "documents", "duplicates", "languages": [(language, documents), …]}, …] by name."""
    if number_of(Document) < EXACT_BELOW:
        counts = _counts()
    else:
        counts = cache.get_or_set("mining.corpora", _counts, REMEMBERED) or []
    rows: dict[int, dict[str, Any]] = {
        corpus.pk: {"corpus": corpus, "documents": 0, "duplicates": 0, "languages": []}
        for corpus in Corpus.objects.order_by("name")
    }
    for corpus, language, documents, duplicates in counts:
        if corpus in rows:
            rows[corpus]["documents"] += documents
            rows[corpus]["duplicates"] += duplicates
            rows[corpus]["languages"].append((language, documents))
    return list(rows.values())


def _counts() -> list[tuple[int, str, int, int]]:
    counted: Any = Document.objects.order_by().values_list("corpus", "language")
    counted = counted.annotate(
        documents=Count("pk"), duplicates=Count("pk", filter=Q(duplicate_of__isnull=False))
    )
    return sorted(counted, key=lambda row: -row[2])


def totals() -> dict[str, int]:
    return {
        "documents": number_of(Document),
        "sentences": number_of(Sentence),
        "candidates": number_of(PhraseCandidate),
    }
