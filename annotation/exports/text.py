"""JSON lines and CSV."""

import csv
import io
from collections.abc import Iterator

import orjson

from annotation.exports.tables import Table
from annotation.models import Campaign

TOGETHER = 32 * 1024  # characters


def jsonl(table: Table, campaign: Campaign, names: bool) -> Iterator[bytes]:
    for row in table.rows(campaign, names=names):
        row["content"] = orjson.Fragment(row["content"])
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def csv_lines(table: Table, campaign: Campaign, names: bool) -> Iterator[bytes]:
    """A header and a line per row; times in ISO 8601, an empty cell where there is no value."""
    truths = [name for name, kind in table.columns.items() if kind == "bool"]
    times = [name for name, kind in table.columns.items() if kind == "timestamp"]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows(campaign, names=names):
        for name in truths:
            row[name] = "true" if row[name] else "false"
        for name in times:
            row[name] = row[name].isoformat()
        writer.writerow(row.values())
        if buffer.tell() >= TOGETHER:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def line(cells: list) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode()
