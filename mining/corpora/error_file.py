"""The file of rows that could not be used, for download."""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from mining.corpora.errors import RowError

# Rows as a spreadsheet numbers them, the header being the first; where a record runs over several lines,
# its row falls behind its line.
HEADER = ["file", "row", "line", "reason", "excerpt"]


class ErrorFile:
    """Appends errors. `size`: bytes of an earlier attempt that count; `cut` takes off what it wrote beyond.

    The file appears with the first error.
    """

    def __init__(self, path: Path, *, size: int = 0) -> None:
        self.path = path
        self.size = size

    def cut(self) -> None:
        if self.path.exists():
            os.truncate(self.path, self.size)

    def lines(self, errors: Iterable[RowError]) -> bytes:
        """What `append` would add for these errors; nothing is written yet."""
        rows = [[error.file, error.row, error.line or "", error.reason, error.excerpt] for error in errors]
        if not rows:
            return b""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        if not self.size:
            writer.writerow(HEADER)
        writer.writerows(rows)
        # With a byte order mark, by which spreadsheets know the encoding.
        return text.getvalue().encode("utf-8" if self.size else "utf-8-sig")

    def append(self, lines: bytes) -> None:
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(lines)
        self.size += len(lines)
