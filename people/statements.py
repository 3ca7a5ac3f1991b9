"""Statements that are run for every single answer: written out, prepared once per connection.

The ORM composes its SQL anew each time and PostgreSQL plans it anew, which together cost more than doing
what it says. Here the text never changes, so psycopg prepares it and PostgreSQL keeps the plan.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models
from psycopg import Cursor
from psycopg.types.json import Jsonb

Row = TypeVar("Row", bound=models.Model)


def fetch(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Its rows. Takes part in the transaction that is open on Django's connection, if there is one."""
    with _cursor() as cursor:
        return cursor.execute(sql, values, prepare=True).fetchall()


def execute(sql: str, values: Mapping[str, Any]) -> None:
    """For what returns no rows."""
    with _cursor() as cursor:
        cursor.execute(sql, values, prepare=True)


def insert(row: models.Model) -> None:
    """Store a new row as `row.save()` would, and give it its key."""
    model = type(row)
    values = {
        field.attname: _stored(field, getattr(row, field.attname)) for field in model._meta.concrete_fields
    }
    if row.pk is None:
        del values[model._meta.pk.attname]
    ((row.pk,),) = fetch(_inserting(model, tuple(values)), values)
    row._state.adding, row._state.db = False, "default"


def _stored(field: Any, value: Any) -> Any:
    return Jsonb(value) if isinstance(field, models.JSONField) and value is not None else value


@lru_cache
def _inserting(model: type[models.Model], names: tuple[str, ...]) -> str:
    fields = [field for field in model._meta.concrete_fields if field.attname in names]
    into = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(f"%({field.attname})s" for field in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return f'INSERT INTO "{table}" ({into}) VALUES ({values}) RETURNING "{key}"'  # noqa: S608


@contextmanager
def _cursor() -> Iterator[Cursor]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        yield cursor


@lru_cache
def columns(model: type[models.Model], alias: str, *without: str) -> str:
    """The columns of a model as SQL, in the order that `rows` expects; `without` are left to be deferred."""
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model, without))


def instances(model: type[Row], found: Sequence[Sequence[Any]], *without: str) -> Iterator[Row]:
    """Rows of exactly `columns(model, …, *without)` as instances, as if the ORM had read them."""
    names, in_json = _names(model, without)
    for row in found:
        values = list(row)
        for place in in_json:
            # Django has psycopg leave jsonb to it.
            if isinstance(values[place], str):
                values[place] = json.loads(values[place])
        yield model.from_db("default", names, values)


@lru_cache
def width(model: type[models.Model], *without: str) -> int:
    return len(_fields(model, without))


@lru_cache
def _names(model: type[models.Model], without: tuple[str, ...]) -> tuple[list[str], list[int]]:
    fields = _fields(model, without)
    in_json = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return [field.attname for field in fields], in_json


@lru_cache
def _fields(model: type[models.Model], without: tuple[str, ...]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.name not in without]
