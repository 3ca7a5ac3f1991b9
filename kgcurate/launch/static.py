"""Collects the static files again where one of their sources changed."""

import fcntl
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from kgcurate.servers import ServerError

NOTE = "sources.sha256"


def collect_if_changed(root: Path, say: Callable[[str], None] = lambda line: None) -> bool:
    """Bring `root` up to date; True where that took work. Two launchers at once take turns."""
    if _is_current(root):
        return False
    try:
        root.mkdir(parents=True, exist_ok=True)
        with root.with_name(root.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_current(root):  # the other one did it
                say("collecting the static files …")
                call_command("collectstatic", interactive=False, verbosity=0)
                (root / NOTE).write_text(_fingerprint())
    except PermissionError as error:
        raise ServerError(f"cannot write static files to {root}: {error.strerror}") from error
    return True


def _is_current(root: Path) -> bool:
    note = root / NOTE
    return note.is_file() and (root / "staticfiles.json").is_file() and note.read_text() == _fingerprint()


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
