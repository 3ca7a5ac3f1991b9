"""Images in a TAR archive, plain or packed: unpacked once, in one pass, under names of our own."""

import hashlib
import lzma
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from mining.corpora.errors import UnreadableFile
from mining.images.check import BYTES_MOST, BadImage

# So much may come out of one archive, and so much must be left on the disk.
UNPACKED_MOST = 200 << 30
LEFT_FREE = 1 << 30
FILES_MOST = 5_000_000
# What is no file but describes one: a long name, attributes. Read as a whole by the library.
HEADER_MOST = 1 << 20
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE)
_DESCRIBING = (
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)  # fmt: skip
_ENDED = "all.unpacked"


class _HugeHeader(Exception):
    pass


class _Entry(tarfile.TarInfo):
    """Refuses headers that would fill the memory before the library reads them."""

    @classmethod
    def frombuf(cls, buf, encoding, errors):
        entry = super().frombuf(buf, encoding, errors)
        if entry.type in _DESCRIBING and entry.size > HEADER_MOST:
            raise _HugeHeader
        return entry


class TarImages:
    def __init__(self, path: Path, name: str, work_dir: Path, advance: Callable[[int], None]) -> None:
        self.advance = advance
        self.folder = work_dir / "images"
        if not (self.folder / _ENDED).exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._unpack(path, name)
            (self.folder / _ENDED).touch()

    def read(self, name: str) -> bytes:
        from mining.images.sources import clean_name

        place = self._place(clean_name(name))
        try:
            content = place.read_bytes()
        except FileNotFoundError:
            raise BadImage(f"the image “{name[:200]}” is not there") from None
        if not content:
            raise BadImage(f"the image “{name[:200]}” is empty or has more than {BYTES_MOST >> 20} MB")
        return content

    def _place(self, clean: str) -> Path:
        digest = hashlib.sha256(clean.encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / digest[:2] / digest

    def _unpack(self, path: Path, name: str) -> None:
        from mining.images.sources import clean_name

        unpacked = 0
        try:
            with tarfile.open(path, "r|*", tarinfo=_Entry) as archive:
                for number, entry in enumerate(archive, start=1):
                    unpacked += max(entry.size, 0)
                    self._check_limits(unpacked, number, name)
                    self.advance(number)
                    # The library would remember every one of them.
                    archive.members = []  # type: ignore[attr-defined]
                    if entry.type not in _FILES:
                        continue  # links, devices, folders
                    try:
                        clean = clean_name(entry.name)
                    except BadImage:
                        continue  # no row can ask for it
                    self._put(archive, entry, clean)
        except _HugeHeader:
            raise UnreadableFile(name, "the archive has a header of more than a megabyte") from None
        except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise UnreadableFile(name, f"neither a ZIP archive nor a whole TAR archive: {error}") from None

    def _put(self, archive: tarfile.TarFile, entry: tarfile.TarInfo, clean: str) -> None:
        place = self._place(clean)
        place.parent.mkdir(exist_ok=True)
        source = archive.extractfile(entry)
        # An empty file stands for one that is too big: so its row can say so.
        content = source.read(BYTES_MOST + 1) if source and entry.size <= BYTES_MOST else b""
        place.write_bytes(content)

    def _check_limits(self, unpacked: int, number: int, name: str) -> None:
        if unpacked > UNPACKED_MOST or number > FILES_MOST:
            raise UnreadableFile(name, "the archive holds more than can be imported at once; split it")
        if number % 100 == 1:
            room = os.statvfs(self.folder)
            if room.f_bavail * room.f_frsize < LEFT_FREE:
                raise UnreadableFile(name, "there is not enough room on the disk to unpack it")
