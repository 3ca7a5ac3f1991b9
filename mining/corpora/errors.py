"""What can be wrong with a file or a row of it."""

from dataclasses import dataclass
from pathlib import Path

from people.errors import UserError

EXCERPT = 200


@dataclass(frozen=True, slots=True)
class RowError:
    """One row that could not be used.

    `row` counts from 1 as a person counts: lines of JSONL, records of CSV with the header as the first,
    rows of Parquet. `line`: where a CSV record that runs over several lines begins.
    """

    file: str
    row: int
    reason: str
    line: int | None = None
    excerpt: str = ""

    def __str__(self) -> str:
        line = f" (line {self.line})" if self.line and self.line != self.row else ""
        return f"{self.file}, row {self.row}{line}: {self.reason}"


class UnreadableFile(UserError):
    """The whole file, or the rest of it, cannot be read."""

    def __init__(self, file: str | Path, reason: str):
        super().__init__(f"{Path(file).name}: {reason}")
        self.reason = reason


class BadRow(ValueError):
    """Why a row cannot be used; the reader's caller knows which row it is."""


def excerpt(value: object) -> str:
    """The beginning of what was read, fit for an error file."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\0")
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"
