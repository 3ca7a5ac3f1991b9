"""Import of candidates that somebody else proposed: relation sentences, and images with texts.

A candidate is known by its id, and by the fingerprint of what the annotator is asked about. The same row
again changes nothing; a row whose fingerprint has changed gets a new revision, so that an earlier
rejection no longer holds for it (promise 5); a row that asks what another candidate asks is a duplicate.
"""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from django.db import connection
from django.utils import timezone

from mining.actions.imports_categories import CategoryFinder
from mining.actions.imports_files import Checked, Stored
from mining.actions.imports_seen import SeenIds
from mining.models import Run


class CandidateRow(Protocol):
    source_id: str
    category_id: int | None

    @property
    def fingerprint(self) -> bytes: ...


Row = TypeVar("Row", bound=CandidateRow)
Errors = list[tuple[Any, str]]


class CandidateImporter(Generic[Row]):
    """What both kinds share; a subclass names its table and turns a row into columns."""

    what: str
    batch_rows: int
    table: str
    # Of what the fingerprint is taken, and what only goes along with it.
    asked: Sequence[str]
    told: Sequence[str] = ("title", "score")

    def __init__(self, run: Run, seen: SeenIds) -> None:
        self.run, self.seen = run, seen
        self.language = run.parameters.get("language") or ""
        self.concepts = CategoryFinder(run, create=bool(run.parameters.get("create_categories")))

    def asked_values(self, row: Row) -> tuple[Any, ...]:
        raise NotImplementedError

    def told_values(self, row: Row) -> tuple[Any, ...]:
        raise NotImplementedError

    def prepare(self, batch: list[Checked[Row]], errors: Errors) -> list[Checked[Row]]:
        """What has to be there before rows are compared; those that can be used."""
        return self.concepts.resolve(batch, errors)

    def size(self, row: Row) -> int:
        return 0

    def skip(self, batch: list[Checked[Row]]) -> None:
        self.seen.add(checked.row.source_id for checked in batch)

    def store(self, batch: list[Checked[Row]]) -> Stored:
        """One batch, within the caller's transaction."""
        stored = Stored({})
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mining import'))")
            batch = self.prepare(batch, stored.errors)
            batch, repeated = _once_each(batch, stored.errors)
            known = self._known(cursor, [checked.row.source_id for checked in batch])
            seen = self.seen.among(known)
            # Whose question it is already: of a stored candidate, or of an earlier row of the batch.
            asks = self._asking(cursor, [checked.row.fingerprint for checked in batch])
            new: list[Row] = []
            changed: list[tuple[int, Row]] = []
            retold: list[tuple[int, Row]] = []
            same = duplicates = 0
            for checked in batch:
                row = checked.row
                stands = known.get(row.source_id)
                twin = asks.get(row.fingerprint, row.source_id)
                if stands is None and twin != row.source_id:
                    duplicates += 1
                elif stands is None:
                    new.append(row)
                    asks[row.fingerprint] = row.source_id
                elif stands[2] == row.fingerprint:
                    if stands[3:] == self.told_values(row):
                        same += 1
                    else:
                        retold.append((stands[0], row))
                elif stands[1] == self.run.pk or row.source_id in seen:
                    stored.errors.append((checked.place, _used_before(row.source_id)))
                elif twin != row.source_id:
                    stored.errors.append((checked.place, f"the same is asked by “{twin}” already"))
                else:
                    changed.append((stands[0], row))
                    asks[row.fingerprint] = row.source_id
            self._insert(cursor, new)
            self._update(cursor, changed, [*self.asked, *self.told], is_new_evidence=True)
            self._update(cursor, retold, self.told, is_new_evidence=False)
            self.seen.add(checked.row.source_id for checked in batch)
        stored.counts = {
            "added": len(new), "changed": len(changed) + len(retold), "unchanged": same + repeated,
            "duplicates": duplicates,
        }  # fmt: skip
        return stored

    def _known(self, cursor: Any, source_ids: list[str]) -> dict[str, tuple[Any, ...]]:
        """Stored rows by source id: id, run, fingerprint, and what goes along."""
        cursor.execute(
            f"SELECT source_id, id, imported_by_id, fingerprint, {', '.join(self.told)} FROM {self.table}"  # noqa: S608
            " WHERE source_id = ANY(%s)",
            [source_ids],
        )
        return {row[0]: (row[1], row[2], bytes(row[3]), *row[4:]) for row in cursor.fetchall()}

    def _asking(self, cursor: Any, fingerprints: list[bytes]) -> dict[bytes, str]:
        cursor.execute(
            f"SELECT fingerprint, source_id FROM {self.table} WHERE fingerprint = ANY(%s)",  # noqa: S608
            [fingerprints],
        )
        return {bytes(fingerprint): source_id for fingerprint, source_id in cursor.fetchall()}

    def _insert(self, cursor: Any, rows: list[Row]) -> None:
        columns = [
            *self.asked,
            *self.told,
            "source_id",
            "fingerprint",
            "revision",
            "imported_by_id",
            "imported_at",
        ]
        now = timezone.now()
        with cursor.copy(f"COPY {self.table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                own = (*self.asked_values(row), *self.told_values(row))
                copy.write_row((*own, row.source_id, row.fingerprint, 0, self.run.pk, now))

    def _update(
        self, cursor: Any, rows: list[tuple[int, Row]], columns: Sequence[str], *, is_new_evidence: bool
    ) -> None:
        if not rows:
            return
        sets = ", ".join(f"{column} = %s" for column in columns)
        if is_new_evidence:
            sets += ", revision = revision + 1"
        now = timezone.now()
        cursor.executemany(
            f"UPDATE {self.table} SET {sets}, fingerprint = %s, imported_by_id = %s, imported_at = %s"  # noqa: S608
            " WHERE id = %s",
            [
                (
                    *(self.asked_values(row) if is_new_evidence else ()),
                    *self.told_values(row),
                    row.fingerprint,
                    self.run.pk,
                    now,
                    pk,
                )
                for pk, row in rows
            ],
        )


def _used_before(source_id: str) -> str:
    return f"the id “{source_id}” is in an earlier row of this import with other content"


def _once_each(batch: list[Checked[Row]], errors: Errors) -> tuple[list[Checked[Row]], int]:
    """The rows without those that repeat an earlier one of the batch, and how many said exactly the same."""
    first: dict[str, Row] = {}
    kept, repeated = [], 0
    for checked in batch:
        row = checked.row
        earlier = first.setdefault(row.source_id, row)
        if earlier is row:
            kept.append(checked)
        elif earlier.fingerprint == row.fingerprint:
            repeated += 1
        else:
            errors.append((checked.place, _used_before(row.source_id)))
    return kept, repeated
