"""What all imports share: files row by row in batches, each one transaction with its checkpoint."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.db import transaction

from mining.actions.runs_progress import Progress
from mining.corpora.ahead import ahead
from mining.corpora.error_file import ErrorFile
from mining.corpora.errors import BadRow, RowError, UnreadableFile, excerpt
from mining.corpora.mapping import ColumnMapping
from mining.corpora.readers import Row, Table, open_table
from mining.models import Run
from people.errors import UserError

BATCH_CHARACTERS = 4_000_000
LOGGED_ERRORS = 10  # the rest is in the error file


class FilesBroken(UserError):
    """At least one file could not be read to its end; what was read of it is in."""


class NothingImported(UserError):
    pass


T = TypeVar("T")


@dataclass
class Checked(Generic[T]):
    """A good row with the place it came from."""

    place: Row
    row: T


@dataclass
class Stored:
    """What became of a batch: numbers to add to the run's counts, and rows that turned out unusable."""

    counts: dict[str, int]
    errors: list[tuple[Row, str]] = field(default_factory=list)


class Importer(Protocol[T]):
    """What one kind of import adds to the common loop."""

    what: str
    batch_rows: int

    def check(self, values: dict[str, Any], columns: dict[str, tuple[str, ...]]) -> T: ...
    def size(self, row: T) -> int: ...
    def skip(self, batch: list[Checked[T]]) -> None: ...
    def store(self, batch: list[Checked[T]]) -> Stored: ...


def import_files(run: Run, progress: Progress, importer: Importer[T]) -> None:
    """All files of a run, from where an earlier attempt left off."""
    FilesImport(run, progress, importer).run_all()


class FilesImport(Generic[T]):
    def __init__(self, run: Run, progress: Progress, importer: Importer[T]) -> None:
        self.run, self.progress, self.importer = run, progress, importer
        told = run.parameters
        self.files: list[dict[str, str]] = told["files"]
        self.format: str = told.get("format") or ""
        self.limit: int | None = told.get("limit")
        self.mapping = ColumnMapping.of(importer.what, told.get("columns") or {})
        self.resume: dict[str, Any] = {"file": 0, "rows": 0, "error_bytes": 0, "broken": []} | run.resume_at
        self.errors = ErrorFile(run.error_file, size=self.resume["error_bytes"])

    def run_all(self) -> None:
        with self.progress.holding():
            self.errors.cut()
        for number, file in enumerate(self.files):
            if number < self.resume["file"]:
                continue
            broken = None
            try:
                self._import_file(file)
            except UnreadableFile as error:
                broken = error
            self.resume |= {"file": number + 1, "rows": 0}
            if broken is None:
                self.progress.checkpoint(resume_at=self.resume)
            else:
                self._note_broken(broken, file["name"])
        self._judge()

    def _import_file(self, file: dict[str, str]) -> None:
        skip = self.resume["rows"]
        with open_table(Path(file["path"]), name=file["name"], format=self.format) as table:
            columns = self.mapping.resolve(table.columns, file["name"])
            table.wanted = [name for names in columns.values() for name in names]
            self.progress.stage(f"import:{file['name']}", table.total, done=skip)
            if skip:
                self.progress.say(f"{file['name']}: goes on after row {skip:,}.")
                skip = self._skip(table, columns, skip)
            self._go_on(table, columns, skip)

    def _skip(self, table: Table, columns: dict[str, tuple[str, ...]], rows: int) -> int:
        """Pass over what an earlier attempt has stored, telling the importer what it was."""
        known: list[Checked[T]] = []
        number = 0
        for number, place in enumerate(table.rows, start=1):
            if isinstance(place, Row):
                with suppress(BadRow):
                    known.append(Checked(place, self.importer.check(place.values, columns)))
            if len(known) >= self.importer.batch_rows or number == rows:
                self.importer.skip(known)
                known = []
                self.progress.check()
            if number == rows:
                break
        return number

    def _go_on(self, table: Table, columns: dict[str, tuple[str, ...]], done: int) -> None:
        for good, bad, read in ahead(self._batches(table, columns, done)):
            with transaction.atomic():
                stored = self.importer.store(good)
                bad += [self._error(table.name, place, reason) for place, reason in stored.errors]
                bad.sort(key=lambda error: error.row)
                lines = self.errors.lines(bad)
                counts = {"read": read - done, "errors": len(bad), **stored.counts}
                self.resume |= {"rows": read, "error_bytes": self.errors.size + len(lines)}
                told = {name: self.run.counts.get(name, 0) + number for name, number in counts.items()}
                self._log(bad, told["errors"])
                self.progress.checkpoint(resume_at=self.resume, **told)
                # Last: the checkpoint holds the run's row, so that no other attempt touches the file.
                self.errors.append(lines)
            done = read
            total = table.total or (int(done / table.read_share) if table.read_share else None)
            self.progress.advance(done, total)
        self.progress.advance(done, done)
        if not done:
            raise UnreadableFile(table.name, "there is not a single row in it")

    def _batches(
        self, table: Table, columns: dict[str, tuple[str, ...]], read: int
    ) -> Iterator[tuple[list[Checked[T]], list[RowError], int]]:
        """(good rows, errors, rows read of the file). What was read before a file broke off is not lost."""
        good: list[Checked[T]] = []
        bad: list[RowError] = []
        size, broken = 0, None
        try:
            for place in table.rows:
                if self.limit and read >= self.limit:
                    break
                read += 1
                if isinstance(place, RowError):
                    bad.append(place)
                    continue
                try:
                    row = self.importer.check(place.values, columns)
                except BadRow as error:
                    bad.append(self._error(table.name, place, str(error)))
                    continue
                good.append(Checked(place, row))
                size += self.importer.size(row)
                if len(good) + len(bad) >= self.importer.batch_rows or size >= BATCH_CHARACTERS:
                    yield good, bad, read
                    good, bad, size = [], [], 0
                elif read % 500 == 0:
                    self.progress.check()
        except UnreadableFile as error:
            broken = error
        if good or bad:
            yield good, bad, read
        if broken:
            raise broken

    @staticmethod
    def _error(file: str, place: Row, reason: str) -> RowError:
        return RowError(file, place.row, reason, place.line, excerpt(_told(place.values)))

    def _log(self, errors: list[RowError], total: int) -> None:
        before = total - len(errors)
        for error in errors[: max(LOGGED_ERRORS - before, 0)]:
            self.progress.say(str(error), "warning")
        if before < LOGGED_ERRORS <= total:
            self.progress.say(
                "Further rows that cannot be used are listed in the error file only.", "warning"
            )

    def _note_broken(self, error: UnreadableFile, name: str) -> None:
        with transaction.atomic():
            lines = self.errors.lines([RowError(name, 0, error.reason)])
            self.resume["broken"].append(str(error))
            self.resume["error_bytes"] = self.errors.size + len(lines)
            self.progress.say(str(error), "error")
            self.progress.checkpoint(resume_at=self.resume)
            self.errors.append(lines)

    def _judge(self) -> None:
        """A run is done when every file was read to its end and something of it could be used."""
        counts, broken = self.run.counts, self.resume["broken"]
        usable = counts.get("read", 0) - counts.get("errors", 0)
        if broken:
            kept = f" The {usable:,} good rows read before are in." if usable else ""
            raise FilesBroken(" ".join(broken[:3]) + kept)
        if not usable:
            raise NothingImported(
                f"None of the {counts.get('read', 0):,} rows could be used; the error file says why."
            )


def _told(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items() if value not in (None, ""))
