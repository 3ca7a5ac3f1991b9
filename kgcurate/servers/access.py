"""As root only: the unprivileged user PostgreSQL runs as, and just enough access for it.

PostgreSQL refuses to run as root. Folders on the way to its files get "search" for others where they
lack it, never "read".
"""

import os
import pwd
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from kgcurate.servers.errors import ServerError

USER = "pgserver"


def unprivileged_user(folder: Path) -> pwd.struct_passwd:
    """Whoever owns the data already; else the user pgserver, made if need be; else nobody."""
    if folder.exists() and folder.stat().st_uid != 0:
        with suppress(KeyError):
            return pwd.getpwuid(folder.stat().st_uid)
    with suppress(KeyError):
        return pwd.getpwnam(USER)
    with suppress(OSError, subprocess.CalledProcessError, KeyError):
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(USER)
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise ServerError(
            "root cannot run PostgreSQL, and there is no user pgserver or nobody to run it as"
        ) from error


def open_way(targets: list[Path], user: pwd.struct_passwd, *, ours: Path) -> None:
    """Let the user walk through the parents of the targets; say so for folders beside our own."""
    parents = {parent for target in targets for parent in target.absolute().parents}
    opened = [folder for folder in sorted(parents) if folder.exists() and not _may_search(folder, user)]
    for folder in opened:
        os.chmod(folder, folder.stat().st_mode | 0o001)
    if names := ", ".join(str(folder) for folder in opened if folder != ours):
        print(f"let {user.pw_name}, who runs PostgreSQL, pass through (not read) {names}", file=sys.stderr)


def open_binaries(install: Path, user: pwd.struct_passwd) -> None:
    """Let the user read the server's own files, which pip writes private under a strict umask."""
    if _may(install / "bin" / "postgres", user, 0o5) and _may_search(install / "bin", user):
        return
    for folder, _, files in os.walk(install):
        os.chmod(folder, os.stat(folder).st_mode | 0o005)
        for path in (Path(folder) / name for name in files):
            mode = path.stat().st_mode
            os.chmod(path, mode | (0o005 if mode & 0o100 else 0o004))


def _may_search(folder: Path, user: pwd.struct_passwd) -> bool:
    return _may(folder, user, 0o1)


def _may(path: Path, user: pwd.struct_passwd, bits: int) -> bool:
    found = path.stat()
    shift = 6 if found.st_uid == user.pw_uid else 3 if found.st_gid == user.pw_gid else 0
    return (found.st_mode >> shift) & bits == bits
