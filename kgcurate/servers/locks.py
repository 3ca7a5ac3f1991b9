"""Who owns the servers of a var folder, and who uses them: two lock files.

POSIX locks, because they end with the process that holds them and forked children do not keep them.
"""

import fcntl
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from kgcurate.servers.errors import ServerError


class FileLock:
    """A lock on one file, exclusive or shared. Do not open the same file twice in a process."""

    def __init__(self, path: Path):
        self.path = path
        self.handle: int | None = None

    def acquire(self, *, shared: bool = False, wait: bool = False) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.lockf(self._open(), kind if wait else kind | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def release(self) -> None:
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def _open(self) -> int:
        if self.handle is None:
            try:
                self.handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise ServerError(f"cannot open {self.path}: {error.strerror}") from error
        return self.handle


class Ownership:
    """`owner` is held by the one process that runs the servers, `users` by the commands sharing them."""

    def __init__(self, var: Path):
        self.owner = FileLock(var / "owner.lock")
        self.users = FileLock(var / "users.lock")
        self.note = var / "owner.json"

    def sign(self) -> None:
        self.note.write_text(
            json.dumps({"pid": os.getpid(), "command": " ".join(sys.argv[1:2])}), encoding="utf-8"
        )

    def held_by(self, command: str) -> bool:
        with suppress(OSError, ValueError, KeyError):
            return json.loads(self.note.read_text(encoding="utf-8"))["command"] == command
        return False

    def describe(self) -> str:
        with suppress(OSError, ValueError, KeyError):
            note = json.loads(self.note.read_text(encoding="utf-8"))
            return f"`manage.py {note['command']}` (process {note['pid']})"
        return "another process"
