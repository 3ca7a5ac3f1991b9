"""Collects the static files again where one of their sources changed."""

import fcntl
import hashlib
import os
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_changed(root: Path) -> bool:
    """Bring `root` up to date; True where that took work. Two launchers at once take turns."""
    root.mkdir(parents=True, exist_ok=True)
    with root.with_name(root.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note, now = root / "sources.sha256", _fingerprint()
        if note.is_file() and note.read_text() == now and (root / "staticfiles.json").is_file():
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        note.write_text(now)
        return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
