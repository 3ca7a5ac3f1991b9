"""Uploaded files: kept below MEDIA, looked into, and handed to an import run."""

import json
import shutil
import time
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename

from mining.actions.runs import start_run
from mining.corpora.errors import RowError, UnreadableFile
from mining.corpora.files import format_of
from mining.corpora.mapping import REQUIRED, WELL_KNOWN, ColumnMapping
from mining.corpora.readers import Row, open_table
from mining.models import Run, RunKind, RunStatus
from people.errors import UserError
from people.models import User

KINDS = {
    "documents": RunKind.IMPORT_DOCUMENTS,
    "categories": RunKind.IMPORT_CATEGORIES,
    "items": RunKind.IMPORT_ITEMS,
    "relations": RunKind.IMPORT_RELATIONS,
    "image_texts": RunKind.IMPORT_IMAGE_TEXTS,
}
LOOKED_AT, SHOWN = 100, 5  # rows
FORGOTTEN_AFTER = 24 * 3600  # seconds until an upload goes


class UploadGone(UserError):
    def __init__(self) -> None:
        super().__init__("This upload is no longer there; please choose the files again.")


@dataclass
class Upload:
    """Files that wait for their column mapping; its folder's name is the token."""

    token: str
    what: str
    files: list[dict[str, str]]
    options: dict[str, Any] = field(default_factory=dict)
    user: int | None = None

    @property
    def folder(self) -> Path:
        return uploads() / self.token


@dataclass(frozen=True)
class Preview:
    """The first rows of a file as they are, and which columns would be taken for what."""

    columns: list[str]
    rows: list[list[str]]
    errors: list[RowError]
    guessed: dict[str, str]


def uploads() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


def save_upload(
    *,
    what: str,
    files: list[UploadedFile],
    options: dict[str, Any],
    by: User,
    images: UploadedFile | None = None,
) -> Upload:
    """Keep the files and see that each can be read; UnreadableFile says which one cannot.

    `images`: the archive with the image files that the rows name.
    """
    upload = Upload(uuid.uuid4().hex, what, [], options, by.pk)
    upload.folder.mkdir(parents=True)
    try:
        for number, file in enumerate(files):
            name = Path(file.name or "file").name
            path = upload.folder / f"{number:03}-{get_valid_filename(name)}"
            _keep(file, path)
            upload.files.append({"path": str(path), "name": name})
            look_into(upload, number)
        if images is not None:
            path = upload.folder / "images"
            _keep(images, path)
            upload.options["images"] = {"path": str(path), "name": Path(images.name or "images").name}
        (upload.folder / "upload.json").write_text(json.dumps(asdict(upload)), "utf-8")
    except BaseException:
        shutil.rmtree(upload.folder, ignore_errors=True)
        raise
    return upload


def _keep(file: UploadedFile, path: Path) -> None:
    """Big uploads already lie on disk and are moved; small ones are written."""
    there = getattr(file, "temporary_file_path", None)
    if there:
        shutil.move(there(), path)
        Path(there()).touch()  # which Django wants to remove itself
        return
    with path.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)


def find_upload(token: str, by: User) -> Upload:
    try:
        told = json.loads((uploads() / uuid.UUID(token).hex / "upload.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        raise UploadGone from None
    upload = Upload(**told)
    if upload.user != by.pk or (upload.folder / "started").exists():
        raise UploadGone
    return upload


def look_into(upload: Upload, number: int = 0) -> Preview:
    """The first rows of one file of an upload."""
    file = upload.files[number]
    format = upload.options.get("format") or ""
    rows: list[Row] = []
    errors: list[RowError] = []
    with open_table(Path(file["path"]), name=file["name"], format=format) as table:
        try:
            for place in table.rows:
                if isinstance(place, Row):
                    rows.append(place)
                else:
                    errors.append(place)
                if len(rows) + len(errors) >= LOOKED_AT:
                    break
        except UnreadableFile:
            if not rows:  # what is broken further on is told by the run
                raise
        columns = table.columns or list(dict.fromkeys(name for row in rows for name in row.values))
    if not rows and not errors:
        raise UnreadableFile(file["name"], "there is not a single row in it")
    shown = [[_cell(row.values.get(name)) for name in columns] for row in rows[:SHOWN]]
    return Preview(columns, shown, errors[:SHOWN], _guess(upload.what, columns))


def _cell(value: Any) -> str:
    text = (
        ""
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, default=str)
    )
    return text if len(text) <= 120 else text[:119] + "…"


def _guess(what: str, columns: list[str]) -> dict[str, str]:
    lower = {name.lower(): name for name in columns}
    return {
        name: next((lower[usual] for usual in known if usual in lower), "")
        for name, known in WELL_KNOWN[what].items()
    }


def start_import(*, upload: Upload, columns: dict[str, str], by: User) -> Run:
    """Start the run that imports an upload; a second click finds it started."""
    mapping = ColumnMapping.of(upload.what, columns)
    for name in REQUIRED[upload.what]:
        if name in columns and not columns[name]:
            raise UserError(f"Say which column is the {name}.")
    try:
        (upload.folder / "started").touch(exist_ok=False)
    except (FileExistsError, FileNotFoundError):
        raise UploadGone from None
    parameters = {**upload.options, "files": upload.files, "columns": dict(mapping.columns)}
    return start_run(KINDS[upload.what], parameters, by)


def forget_uploads() -> int:
    """Remove uploads a day after they came or were started, except those that a run still reads; how many."""
    old = [folder for folder in uploads().glob("*") if _age(folder) > FORGOTTEN_AFTER]
    if not old:
        return 0
    # Asked for after the folders were found old: what is started now is young again.
    in_use = _in_use()
    forgotten = 0
    for folder in old:
        if folder.name not in in_use and _age(folder) > FORGOTTEN_AFTER:
            shutil.rmtree(folder, ignore_errors=True)
            forgotten += not folder.exists()
    return forgotten


def _age(folder: Path) -> float:
    """Seconds since the last sign of life: when it was made, written down or started."""
    signs = (folder, folder / "upload.json", folder / "started")
    return time.time() - max((path.stat().st_mtime for path in signs if path.exists()), default=time.time())


def _in_use() -> set[str]:
    """Folders with files of runs that are not at their end; one that was cut off is read again."""
    waiting = Run.objects.filter(kind__in=KINDS.values(), status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    return {
        Path(file["path"]).parent.name
        for told in waiting.values_list("parameters", flat=True)
        for file in told.get("files", [])
    }


def import_now(
    *,
    what: str,
    files: list[UploadedFile],
    options: dict[str, Any],
    columns: dict[str, str],
    by: User,
    images: UploadedFile | None = None,
) -> Run:
    """Upload and start in one go, for programs that know their columns."""
    ColumnMapping.of(what, columns)
    for file in files:
        if not options.get("format"):
            format_of(file.name or "")
    return start_import(
        upload=save_upload(what=what, files=files, options=options, by=by, images=images),
        columns=columns,
        by=by,
    )
