"""Where the running project keeps its things: the var folder, the socket folder, the local secret key."""

import hashlib
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

import environ

from kgcurate.servers.errors import ServerError

REPO = Path(__file__).resolve().parent.parent.parent
# macOS allows 104 bytes for a socket's path, and "/.s.PGSQL.5432.lock" takes 19 of them.
SOCKET_DIR_BYTES = 80
# PostgreSQL splits socket folders at commas and URLs need quoting beyond these.
SAFE_PATH = re.compile(r"[A-Za-z0-9/._-]+")
TEMPORARY = Path("/tmp")  # noqa: S108  a fixed place, because TMPDIR differs between a shell and a cron job


def read_env() -> None:
    """Put what `.env` says into the environment, where the environment does not say it already."""
    if (REPO / ".env").is_file():
        environ.Env.read_env(REPO / ".env")


def var_dir() -> Path:
    """The folder that everything the project writes lives under."""
    return Path(os.path.abspath(REPO / (os.environ.get("KGCURATE_VAR") or "var")))


def make_private(folder: Path) -> Path:
    """The folder, made if missing, for nobody but its owner."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"cannot make the folder {folder}: {error.strerror}") from error
    return folder


def require_writable(var: Path) -> None:
    """Stop with one line where the var folder cannot be used, before anything is started in it."""
    make_private(var)
    if not os.access(var, os.W_OK | os.X_OK):
        raise ServerError(f"{var} is not writable for this user; choose another folder with KGCURATE_VAR=…")


def local_secret_key(var: Path) -> str:
    """A secret key made once for this var folder; two processes asking at once get the same one."""
    path = var / "secret_key"
    try:
        if not path.is_file():
            _place_new_key(path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ServerError(f"cannot keep the secret key in {path}: {error.strerror}") from error


def _place_new_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(draft, path)  # fails where another process was first, and its key then is the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def socket_dir(var: Path) -> Path:
    """The folder of the Unix sockets: var/run, or a short private one where that path will not do."""
    inside = var / "run"
    if len(os.fsencode(inside)) <= SOCKET_DIR_BYTES and SAFE_PATH.fullmatch(str(inside)):
        return inside
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return TEMPORARY / f"kgcurate-{os.geteuid()}-{digest}"


def make_socket_dir(var: Path, *, owner: int) -> Path:
    """The socket folder, private to `owner`; another person's folder or a link in its place is refused."""
    folder = socket_dir(var)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise ServerError(f"cannot make the socket folder {folder}: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner}:
        raise ServerError(
            f"{folder} should be our private socket folder but is a link or someone else's; remove it"
        )
    if found.st_uid != owner:
        os.chown(folder, owner, -1, follow_symlinks=False)
    os.chmod(folder, 0o700)
    return folder


def drop_socket_dir(var: Path) -> None:
    """Remove the socket folder where it lies outside var, once the servers are gone."""
    folder = socket_dir(var)
    if folder.parent != var:
        with suppress(OSError):
            folder.rmdir()
