"""Exports that are too long for a request: asked for, written to a file by a worker, kept for a week."""

import hashlib
import logging
import os
import time

from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation.bell import bell
from annotation.exports import export
from annotation.exports.tables import TABLES, counted_by
from annotation.locks import alone
from annotation.models import Campaign, ExportFile, ExportStatus
from people.models import Change

log = logging.getLogger(__name__)

BEAT = 1.0  # seconds between two notes of how far it has come


def start_export(*, campaign: Campaign, table: str, format: str, names: bool = False, by=None) -> ExportFile:
    """Queue it; whoever asks for the same while it is being written gets that one."""
    wanted = {"campaign": campaign, "table": table, "format": format, "names": names}
    try:
        return _ask_for(wanted, by)
    except IntegrityError:
        # It may have come to its end since, and is asked for anew.
        return ExportFile.objects.under_way().filter(**wanted).first() or _ask_for(wanted, by)


@transaction.atomic
def _ask_for(wanted: dict, by) -> ExportFile:
    file = ExportFile.objects.create(asked_by=by, **wanted)
    told = {name: wanted[name] for name in ("table", "format", "names")}
    Change.objects.create(by=by, action="export", entity="campaign", entity_id=file.campaign_id, after=told)
    transaction.on_commit(lambda: tell_worker(file.pk), robust=True)
    return file


def tell_worker(file_id: int) -> None:
    from annotation.tasks import write_export  # tasks import this module

    bell.ring(f"export {file_id}", lambda: write_export.apply_async((file_id,), retry=False))


def write(file_id: int) -> int:
    """What a worker does; bytes written. After a crash it begins anew, beside another it does nothing."""
    with alone("export", file_id) as is_mine:
        file = ExportFile.objects.under_way().select_related("campaign").filter(pk=file_id).first()
        if file is None or not is_mine:
            return 0
        try:
            return _write(file)
        except Exception as error:
            _note(file, status=ExportStatus.FAILED, finished_at=timezone.now(), why=str(error)[:500])
            _unfinished(file).unlink(missing_ok=True)
            raise


def _write(file: ExportFile) -> int:
    tables = TABLES.values() if file.format == "datasets" else [TABLES[file.table]]
    total = sum(table.count(file.campaign) for table in tables)
    _note(file, status=ExportStatus.RUNNING, rows=0, total=total)
    file.path.parent.mkdir(parents=True, exist_ok=True)
    digest, size, noted = hashlib.sha256(), 0, time.monotonic()
    # Under another name until it is whole, so that a stopped export is not taken for one.
    with _unfinished(file).open("wb") as target, counted_by() as rows:
        for chunk in export(file.campaign, file.table, file.format, names=file.names):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            if time.monotonic() - noted > BEAT:
                noted = time.monotonic()
                _note(file, rows=rows.seen)
        target.flush()
        os.fsync(target.fileno())
    os.replace(_unfinished(file), file.path)
    told = {"rows": rows.seen, "size": size, "digest": digest.hexdigest()}
    _note(file, status=ExportStatus.DONE, finished_at=timezone.now(), **told)
    return size


def _unfinished(file: ExportFile):
    return file.path.with_suffix(".part")


def _note(file: ExportFile, **told) -> None:
    ExportFile.objects.filter(pk=file.pk).update(beat_at=timezone.now(), **told)


def left_lying() -> list[int]:
    return list(ExportFile.objects.abandoned().values_list("pk", flat=True))


def forget_exports() -> int:
    """Files that are a week old, and what is left of those that failed; how many."""
    outdated = list(ExportFile.objects.outdated())
    for file in outdated:
        file.path.unlink(missing_ok=True)
        _unfinished(file).unlink(missing_ok=True)
        file.delete()
    return len(outdated)
