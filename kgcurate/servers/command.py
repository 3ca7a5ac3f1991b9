"""The servers around one manage.py command: shared where they run already, else started for its duration."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kgcurate.servers import postgres, redis
from kgcurate.servers.endpoints import own_database, own_redis
from kgcurate.servers.errors import ServerError
from kgcurate.servers.locks import Ownership
from kgcurate.servers.part import Part
from kgcurate.servers.places import drop_socket_dir, make_private, read_env, require_writable, var_dir

WITHOUT_SERVERS = {
    *("help", "version", "check", "collectstatic", "findstatic", "compilemessages", "makemessages"),
    *("diffsettings", "spectacular", "startapp", "startproject"),
    "serve",  # starts its own
}
HELP = {"-h", "--help", "--version"}
START_LIMIT = 300  # seconds; recovery after a crash in a large import takes a while


def needs_servers(argv: list[str]) -> bool:
    """Whether this command line talks to the database or Redis."""
    words = argv[1:]
    if not words or HELP & set(words):
        return False
    return words[0] not in WITHOUT_SERVERS or "--database" in words


@contextmanager
def for_command(argv: list[str]) -> Iterator[None]:
    """Run a manage.py command with the embedded servers it needs; a ServerError becomes one line."""
    read_env()
    try:
        with _servers_for(argv):
            yield
    except ServerError as error:
        sys.exit(f"kgcurate: {error}")


@contextmanager
def _servers_for(argv: list[str]) -> Iterator[None]:
    if not needs_servers(argv) or not (own_database() or own_redis()):
        yield
        return
    var = var_dir()
    require_writable(var)
    with borrowed_or_started(var):
        yield


@contextmanager
def borrowed_or_started(var: Path) -> Iterator[None]:
    """Share servers that run; start them where none do, and stop them when nobody shares them any more."""
    ownership = Ownership(var)
    parts = own_parts(var)
    if _become_owner_or_user(ownership, parts):
        signal.signal(signal.SIGTERM, _leave)  # so that `finally` below runs
        try:
            start_all(parts)
            yield
        finally:
            _wait_for_users(ownership)
            stop_all(parts)
            drop_socket_dir(var)
            ownership.owner.release()
            ownership.users.release()
    else:
        try:
            yield
        finally:
            ownership.users.release()


def own_parts(var: Path) -> list[Part]:
    """The servers that no URL names."""
    for folder in ("log", "run"):
        make_private(var / folder)
    return ([postgres.part(var)] if own_database() else []) + ([redis.part(var)] if own_redis() else [])


def start_all(parts: list[Part]) -> None:
    try:
        for part in parts:
            part.start()
        for part in parts:
            part.wait_ready(timeout=START_LIMIT)
    except BaseException:
        stop_all(parts)
        raise


def stop_all(parts: list[Part]) -> None:
    for part in parts:
        part.ask_to_stop()
    for part in reversed(parts):
        part.stop()


def _become_owner_or_user(ownership: Ownership, parts: list[Part]) -> bool:
    """True as the owner, with servers to start; False as a user of running ones, which is waited for."""
    begin, told = time.monotonic(), False
    while True:
        if ownership.owner.acquire():
            ownership.sign()
            return True
        # Shared before looking: an owner about to stop wants this lock for itself first.
        if ownership.users.acquire(shared=True):
            if all(part.ready() for part in parts):
                return False
            ownership.users.release()
        if not told and time.monotonic() - begin > 2:
            print(f"waiting for the servers of {ownership.describe()}", file=sys.stderr)
            told = True
        if time.monotonic() - begin > START_LIMIT:
            raise ServerError(f"{ownership.describe()} holds the servers, but they do not answer")
        time.sleep(0.1)


def _wait_for_users(ownership: Ownership) -> None:
    if not ownership.users.acquire():
        print("another command still uses the servers; they stop when it is done", file=sys.stderr)
        ownership.users.acquire(wait=True)


def _leave(signal_number: int, _frame: object) -> None:
    raise SystemExit(128 + signal_number)
