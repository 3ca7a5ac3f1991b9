"""Rows of JSONL, CSV, TSV and Parquet files; a broken one becomes a RowError and the rest go on."""

import csv
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mining.corpora.errors import EXCERPT, RowError, UnreadableFile, excerpt
from mining.corpora.files import (
    LINE_LIMIT,
    Source,
    check_is_text,
    check_readable,
    format_of,
    opened,
    unpack,
)

_BOM = b"\xef\xbb\xbf"
# A quote that is never closed would swallow the rest of the file.
RECORD_LIMIT = 4_000_000
csv.field_size_limit(RECORD_LIMIT)


@dataclass(frozen=True, slots=True)
class Row:
    """`row` and `line` as in RowError."""

    row: int
    values: dict[str, Any]
    line: int | None = None


@dataclass
class Table:
    """An open file of rows: its column names, where the format has them, and how far it has been read."""

    name: str
    format: str
    columns: list[str] | None
    rows: Iterator[Row | RowError]
    source: Source
    total: int | None = None
    # The only columns wanted, which spares Parquet the others; to be set before the first row.
    wanted: list[str] | None = None

    @property
    def read_share(self) -> float:
        return self.source.read_share


@contextmanager
def open_table(path: Path, *, name: str = "", format: str = "") -> Iterator[Table]:
    """Open a file for reading its rows."""
    name = name or path.name
    check_readable(path, name)
    format = format or format_of(name)
    with opened(path, name) as source:
        if format == "parquet":
            with _parquet(path, source, name) as table:
                yield table
            return
        check_is_text(source.head(), name)
        if format == "jsonl":
            yield Table(name, format, None, _jsonl(source), source)
        else:
            yield _csv(source, name, format)


def _jsonl(source: Source) -> Iterator[Row | RowError]:
    for number, line in enumerate(source.lines(), start=1):
        if number == 1:
            line = line.removeprefix(_BOM)
        line = line.strip()
        if not line:
            continue
        if len(line) >= LINE_LIMIT - 1:
            reason = f"the line is longer than {LINE_LIMIT >> 20} MB; write one JSON object a line"
            yield RowError(
                source.name, number, reason, number, excerpt(line[:EXCERPT].decode("utf-8", "replace"))
            )
            continue
        try:
            values = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield _json_error(source.name, number, line, error)
            continue
        if isinstance(values, dict):
            yield Row(number, values, number)
        else:
            reason = f"the line is not a JSON object but {_kind_of(values)}"
            yield RowError(source.name, number, reason, number, excerpt(line.decode()))


def _json_error(name: str, number: int, line: bytes, error: orjson.JSONDecodeError) -> RowError:
    try:
        line.decode()
    except UnicodeDecodeError as broken:
        reason = f"not UTF-8: byte 0x{line[broken.start]:02x} at position {broken.start + 1}"
        return RowError(name, number, reason, number, excerpt(line.decode("utf-8", "backslashreplace")))
    if number == 1 and line[:1] == b"[":
        reason = "the file is one JSON list; write one object a line instead"
        return RowError(name, number, reason, number, excerpt(line[:EXCERPT].decode("utf-8", "replace")))
    return RowError(
        name, number, f"not JSON: {error.msg} at column {error.colno}", number, excerpt(line.decode())
    )


def _kind_of(value: Any) -> str:
    kinds = {list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


class _Lines:
    """Decoded lines for csv.reader, which can be given back when a record turns out broken.

    Bytes that are not UTF-8 become surrogates, so that they break their own record and no other.
    """

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self._returned: deque[str] = deque()
        self.record: list[str] = []
        self.number = 0  # of the last line given out
        self._size = 0
        self.ran_out = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._size > RECORD_LIMIT:
            self.ran_out = True
            raise StopIteration
        if self._returned:
            line = self._returned.popleft()
        else:
            try:
                raw = next(self._lines)
            except StopIteration:
                self.ran_out = True
                raise
            if self.number == 0:
                raw = raw.removeprefix(_BOM)
            line = raw.decode("utf-8", "surrogateescape")
        self.record.append(line)
        self._size += len(line)
        self.number += 1
        return line

    def begin_record(self) -> None:
        self.record, self._size, self.ran_out = [], 0, False

    def give_back(self) -> None:
        """All lines of the record but the first."""
        self._returned.extendleft(reversed(self.record[1:]))
        self.number -= len(self.record) - 1
        del self.record[1:]


def _csv(source: Source, name: str, format: str) -> Table:
    lines = _Lines(source)
    lines.begin_record()
    delimiter = "\t" if format == "tsv" else ","
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise UnreadableFile(
            name, f"the first line should name the columns, but is not CSV: {error}"
        ) from None
    if not header or not any(header):
        raise UnreadableFile(name, "the first line should name the columns, but it is empty")
    if any(_surrogate(column) for column in header):
        raise UnreadableFile(
            name, "the first line is not UTF-8; save the file as UTF-8 (Excel calls it “CSV UTF-8”)"
        )
    columns = [column.strip() for column in header]
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise UnreadableFile(name, f"the column “{twice}” is there twice")
    return Table(name, format, columns, _records(reader, lines, columns, name, delimiter), source)


def _records(
    reader: Any, lines: _Lines, columns: list[str], name: str, delimiter: str
) -> Iterator[Row | RowError]:
    number = 1  # the header
    while True:
        lines.begin_record()
        problem = ""
        record: list[str] = []
        try:
            record = next(reader)
        except StopIteration:
            if not lines.record:
                return
        except csv.Error as error:
            problem = f"not CSV: {error}"
        number += 1
        first = lines.number - len(lines.record) + 1
        if lines.ran_out:
            problem = "a quotation mark is opened and never closed"
        elif not problem and not record:
            continue  # an empty line
        elif not problem and len(record) != len(columns):
            problem = f"{len(record)} values where the first line names {len(columns)} columns"
        elif not problem and len(lines.record) > 1 and not _well_quoted(lines.record, delimiter):
            problem = "a quotation mark is not where it should be"
        if problem:
            # The lines after the first may be good records that a stray quotation mark has swallowed.
            lines.give_back()
            yield RowError(name, number, problem, first, excerpt(_shown(lines.record[0])))
        elif any(_surrogate(value) for value in record):
            yield RowError(name, number, _not_utf8(record), first, excerpt(_shown(lines.record[0])))
        else:
            yield Row(number, dict(zip(columns, record, strict=True)), first)


def _well_quoted(lines: list[str], delimiter: str) -> bool:
    """Whether a record of several lines is that by its quotation marks, and not by a stray one."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _surrogate(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _not_utf8(record: list[str]) -> str:
    for place, value in enumerate(record, start=1):
        for character in value:
            if "\udc80" <= character <= "\udcff":
                return f"not UTF-8: byte 0x{ord(character) - 0xDC00:02x} in value {place}"
    return "not UTF-8"


def _shown(line: str) -> str:
    return line.rstrip("\r\n").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@contextmanager
def _parquet(path: Path, source: Source, name: str) -> Iterator[Table]:
    # Half a second to load, and only this format needs it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.NamedTemporaryFile(suffix=".parquet") as unpacked:
        if source.is_gzip:
            unpack(source, unpacked)
            path = Path(unpacked.name)
        try:
            file = pq.ParquetFile(path, memory_map=True)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableFile(name, f"not a whole Parquet file: {str(error).splitlines()[0]}") from None
        with file:
            table = Table(name, "parquet", file.schema_arrow.names, iter(()), source, file.metadata.num_rows)
            table.rows = _parquet_rows(file, table)
            yield table


def _parquet_rows(file: Any, table: Table) -> Iterator[Row | RowError]:
    import pyarrow as pa

    number, name, columns = 0, table.name, table.columns
    if table.wanted is not None:
        columns = [column for column in table.columns or () if column in table.wanted]
    try:
        for batch in file.iter_batches(batch_size=1_000, columns=columns):
            yield from _rows_of(batch, number, name)
            number += len(batch)
    except (pa.ArrowException, OSError) as error:
        reason = f"the Parquet file is damaged after row {number}: {str(error).splitlines()[0]}"
        raise UnreadableFile(name, reason) from None


def _rows_of(batch: Any, before: int, name: str) -> Iterator[Row | RowError]:
    try:
        rows: Iterator[Any] = iter(batch.to_pylist())
    except UnicodeDecodeError:  # Parquet calls it a string, but nobody has checked
        rows = (batch.slice(at, 1) for at in range(len(batch)))
    for number, values in enumerate(rows, start=before + 1):
        try:
            values = values if isinstance(values, dict) else values.to_pylist()[0]
        except UnicodeDecodeError as error:
            yield RowError(name, number, f"not UTF-8: {error.reason}", None, "")
        else:
            yield Row(number, values)
