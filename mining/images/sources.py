"""Image files by their name in a table: from a folder, a ZIP or a TAR archive.

Nothing of an archive is ever written under a name of its own, so that no such name can lead anywhere.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from mining.corpora.errors import UnreadableFile
from mining.images.check import BYTES_MOST, BadImage
from mining.images.tars import TarImages

# The list of contents is held as a whole: some 100 bytes a file there, five times that in memory.
DIRECTORY_MOST = 32 << 20
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"


class ImageSource(Protocol):
    def read(self, name: str) -> bytes:
        """The file of this name; BadImage says why it cannot be had."""


@contextmanager
def open_images(
    path: Path, *, name: str, work_dir: Path, advance: Callable[[int], None] = lambda number: None
) -> Iterator[ImageSource]:
    """The images of a folder or an archive.

    A TAR, which cannot be looked into, is unpacked to `work_dir`; `advance` hears of each file of it.
    """
    if path.is_dir():
        yield FolderImages(path)
    elif not path.exists():
        raise UnreadableFile(name, "there is no such folder or archive")
    elif zipfile.is_zipfile(path):
        check_directory(path, name)
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableFile(name, f"the ZIP archive is damaged: {error}") from None
        with archive:
            yield ZipImages(archive)
    else:
        yield TarImages(path, name, work_dir, advance)


def clean_name(name: str) -> str:
    """The name with forward slashes and without "./"; names that lead elsewhere are refused."""
    name = name.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name.split("/")[0] or "\x00" in name:
        raise BadImage(f"the image “{name[:200]}” must be named from within the folder or archive")
    return path.as_posix()


class FolderImages:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def read(self, name: str) -> bytes:
        try:
            path = (self.folder / clean_name(name)).resolve()
            if not path.is_relative_to(self.folder):
                raise BadImage(f"the image “{name[:200]}” is a link that leads out of the folder")
            if not path.is_file():
                raise _missing(name)
            with path.open("rb") as file:
                return _bounded(file.read(BYTES_MOST + 1), name)
        except OSError as error:
            raise BadImage(f"the image “{name[:200]}” cannot be read: {error.strerror}") from None


class ZipImages:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def read(self, name: str) -> bytes:
        clean = clean_name(name)
        try:
            entry = self.archive.getinfo(clean)
        except KeyError:
            raise _missing(name) from None
        if entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16):
            raise BadImage(f"the image “{name[:200]}” is a folder or a link, not a file")
        if entry.flag_bits & 1:
            raise BadImage(f"the image “{name[:200]}” is encrypted")
        if entry.file_size > BYTES_MOST:
            raise _too_big(name)
        try:
            with self.archive.open(entry) as file:
                # The size that the entry claims may be a lie.
                return _bounded(file.read(BYTES_MOST + 1), name)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise BadImage(f"the image “{name[:200]}” cannot be unpacked: {error}") from None


def check_directory(path: Path, name: str) -> None:
    """Refuse a ZIP archive whose list of contents alone would fill the memory.

    Reads the size where Python's own reader will: the record at the very end, or the last one before a
    comment, and the one of ZIP64 where it stands in front of that.
    """
    with path.open("rb") as file:
        file.seek(max(file.seek(0, 2) - 65_557 - 76, 0))
        tail = file.read()
    end = len(tail) - 22
    if not (tail[end:].startswith(_END) and tail.endswith(b"\0\0")):
        end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        raise UnreadableFile(name, "the ZIP archive is damaged: its end is missing")
    (size,) = struct.unpack_from("<L", tail, end + 12)
    if tail[max(end - 76, 0) :].startswith(_END64):
        (size,) = struct.unpack_from("<Q", tail, end - 76 + 40)
    if size > DIRECTORY_MOST:
        raise UnreadableFile(name, "the archive lists more files than can be imported at once; split it")


def _missing(name: str) -> BadImage:
    return BadImage(f"the image “{name[:200]}” is not there")


def _too_big(name: str) -> BadImage:
    return BadImage(f"the image “{name[:200]}” has more than {BYTES_MOST >> 20} MB")


def _bounded(content: bytes, name: str) -> bytes:
    if len(content) > BYTES_MOST:
        raise _too_big(name)
    return content
