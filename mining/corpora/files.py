"""Files by name: which format, plain or gzip, and how far they have been read."""

import codecs
import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from mining.corpora.errors import UnreadableFile

FORMATS = ("jsonl", "csv", "tsv", "parquet")
_SUFFIXES = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "tsv", ".tab": "tsv",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
# A file without line breaks must not fill the memory; the longest text allowed is far below this.
LINE_LIMIT = 16 << 20
_GZIP = b"\x1f\x8b"


def format_of(name: str) -> str:
    """The format that a file name tells: reviews.csv.gz is csv."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in (".gz", ".gzip"):
        suffixes.pop()
    found = _SUFFIXES.get(suffixes[-1] if suffixes else "")
    if found is None:
        raise UnreadableFile(name, f"the name does not tell the format; say which one: {', '.join(FORMATS)}")
    return found


def check_readable(path: Path, name: str) -> None:
    """One clear line for what is plainly wrong with a file."""
    if not path.exists():
        raise UnreadableFile(name, "there is no such file")
    if path.is_dir():
        raise UnreadableFile(name, "this is a folder; name the files in it")
    if not os.access(path, os.R_OK):
        raise UnreadableFile(name, "the file may not be read")
    if path.stat().st_size == 0:
        raise UnreadableFile(name, "the file is empty")


# Files of other kinds under a text file's name, by how they begin.
_BEGINNINGS = {
    b"PK\x03\x04": "a ZIP or an Excel workbook; save the sheet as “CSV UTF-8”",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as “CSV UTF-8”",
    b"PAR1": "a Parquet file; give it a name that ends in .parquet",
    b"%PDF": "a PDF",
    b"\xff\xd8\xff": "an image",
    b"\x89PNG": "an image",
    b"\xff\xfe": "text in UTF-16; save it as UTF-8",
    b"\xfe\xff": "text in UTF-16; save it as UTF-8",
}
_LOOKED_AT = 1024
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b") | {127}
_MOST_CONTROLS = 0.05  # of the bytes; among random ones every ninth is one


def check_is_text(head: bytes, name: str) -> None:
    """`head`: the first bytes. A broken row or another encoding is told of where it stands, not here."""
    for beginning, what in _BEGINNINGS.items():
        if head.startswith(beginning):
            raise UnreadableFile(name, f"this is {what}")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        if sum(byte in _CONTROLS for byte in head) > _MOST_CONTROLS * len(head):
            begins = head[:8].hex(" ")
            reason = f"this is not a text file, whatever its name says: it begins with the bytes {begins}"
            raise UnreadableFile(name, reason) from None


class Source:
    """An open file, unpacked where it is gzip; `read_share` is how much of it has been read, 0 to 1."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._size = max(path.stat().st_size, 1)
        self._raw = path.open("rb")
        start = self._raw.read(2)
        self._raw.seek(0)
        self.is_gzip = start == _GZIP
        self.file: Any = gzip.GzipFile(fileobj=self._raw) if self.is_gzip else self._raw

    @property
    def read_share(self) -> float:
        return min(self._raw.tell() / self._size, 1.0)

    def head(self) -> bytes:
        """The first bytes, which stay to be read."""
        try:
            return self.file.peek(_LOOKED_AT)[:_LOOKED_AT]
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return b""  # reading on will say what is wrong

    def lines(self) -> Iterator[bytes]:
        """Raw lines. A packed file that is cut off or damaged gives what was whole, then UnreadableFile."""
        number = 0
        try:
            while line := self.file.readline(LINE_LIMIT):
                number += 1
                yield line
                while len(line) == LINE_LIMIT and not line.endswith(b"\n"):  # the rest of a giant
                    line = self.file.readline(LINE_LIMIT)
        except EOFError:
            reason = f"the gzip file ends too early (after line {number}); it was cut off on its way here"
            raise UnreadableFile(self.name, reason) from None
        except (zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableFile(
                self.name, f"the gzip file is damaged after line {number}: {error}"
            ) from None

    def close(self) -> None:
        self.file.close()
        self._raw.close()


@contextmanager
def opened(path: Path, name: str) -> Iterator[Source]:
    source = Source(path, name)
    try:
        yield source
    finally:
        source.close()


def unpack(source: Source, target: IO[bytes]) -> None:
    """The unpacked bytes of a packed source, for formats that have to seek."""
    try:
        while block := source.file.read(1 << 20):
            target.write(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(source.name, f"the gzip file is damaged: {error}") from None
    target.flush()
