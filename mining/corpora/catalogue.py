"""Rows of categories and of items with their properties, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mining.corpora.documents import LONGEST_ID, language_code, word
from mining.corpora.errors import BadRow
from mining.corpora.mapping import pick
from mining.sentences.language import detect_language

LONGEST_LABEL = 500


@dataclass(frozen=True, slots=True)
class CategoryRow:
    external_id: str
    parent: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class ItemRow:
    external_id: str
    category: str
    language: str
    title: str
    properties: list[tuple[str, str]]


def category_row(
    values: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], *, language: str = ""
) -> CategoryRow:
    external_id = word(values, columns, "external_id", LONGEST_ID)
    if not external_id:
        raise BadRow("the id is missing")
    labels = _labels(pick(values, columns["labels"]), language)
    for field in columns:
        if field.startswith("label_"):
            labels[language_code(field.removeprefix("label_"))] = word(values, columns, field, LONGEST_LABEL)
    for key in values:  # JSONL names its columns row by row
        if key.startswith("label_") and key not in columns:
            labels[language_code(key.removeprefix("label_"))] = word(
                values, {key: (key,)}, key, LONGEST_LABEL
            )
    labels = {code: text for code, text in labels.items() if text}
    if not labels:
        raise BadRow("there is no label, such as label_en or label_zh")
    return CategoryRow(external_id, word(values, columns, "parent", LONGEST_ID), labels)


def _labels(value: Any, language: str) -> dict[str, str]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = _from_json(value, "labels")
    if value is None:
        return {}
    if isinstance(value, str):
        return {
            language or detect_language(value): word({"l": value}, {"label": ("l",)}, "label", LONGEST_LABEL)
        }
    if not isinstance(value, dict):
        raise BadRow("the labels must be an object of language and text")
    return {language_code(code): word(value, {"label": (code,)}, "label", LONGEST_LABEL) for code in value}


def item_row(
    values: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], *, language: str = ""
) -> ItemRow:
    external_id = word(values, columns, "external_id", LONGEST_ID)
    if not external_id:
        raise BadRow("the id is missing")
    title = word(values, columns, "title", LONGEST_LABEL)
    if not title:
        raise BadRow("the title is missing")
    language = language_code(word(values, columns, "language", 40)) or language or detect_language(title)
    properties = _properties(pick(values, columns["properties"]))
    return ItemRow(external_id, word(values, columns, "category", LONGEST_ID), language, title, properties)


def _properties(value: Any) -> list[tuple[str, str]]:
    """Pairs of property and value, from a list of pairs or of {name, value}, an object, or JSON of these."""
    if isinstance(value, str):
        value = _from_json(value, "properties")
    if value is None:
        return []
    if isinstance(value, dict):
        value = [
            (name, each)
            for name, held in value.items()
            for each in (held if isinstance(held, list) else [held])
        ]
    if not isinstance(value, list):
        raise BadRow("the properties must be pairs of name and value, or an object")
    pairs = [_pair(entry) for entry in value]
    # In their order, each once.
    return list(dict.fromkeys(pair for pair in pairs if pair is not None))


def _pair(entry: Any) -> tuple[str, str] | None:
    if isinstance(entry, dict) and {"name", "value"} <= entry.keys():
        entry = entry["name"], entry["value"]
    if not isinstance(entry, list | tuple) or len(entry) != 2:
        raise BadRow(f"the property {entry!r:.80} is not a pair of name and value")
    both = {"n": entry[0], "v": entry[1]}
    name = word(both, {"property name": ("n",)}, "property name", LONGEST_LABEL)
    value = word(both, {"property value": ("v",)}, "property value", LONGEST_LABEL)
    if not name:
        raise BadRow("a property has no name")
    return (name, value) if value else None


def _from_json(text: str, field: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRow(f"the {field} are not JSON: {error.msg}") from None
