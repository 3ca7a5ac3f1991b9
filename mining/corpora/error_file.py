"""The file of rows that could not be used, for download."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from mining.corpora.errors import RowError

HEADER = ["file", "row", "line", "reason", "excerpt"]


class ErrorFile:
    """Appends errors. `size`: bytes of an earlier attempt that count; what it wrote beyond is cut off.

    The file appears with the first error.
    """

    def __init__(self, path: Path, *, size: int = 0) -> None:
        self.path = path
        self.size = size
        if path.exists():
            os.truncate(path, size)

    def write(self, errors: Iterable[RowError]) -> None:
        rows = [[error.file, error.row, error.line or "", error.reason, error.excerpt] for error in errors]
        if not rows:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # With a byte order mark, by which spreadsheets know the encoding.
        encoding = "utf-8" if self.size else "utf-8-sig"
        with self.path.open("a", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            if not self.size:
                writer.writerow(HEADER)
            writer.writerows(rows)
        self.size = self.path.stat().st_size
