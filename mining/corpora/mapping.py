"""Which column of a file is which field of ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mining.corpora.errors import UnreadableFile
from people.errors import UserError

# Fields by what is imported; for each the column names that are taken for it when nobody says otherwise.
WELL_KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "documents": {
        "source_id": ("source_id", "id", "doc_id", "document_id", "uniq id"),
        "title": ("title", "name", "product_name", "product name"),
        "text": ("text", "body", "review", "content", "comment", "description", "query", "sentence"),
        "language": ("language", "lang"),
        "category": ("category", "cat", "category_id"),
        "item": ("item", "item_id", "product_id"),
        "kind": ("kind", "type"),
    },
    "categories": {
        "external_id": ("id", "external_id", "category_id", "category"),
        "parent": ("parent", "parent_id"),
        "labels": ("labels", "label", "name", "title"),
    },
    "items": {
        "external_id": ("id", "external_id", "item_id", "product_id", "source_id"),
        "category": ("category", "cat", "category_id"),
        "title": ("title", "name", "product_name", "product name"),
        "language": ("language", "lang"),
        "properties": ("properties", "attributes", "specifications"),
    },
    "relations": {
        "source_id": ("source_id", "id"),
        "text": ("text", "sentence"),
        "relation": ("relation", "predicate"),
        "subject": ("subject", "head"),
        "object": ("object", "tail"),
        "subject_start": ("subject_start",),
        "subject_end": ("subject_end",),
        "object_start": ("object_start",),
        "object_end": ("object_end",),
        "subject_class": ("subject_class",),
        "object_class": ("object_class",),
        "category": ("category", "cat", "category_id"),
        "language": ("language", "lang"),
        "title": ("title", "source"),
        "score": ("score",),
    },
    "image_texts": {
        "source_id": ("source_id", "id"),
        "image": ("image", "image_path", "file"),
        "text": ("text", "entity", "phrase"),
        "text_class": ("text_class", "class"),
        "title": ("title", "item_title", "product_name", "product name"),
        "category": ("category", "cat", "category_id"),
        "language": ("language", "lang"),
        "score": ("score",),
    },
}
REQUIRED = {
    "documents": ("text",),
    "categories": ("external_id",),
    "items": ("external_id", "title"),
    "relations": ("text", "relation", "subject", "object"),
    "image_texts": ("image", "text", "text_class"),
}


# Kinds of rows: a file whose every row has other columns must not fill the memory.
REMEMBERED = 1_000


class BadMapping(UserError):
    pass


@dataclass(frozen=True)
class ColumnMapping:
    """`columns`: our field -> the file's column. An empty column name leaves the field out."""

    what: str
    columns: Mapping[str, str]

    @classmethod
    def parse(cls, what: str, words: Iterable[str]) -> "ColumnMapping":
        """From "text=review,category=cat", in one word or several."""
        columns: dict[str, str] = {}
        for part in (part.strip() for word in words for part in word.split(",")):
            if not part:
                continue
            field, equals, column = (piece.strip() for piece in part.partition("="))
            if not equals:
                raise BadMapping(
                    f"“{part}” does not say which column: write field=column, such as text=review"
                )
            if field == "id":  # what most files call it
                field = "source_id" if "source_id" in WELL_KNOWN[what] else "external_id"
            columns[field] = column
        return cls.of(what, columns)

    @classmethod
    def of(cls, what: str, columns: Mapping[str, str]) -> "ColumnMapping":
        for field in columns:
            if field not in WELL_KNOWN[what] and not (what == "categories" and field.startswith("label_")):
                raise BadMapping(
                    f"there is no field “{field}” in {what}; there are: {', '.join(WELL_KNOWN[what])}"
                )
        return cls(what, dict(columns))

    def resolve(self, names: Iterable[str] | None, file: str) -> dict[str, tuple[str, ...]]:
        """Field -> the columns to look into, first come first served.

        `names`: the columns the file has, or None where each row has its own (JSONL).
        """
        known = None if names is None else list(names)
        lower = {name.lower(): name for name in known or ()}
        found: dict[str, tuple[str, ...]] = {}
        for field, usual in WELL_KNOWN[self.what].items():
            if field in self.columns:
                column = self.columns[field]
                if column and known is not None and column not in known:
                    raise UnreadableFile(file, _no_column(column, known))
                found[field] = (column,) if column else ()
            elif known is None:
                found[field] = usual
            else:
                found[field] = tuple(lower[name] for name in usual if name in lower)[:1]
        if self.what == "categories":
            found |= self._labels(known)
        for field in REQUIRED[self.what]:
            if not found[field]:
                raise UnreadableFile(
                    file, f"no column is known to be the {field}; {_no_column(None, known or [])}"
                )
        return found

    def _labels(self, known: list[str] | None) -> dict[str, tuple[str, ...]]:
        """label_en, label_zh …: one column per language."""
        asked: dict[str, tuple[str, ...]] = {
            field: (column,)
            for field, column in self.columns.items()
            if field.startswith("label_") and column
        }
        if known is None:
            return asked
        return {name: (name,) for name in known if name.startswith("label_")} | asked


class Narrowed:
    """Columns of a mapping without those that a row does not have, remembered for rows of the same columns.

    Looking in each JSONL row for every name that a column may have costs more than the rest of the row.
    """

    def __init__(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        self.columns = columns
        self._known: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}

    def to(self, values: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
        names = tuple(values)
        if (found := self._known.get(names)) is None:
            found = {
                field: there
                for field, wanted in self.columns.items()
                if (there := tuple(column for column in wanted if column in values))
            }
            if len(self._known) < REMEMBERED:
                self._known[names] = found
        return found


def _no_column(column: str | None, known: list[str]) -> str:
    there = ", ".join(known[:20]) + (" …" if len(known) > 20 else "")
    return (
        f"there is no column “{column}”; there are: {there}"
        if column
        else f"name it, for example text=COLUMN; there are: {there}"
    )


def pick(values: Mapping[str, Any], columns: tuple[str, ...]) -> Any:
    """The first of the columns that holds anything."""
    for column in columns:
        value = values.get(column)
        if value is not None and value != "":
            return value
    return None
