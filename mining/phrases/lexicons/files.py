"""Lexicons in files and folders: UTF-8, entries by line.

Formats met in the wild are all read alike: a line with Chinese characters is split at white space and at
the usual separators, any other line at tabs, commas and semicolons only, since English entries contain
spaces. Codes of thesauri (Aa01A01=), numbers and lines that begin with # are left out.
"""

import re
from collections.abc import Iterator
from pathlib import Path

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_BETWEEN = re.compile(r"\s+|——|--|[,，、;；|/=]")
_BETWEEN_LATIN = re.compile(r"\t|[,;|]")
_CODE = re.compile(r"[A-Z][a-z]\d{2}[A-Z]\d{2}[=#@]?|[\d.]+|[=#@]")
SUFFIXES = (".txt", ".csv", ".tsv", ".dict", ".dic", ".lex")
LONGEST = 60  # characters of an entry


class LexiconError(ValueError):
    """Names the file and, where there is one, the line."""

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        where = f"{file.name}, line {line}" if line else f"{file}"
        super().__init__(f"Lexicon {where}: {reason}")
        self.file, self.line, self.reason = file, line, reason


def read_lexicons(paths: list[Path]) -> Iterator[str]:
    """Entries of files, and of the text files in folders, in order; README files are no lexicons."""
    for path in paths:
        if path.is_dir():
            files = sorted(
                file
                for file in path.iterdir()
                if file.suffix in SUFFIXES and "readme" not in file.name.lower()
            )
            if not files:
                raise LexiconError(path, None, f"the folder holds no file named {', '.join(SUFFIXES)}")
        elif path.is_file():
            files = [path]
        else:
            raise LexiconError(path, None, "there is no such file or folder")
        for file in files:
            yield from _entries(file)


def _entries(file: Path) -> Iterator[str]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise LexiconError(
                    file,
                    number,
                    f"not UTF-8 (byte {error.start + 1}, 0x{line[error.start]:02x}); convert the file",
                ) from None
            if "\0" in text:
                raise LexiconError(file, number, "holds zero bytes; is it UTF-16? Convert the file to UTF-8")
            if not text.startswith("#"):
                between = _BETWEEN if _HAN.search(text) else _BETWEEN_LATIN
                for entry in between.split(text.strip()):
                    if entry and len(entry) <= LONGEST and not _CODE.fullmatch(entry):
                        yield entry
