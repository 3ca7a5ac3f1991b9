"""Import of documents: new ones, changed ones and their sentences, set by set.

All batches of all imports take turns by an advisory lock, so that no row is there twice and the first
document of some content is told from its duplicates.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from mining.actions.imports_categories import CategoryFinder
from mining.actions.imports_copy import HEX, NULL, copied
from mining.actions.imports_files import Checked, Stored, import_files
from mining.actions.imports_seen import SeenIds
from mining.actions.runs_progress import Progress
from mining.corpora.documents import DocumentRow, document_row
from mining.corpora.mapping import Narrowed
from mining.models import Corpus, Run

# Enough new rows to make the planner's figures worth a refresh.
ANALYZE_FROM = 20_000

Batch = list[Checked[DocumentRow]]


def import_documents(run: Run, progress: Progress) -> None:
    """The job: parameters name files, corpus, column mapping and what rows do not say themselves."""
    corpus, _created = Corpus.objects.get_or_create(name=run.parameters["corpus"])
    with SeenIds() as seen:
        import_files(run, progress, DocumentImporter(run, corpus, seen))
    if run.counts.get("added", 0) + run.counts.get("changed", 0) > ANALYZE_FROM:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE mining_document, mining_sentence")


class DocumentImporter:
    what = "documents"
    batch_rows = 5_000

    def __init__(self, run: Run, corpus: Corpus, seen: SeenIds) -> None:
        self.run, self.corpus, self.seen = run, corpus, seen
        told = run.parameters
        self.defaults = {"kind": told.get("kind") or "other", "language": told.get("language") or ""}
        self.narrowed: Narrowed | None = None
        self.concepts = CategoryFinder(run, create=bool(told.get("create_categories")))

    def check(self, values: dict[str, Any], columns: Mapping[str, tuple[str, ...]]) -> DocumentRow:
        if self.narrowed is None or self.narrowed.columns is not columns:
            self.narrowed = Narrowed(columns)
        return document_row(values, self.narrowed.to(values), **self.defaults)

    def size(self, row: DocumentRow) -> int:
        return len(row.text)

    def skip(self, batch: Batch) -> None:
        self.seen.add(checked.row.source_id for checked in batch)

    def store(self, batch: Batch) -> Stored:
        """One batch, within the caller's transaction."""
        stored = Stored({})
        batch = self.concepts.resolve(batch, stored.errors)
        batch, repeated = _once_each(batch, stored.errors)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mining import'))")
            known = self._known(cursor, [checked.row.source_id for checked in batch])
            new = [checked.row for checked in batch if checked.row.source_id not in known]
            same = [checked.row for checked in batch if _content(known, checked.row) == checked.row.content]
            changed = [
                checked
                for checked in batch
                if checked.row.source_id in known and _content(known, checked.row) != checked.row.content
            ]
            changed = self._not_of_this_import(changed, known, stored.errors)
            ids = self._insert(cursor, new)
            sentences = _copy_sentences(
                cursor, ((pk, span) for pk, row in zip(ids, new, strict=True) for span in row.sentences)
            )
            sentences += self._update(cursor, [checked.row for checked in changed], known)
            self.seen.add(row.source_id for row in same)
            duplicates = _mark_duplicates(cursor, ids, new, [checked.row for checked in changed], known)
        stored.counts = {
            "added": len(new), "changed": len(changed), "unchanged": len(same) + repeated,
            "duplicates": duplicates, "sentences": sentences,
        }  # fmt: skip
        return stored

    def _known(self, cursor: Any, source_ids: list[str]) -> dict[str, tuple[Any, ...]]:
        """Stored rows by source id: id, run, hash, and the content."""
        cursor.execute(
            """SELECT source_id, id, imported_by_id, content_hash, kind, language, title, text, category_id,
               item_id FROM mining_document WHERE corpus_id = %s
               AND source_id = ANY(ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)))""",
            # One text in place of an array: thousands of elements need not be quoted one by one.
            [self.corpus.pk, orjson.dumps(source_ids).decode()],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}

    def _not_of_this_import(
        self, changed: Batch, known: dict[str, tuple[Any, ...]], errors: list[tuple[Any, str]]
    ) -> Batch:
        """A second, different row of one id would make every import of the file change it back and forth."""
        seen = self.seen.among(checked.row.source_id for checked in changed)
        kept = []
        for checked in changed:
            source_id = checked.row.source_id
            if known[source_id][1] == self.run.pk or source_id in seen:
                errors.append((checked.place, _used_before(source_id)))
            else:
                kept.append(checked)
        return kept

    def _insert(self, cursor: Any, rows: list[DocumentRow]) -> list[int]:
        if not rows:
            return []
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('mining_document', 'id')) FROM generate_series(1, %s)",
            [len(rows)],
        )
        ids = [row[0] for row in cursor.fetchall()]
        head = f"\t{self.corpus.pk}\t"
        tail = f"\t{self.run.pk}\t{timezone.now().isoformat()}\n"
        with cursor.copy(
            "COPY mining_document (id, corpus_id, source_id, kind, language, title, text, category_id,"
            " item_id, content_hash, imported_by_id, imported_at) FROM STDIN"
        ) as copy:
            copy.write("".join(
                f"{pk}{head}{copied(row.source_id)}\t{row.kind}\t{row.language}\t{copied(row.title)}\t"
                f"{copied(row.text)}\t{row.category_id or NULL}\t{row.item_id or NULL}\t"
                f"{HEX}{row.content_hash.hex()}{tail}"
                for pk, row in zip(ids, rows, strict=True)
            ))  # fmt: skip
        return ids

    def _update(self, cursor: Any, rows: list[DocumentRow], known: dict[str, tuple[Any, ...]]) -> int:
        """Changed documents; of their sentences those that say the same at the same place keep their id."""
        if not rows:
            return 0
        now = timezone.now()
        cursor.executemany(
            """UPDATE mining_document SET kind = %s, language = %s, title = %s, text = %s, category_id = %s,
               item_id = %s, content_hash = %s, imported_by_id = %s, imported_at = %s WHERE id = %s""",
            [(*row.content, row.content_hash, self.run.pk, now, known[row.source_id][0]) for row in rows],
        )
        resplit = {
            known[row.source_id][0]: (known[row.source_id][6], row)
            for row in rows
            if (known[row.source_id][6], known[row.source_id][4]) != (row.text, row.language)
        }
        return _replace_sentences(cursor, resplit)


def _content(known: Mapping[str, tuple[Any, ...]], row: DocumentRow) -> tuple[Any, ...] | None:
    stored = known.get(row.source_id)
    return stored[3:] if stored else None


def _used_before(source_id: str) -> str:
    return f"the id “{source_id}” is in an earlier row of this import with other content"


def _once_each(batch: Batch, errors: list[tuple[Any, str]]) -> tuple[Batch, int]:
    """The rows without those that repeat an earlier one of the batch, and how many said exactly the same."""
    first: dict[str, DocumentRow] = {}
    kept, repeated = [], 0
    for checked in batch:
        row = checked.row
        earlier = first.setdefault(row.source_id, row)
        if earlier is row:
            kept.append(checked)
        elif earlier.content == row.content:
            repeated += 1
        else:
            errors.append((checked.place, _used_before(row.source_id)))
    return kept, repeated


def _copy_sentences(cursor: Any, spans: Iterable[tuple[int, tuple[int, int]]]) -> int:
    lines = [f"{document}\t{start}\t{end}\n" for document, (start, end) in spans]
    with cursor.copy('COPY mining_sentence (document_id, "start", "end") FROM STDIN') as copy:
        # Nothing but numbers, so that no row has to be escaped.
        copy.write("".join(lines))
    return len(lines)


def _replace_sentences(cursor: Any, changed: dict[int, tuple[str, DocumentRow]]) -> int:
    if not changed:
        return 0
    cursor.execute(
        'SELECT id, document_id, "start", "end" FROM mining_sentence WHERE document_id = ANY(%s)',
        [list(changed)],
    )
    gone: list[int] = []
    wanted = {pk: set(row.sentences) for pk, (_, row) in changed.items()}
    for sentence, document, start, end in cursor.fetchall():
        before, row = changed[document]
        if (start, end) in wanted[document] and before[start:end] == row.text[start:end]:
            wanted[document].discard((start, end))
        else:
            gone.append(sentence)
    cursor.execute("DELETE FROM mining_phraseexample WHERE sentence_id = ANY(%s)", [gone])
    cursor.execute("DELETE FROM mining_sentence WHERE id = ANY(%s)", [gone])
    return _copy_sentences(cursor, ((pk, span) for pk, spans in wanted.items() for span in sorted(spans)))


def _mark_duplicates(
    cursor: Any,
    ids: list[int],
    new: list[DocumentRow],
    changed: list[DocumentRow],
    known: dict[str, tuple[Any, ...]],
) -> int:
    """Point documents of equal content to the first of them; how many of the batch are duplicates.

    The first stays the first while it has its content; when it changes, the oldest of the others
    takes its place.
    """
    moved = [row for row in changed if bytes(known[row.source_id][2]) != row.content_hash]
    touched = [*ids, *(known[row.source_id][0] for row in moved)]
    hashes = {row.content_hash for row in (*new, *moved)} | {bytes(known[row.source_id][2]) for row in moved}
    if not moved and not _has_twins(cursor, ids, new):
        return 0
    cursor.execute(
        """WITH member AS (
             SELECT id, content_hash, first_value(id) OVER (
               PARTITION BY content_hash
               ORDER BY duplicate_of_id IS NOT NULL OR id = ANY(%(touched)s), id) AS first
             FROM mining_document WHERE content_hash = ANY(%(hashes)s))
           UPDATE mining_document SET duplicate_of_id = nullif(member.first, member.id) FROM member
           WHERE mining_document.id = member.id
             AND duplicate_of_id IS DISTINCT FROM nullif(member.first, member.id)
           RETURNING mining_document.id, duplicate_of_id""",
        {"touched": touched, "hashes": list(hashes)},
    )
    marked = {pk for pk, first in cursor.fetchall() if first is not None}
    return len(marked.intersection(touched))


def _has_twins(cursor: Any, ids: list[int], new: list[DocumentRow]) -> bool:
    """Whether any of the new documents shares its content with another; most batches have none."""
    hashes = list({row.content_hash for row in new})
    if len(hashes) < len(new) or not new:
        return bool(new)
    # New ids are the highest there are, in this transaction's order.
    cursor.execute(
        """SELECT EXISTS (SELECT FROM mining_document WHERE id < %s AND content_hash = ANY(ARRAY(
             SELECT decode(hash, 'hex') FROM unnest(string_to_array(%s, ' ')) AS hash)))""",
        [min(ids), " ".join(digest.hex() for digest in hashes)],
    )
    return bool(cursor.fetchone()[0])
