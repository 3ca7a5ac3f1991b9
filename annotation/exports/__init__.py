"""Judgments and verdicts of a campaign as files: streamed, the same bytes every time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from annotation.exports import crowdkit, hugging_face, parquet, text
from annotation.exports.tables import TABLES, Table
from annotation.models import Campaign

CHUNK = 64 * 1024  # bytes


@dataclass(frozen=True)
class Format:
    name: str
    title: Any
    hint: Any
    suffix: str
    content_type: str
    # chunks(table, campaign, names) yields the file; `names`: with the annotators' own names.
    chunks: Callable[[Table, Campaign, bool], Iterator[bytes]]


FORMATS = {
    format.name: format
    for format in (
        Format(
            "jsonl", _("JSON lines"), _("for programs, one object per line"), ".jsonl",
            "application/x-ndjson", text.jsonl,
        ),
        Format("csv", _("CSV"), _("for spreadsheets"), ".csv", "text/csv; charset=utf-8", text.csv_lines),
        Format(
            "parquet", _("Parquet"), _("for data frames and warehouses"), ".parquet",
            "application/vnd.apache.parquet", parquet.parquet,
        ),
        Format(
            "crowdkit", _("Crowd-Kit"), _("task, worker, label: for label aggregation"), "-crowdkit.csv",
            "text/csv; charset=utf-8", crowdkit.lines,
        ),
        Format(
            "datasets", _("Hugging Face datasets"), _("both tables with a dataset card, as a ZIP"),
            "-datasets.zip", "application/zip", hugging_face.archive,
        ),
    )
}  # fmt: skip


def export(campaign: Campaign, table: str, format: str, *, names: bool = False) -> Iterator[bytes]:
    """Chunks of about CHUNK bytes. Raises KeyError where there is no such table or format."""
    return _gathered(FORMATS[format].chunks(TABLES[table], campaign, names))


def filename(campaign: Campaign, table: str, format: str) -> str:
    what = "" if format == "datasets" else f"-{table}"
    return f"kgcurate-campaign-{campaign.pk}{what}{FORMATS[format].suffix}"


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces put together: a line a chunk would cost more than making it."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
