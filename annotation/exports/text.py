"""JSON lines and CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import orjson

from annotation.exports.tables import Table
from annotation.models import Campaign


def jsonl(table: Table, campaign: Campaign, names: bool) -> Iterator[bytes]:
    for row in table.rows(campaign, names=names):
        row["content"] = orjson.Fragment(row["content"])
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def csv_lines(table: Table, campaign: Campaign, names: bool) -> Iterator[bytes]:
    """A header and a line per row; times in ISO 8601, an empty cell where there is no value."""
    yield line(list(table.columns))
    for row in table.rows(campaign, names=names):
        yield line([_cell(value) for value in row.values()])


def line(cells: list) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode()


def _cell(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else value
