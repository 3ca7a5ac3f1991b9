"""Files to import and runs that do it in this process."""

import gzip
import json

from mining.actions.imports import import_documents
from mining.actions.imports_catalogue import import_categories, import_items
from mining.actions.imports_images import import_image_texts
from mining.actions.imports_relations import import_relations
from mining.actions.runs import create_claimed, do
from mining.models import RunKind

JOBS = {
    RunKind.IMPORT_DOCUMENTS: import_documents,
    RunKind.IMPORT_CATEGORIES: import_categories,
    RunKind.IMPORT_ITEMS: import_items,
    RunKind.IMPORT_RELATIONS: import_relations,
    RunKind.IMPORT_IMAGE_TEXTS: import_image_texts,
}


def write_lines(path, rows):
    """A JSONL file, packed where its name says so; bytes and strings go in as they are."""
    raw = b"".join(_line(row) for row in rows)
    path.write_bytes(gzip.compress(raw) if path.name.endswith(".gz") else raw)
    return path


def _line(row):
    if isinstance(row, dict):
        row = json.dumps(row, ensure_ascii=False)
    return (row.encode() if isinstance(row, str) else row) + b"\n"


def run_import(*paths, kind=RunKind.IMPORT_DOCUMENTS, by=None, **parameters):
    """Import files here and now; the finished run."""
    if kind == RunKind.IMPORT_DOCUMENTS:
        parameters.setdefault("corpus", "shop")
    files = [{"path": str(path), "name": path.name} for path in paths]
    return do(create_claimed(kind, {"files": files, **parameters}, by), JOBS[kind])


def errors_of(run):
    """The error file as (row, reason) pairs."""
    import csv

    if not run.error_file.exists():
        return []
    with run.error_file.open(encoding="utf-8-sig", newline="") as file:
        return [(int(row["row"]), row["reason"]) for row in csv.DictReader(file)]


def make_candidate(run, **fields):
    from mining.models import PhraseCandidate

    fields = {
        "text": "goes", "normal_form": "goes", "language": "en", "count": 4, "document_count": 3, "pmi": 2.0,
        "left_entropy": 1.0, "right_entropy": 1.0, "boundary_share": 1.0, "score": 0.5, **fields,
    }  # fmt: skip
    fields.setdefault("revised_at_count", fields["document_count"])
    return PhraseCandidate.objects.create(first_run=run, last_run=run, **fields)
