"""A row to a document: checked, in a known language, with its hash and its sentences."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mining.corpora.errors import BadRow
from mining.corpora.mapping import pick
from mining.sentences.language import detect_language
from mining.sentences.normal_form import digest
from mining.sentences.split import split_sentences

LONGEST_TEXT, LONGEST_TITLE, LONGEST_ID = 1_000_000, 500, 200
KINDS = ("item_page", "article", "review", "chat", "encyclopaedia", "query", "other")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*")


@dataclass(slots=True)
class DocumentRow:
    """What a document will be; category and item still by the words of the file."""

    source_id: str
    kind: str
    language: str
    title: str
    text: str
    category: str
    item: str
    content_hash: bytes
    row: int = 0
    line: int | None = None
    category_id: int | None = None
    item_id: int | None = None
    _sentences: list[tuple[int, int]] | None = field(default=None, repr=False)

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """Half-open spans; only looked for in documents that are new or changed."""
        if self._sentences is None:
            self._sentences = split_sentences(self.text, self.language)
        return self._sentences

    @property
    def content(self) -> tuple[str, str, str, str, int | None, int | None]:
        return self.kind, self.language, self.title, self.text, self.category_id, self.item_id


def document_row(
    values: Mapping[str, Any],
    columns: Mapping[str, tuple[str, ...]],
    *,
    kind: str = "other",
    language: str = "",
) -> DocumentRow:
    """Check a row; BadRow says why it cannot be used. `kind`, `language`: where the row does not say."""
    text = pick(values, columns.get("text", ()))
    if text is None:
        raise BadRow("the text is missing")
    if not isinstance(text, str):
        raise BadRow(f"the text is {_kind_of(text)}, not a string")
    if not text.strip():
        raise BadRow("the text is empty")
    if len(text) > LONGEST_TEXT:
        raise BadRow(f"the text has {len(text):,} characters; {LONGEST_TEXT:,} are allowed")
    _no_nul(text, "text")
    title = word(values, columns, "title", LONGEST_TITLE)
    kind = word(values, columns, "kind", 40).lower().replace(" ", "_").replace("-", "_") or kind
    if kind not in KINDS:
        raise BadRow(f"the kind “{kind}” is not known; there are: {', '.join(KINDS)}")
    language = language_code(word(values, columns, "language", 40)) or language or detect_language(text)
    category = word(values, columns, "category", LONGEST_ID)
    item = word(values, columns, "item", LONGEST_ID)
    source_id = word(values, columns, "source_id", LONGEST_ID)
    if not source_id:
        # From all that the row says, so that the same row is the same document and any other is another one.
        told = "\x1f".join((kind, language, title, text, category, item))
        source_id = "sha-" + hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
    content = f"{title}\n{text}" if title else text
    return DocumentRow(source_id, kind, language, title, text, category, item, digest(content, size=16))


def word(values: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], field: str, longest: int) -> str:
    """A short field as a string; numbers are fine, for many files number their things."""
    if field not in columns:
        return ""
    value = None
    for column in columns[field]:
        value = values.get(column)
        if value is not None and value != "":
            break
    if value is None:
        return ""
    text = value.strip() if isinstance(value, str) else _number(value, field)
    if len(text) > longest:
        raise BadRow(f"the {field} has {len(text)} characters; {longest} are allowed")
    _no_nul(text, field)
    return text


def _number(value: Any, field: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadRow(f"the {field} is {_kind_of(value)}, not a string")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def language_code(tag: str) -> str:
    """ "zh-Hans-CN" and "zh_CN" are zh."""
    if not tag:
        return ""
    match = _LANGUAGE.fullmatch(tag)
    if match is None:
        raise BadRow(f"“{tag}” is no language code, such as zh or en")
    return match[1].lower()


def _no_nul(text: str, field: str) -> None:
    if "\x00" in text:
        raise BadRow(f"the {field} holds a NUL character, which no text has")


def _kind_of(value: Any) -> str:
    kinds = {list: "a list", dict: "an object", bool: "true or false", bytes: "binary"}
    return kinds.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)
