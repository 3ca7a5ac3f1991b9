"""Rows of a catalogue checked one by one and copied, in small batches, into the tables of catalogue_sql."""

import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from graph.identity import catalogue_key, normal_form, property_key, property_value_key, triple_key
from graph.models.concept import LANGUAGE

BATCH = 2000
LONGEST_ID, LONGEST_NAME = 200, 500
# Lazy: translated for the one bad row and not for all the good ones.
NAME, TITLE = gettext_lazy("the name"), gettext_lazy("the title")
PROPERTY, VALUE = gettext_lazy("a property's name"), gettext_lazy("a property's value")


class BadRow(ValueError):
    """What is wrong with one row."""


def _id(value: str) -> str:
    value = value.strip()
    if not value:
        raise BadRow(_("the id is empty"))
    if len(value) > LONGEST_ID:
        raise BadRow(_("the id is longer than %(longest)s characters") % {"longest": LONGEST_ID})
    return _clean(value)


def _name(value: str, what) -> str:
    value = " ".join(value.split())
    if not value:
        raise BadRow(_("%(what)s is empty") % {"what": what})
    if len(value) > LONGEST_NAME:
        raise BadRow(
            _("%(what)s is longer than %(longest)s characters") % {"what": what, "longest": LONGEST_NAME}
        )
    return _clean(value)


def _clean(value: str) -> str:
    if "\0" in value:
        raise BadRow(_("a NUL character cannot be stored"))
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRow(_("half of a surrogate pair cannot be stored")) from None
    return value


def _language(value: str) -> str:
    if len(value) > 8 or not re.fullmatch(LANGUAGE, value):
        raise BadRow(_("“%(language)s” is not a language tag") % {"language": value})
    return value


def _form(text: str) -> str:
    # NFKC can make a text longer than its column.
    return normal_form(text)[:LONGEST_NAME]


class Copy(ABC):
    """One kind of row: `lines` turns it into lines of the temporary tables."""

    what = ""
    # Classes and relations that the ontology must have.
    needs: tuple[set[str], set[str]] = (set(), set())
    tables: dict[str, str] = {}

    @abstractmethod
    def lines(self, index: int, row) -> Iterator[tuple[str, tuple]]:
        """Lines of the temporary tables, each with the name of its table; BadRow where the row is bad."""

    def run(self, cursor, rows: Iterable) -> list[tuple[int, str]]:
        """Copy every good row; returns (index, reason) of the others."""
        problems: list[tuple[int, str]] = []
        numbered = enumerate(rows)
        while batch := list(islice(numbered, BATCH)):
            lines: dict[str, list[tuple]] = {table: [] for table in self.tables}
            for index, row in batch:
                try:
                    good = list(self.lines(index, row))
                except BadRow as error:
                    problems.append((index, str(error)))
                else:
                    for table, line in good:
                        lines[table].append(line)
            for table, columns in self.tables.items():
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for line in lines[table]:
                        copy.write_row(line)
        return problems


ROW = {
    "put_row": "row, key, external_id, ref, ref_key, edge_key",
    "put_label": "row, key, language, text, normal_form, is_first",
}


class CategoryCopy(Copy):
    what = "categories"
    needs = ({"Category"}, {"subcategory_of"})
    tables = ROW

    def lines(self, index, row):
        external_id, parent, labels = row
        external_id = _id(external_id)
        key = catalogue_key("Category", external_id)
        parent = _id(parent) if parent and parent.strip() else ""
        parent_key = catalogue_key("Category", parent) if parent else None
        edge = triple_key(key, "subcategory_of", parent_key) if parent_key else None
        if not labels:
            raise BadRow(_("the category has no name in any language"))
        yield "put_row", (index, key, external_id, parent, parent_key, edge)
        for number, (language, text) in enumerate(labels.items()):
            text = _name(text, NAME)
            yield "put_label", (index, key, _language(language), text, _form(text), number == 0)


@lru_cache(maxsize=50_000)
def _described(name: str, value: str) -> tuple[uuid.UUID, str, str, uuid.UUID, str, str, uuid.UUID]:
    """Property key, name and normal form, the same of the value, and the key of their triple.

    Kept for a while, because a catalogue says the same of many items.
    """
    name, value = _name(name, PROPERTY), _name(value, VALUE)
    property_, value_ = property_key(name), property_value_key(name, value)
    of_key = triple_key(value_, "value_of", property_)
    return property_, name, _form(name), value_, value, _form(value), of_key


_category_key = lru_cache(maxsize=50_000)(lambda external_id: catalogue_key("Category", external_id))


class ItemCopy(Copy):
    what = "items"
    needs = (
        {"Category", "Item", "Property", "PropertyValue"},
        {"in_category", "has_property", "value_of"},
    )
    tables = {
        **ROW,
        "put_value": (
            "row, item_key, language, property_key, property, property_form, "
            "value_key, value, value_form, has_key, of_key"
        ),
    }

    def lines(self, index, row):
        external_id, category, language, title, properties = row
        external_id, category, language = _id(external_id), _id(category), _language(language)
        key, category_key = catalogue_key("Item", external_id), _category_key(category)
        title = _name(title, TITLE)
        edge = triple_key(key, "in_category", category_key)
        yield "put_row", (index, key, external_id, category, category_key, edge)
        yield "put_label", (index, key, language, title, _form(title), True)
        for name, value in properties:
            described = _described(name, value)
            yield (
                "put_value",
                (
                    index,
                    key,
                    language,
                    *described[:-1],
                    triple_key(key, "has_property", described[3]),
                    described[-1],
                ),
            )
