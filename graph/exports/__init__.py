"""Exports of releases: one format per module, each a generator of lines that come out the same every time."""

import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from graph.exports import csv_concepts, csv_triples, jsonld, ntriples
from graph.models import Release

CHUNK = 64 * 1024  # characters


@dataclass(frozen=True)
class Format:
    name: str
    title: Any
    hint: Any
    suffix: str
    content_type: str
    lines: Callable[[Release], Iterator[str]]

    def filename(self, release: Release) -> str:
        return f"kgcurate-release-{release.number}{self.suffix}"


FORMATS = {
    format.name: format
    for format in (
        Format(
            "ntriples",
            _("N-Triples"),
            _("for graph stores, one statement per line"),
            ".nt",
            "application/n-triples",
            ntriples.lines,
        ),
        Format(
            "jsonld",
            _("JSON-LD"),
            _("for graph stores and programs"),
            ".jsonld",
            "application/ld+json",
            jsonld.lines,
        ),
        Format(
            "csv",
            _("CSV of triples"),
            _("for spreadsheets, labels beside IRIs"),
            "-triples.csv",
            "text/csv; charset=utf-8",
            csv_triples.lines,
        ),
        Format(
            "csv-concepts",
            _("CSV of concepts"),
            _("for spreadsheets, one line per label"),
            "-concepts.csv",
            "text/csv; charset=utf-8",
            csv_concepts.lines,
        ),
    )
}


def export(release: Release, format: Format) -> Iterator[bytes]:
    """The release in a format, in chunks of bytes; the memory it takes does not grow with the release."""
    chunk, size = [], 0
    for line in format.lines(release):
        chunk.append(line)
        size += len(line)
        if size >= CHUNK:
            yield "".join(chunk).encode()
            chunk, size = [], 0
    yield "".join(chunk).encode()


def gzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same as gzip, without the time of day in it, so that it too comes out the same every time."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as archive:
        for chunk in chunks:
            archive.write(chunk)
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
