"""The documents of a mining run, out of the database: which there are, in what version, their sentences."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from mining.phrases.parameters import SentenceText

LISTED_AT_ONCE, READ_AT_ONCE = 20_000, 500  # documents without and with their texts


class Documents:
    """Those that are no duplicates, of the corpora, categories and language that a run was told (none: of
    all).
    """

    def __init__(self, told: dict[str, Any]) -> None:
        where, self.values = ["document.duplicate_of_id IS NULL", "document.id > %(after)s"], {}
        for name, column in (("corpora", "corpus_id"), ("categories", "category_id")):
            if told.get(name):
                where.append(f"document.{column} = ANY(%({name})s)")
                self.values[name] = sorted(told[name])
        if told.get("language"):
            where.append("document.language = %(language)s")
            self.values["language"] = told["language"]
        self.listed = LISTED.replace("$where", " AND ".join(where))

    def documents(self) -> Iterator[tuple[int, str, int, int]]:
        """Id, language, version and number of sentences of each, by id."""
        rows: list[tuple[int, str, int, int]] = [(0, "", 0, 0)]
        while rows:
            with connection.cursor() as cursor:
                cursor.execute(self.listed, {**self.values, "after": rows[-1][0], "limit": LISTED_AT_ONCE})
                rows = cursor.fetchall()
            yield from rows

    def sentences(self, documents: Iterable[int]) -> Iterator[SentenceText]:
        """Sentences of these documents, as far as they are still there, by document, then by place."""
        wanted = [int(document) for document in documents]
        for at in range(0, len(wanted), READ_AT_ONCE):
            with connection.cursor() as cursor:
                cursor.execute(READ, [wanted[at : at + READ_AT_ONCE]])
                rows = cursor.fetchall()
            for document, language, category, text, sentences in rows:
                for sentence, start, end in sentences or ():
                    yield SentenceText(sentence, document, language, category, text[start:end])

    def folder(self) -> Path:
        """Where the counts of this choice of documents are kept."""
        told = hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).hexdigest()
        return kept_counts() / told[:16]


def kept_counts() -> Path:
    return Path(settings.VAR_DIR) / "counts"


def read_sentences(told: dict[str, Any]) -> Iterator[SentenceText]:
    """All sentences of the documents that a run was told, by document."""
    documents = Documents(told)
    yield from documents.sentences(row[0] for row in documents.documents())


# The version changes with the text, the category, and the ids and places of the sentences: a document that
# was changed and changed back has new sentences.
LISTED = """
SELECT document.id, document.language, hashtextextended(
    concat_ws(' ', document.language, coalesce(document.category_id, 0),
              parts.number, parts.ids, parts.places),
    hashtextextended(document.text, 0)), parts.number
FROM mining_document document CROSS JOIN LATERAL (
  SELECT count(*) AS number, sum(id) AS ids, sum("start" * 1000003::bigint + "end") AS places
  FROM mining_sentence sentence WHERE sentence.document_id = document.id) parts
WHERE $where ORDER BY document.id LIMIT %(limit)s"""
# One statement, so that spans fit the text: an import may change both at any moment.
READ = """
SELECT document.id, document.language, document.category_id, document.text, (
  SELECT json_agg(json_build_array(id, "start", "end") ORDER BY "start")
  FROM mining_sentence sentence WHERE sentence.document_id = document.id)
FROM mining_document document WHERE document.id = ANY(%s) ORDER BY document.id"""
