"""Columns of a large answer as arrays, without a Python object for each row. For workers: loads numpy.

COPY in binary form is a header, for each row the number of its fields, and for each field its length and its
bytes. Where every field has a fixed size every row is equally long, so the whole is one structured array.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray
from psycopg import Cursor

HEADER = 19  # "PGCOPY\n\377\r\n\0", flags, length of an extension that no server sends
TRAILER = 2
SIZES = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8", "bool": "?"}


class NotAllThere(ValueError):
    """A column holds NULL, or values of another type than told."""

    def __init__(self, sql: str):
        super().__init__(f"every value must be there, of the type that was told: {sql}")


def fetch_columns(sql: str, values: Any, types: Sequence[str]) -> list[NDArray[Any]]:
    """An array for each column of a SELECT; `types` are keys of SIZES, in the order of the columns.

    Memory: the bytes that PostgreSQL sends, 4 more for each value than its own size, and then the arrays.
    """
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for place, kind in enumerate(types):
        fields += [(f"n{place}", ">i4"), (f"c{place}", SIZES[kind])]
    row = np.dtype(fields)
    sent = _sent(f"COPY ({sql}) TO STDOUT (FORMAT binary)", values)
    body = memoryview(sent)[HEADER:-TRAILER]
    if len(body) % row.itemsize:
        raise NotAllThere(sql)
    rows = np.frombuffer(body, dtype=row)
    columns = []
    for place in range(len(types)):
        column = rows[f"c{place}"]
        if (rows[f"n{place}"] != column.dtype.itemsize).any():
            raise NotAllThere(sql)
        columns.append(column.astype(column.dtype.newbyteorder("=")))
    return columns


def columns_of(rows: QuerySet[Any], *types: str) -> list[NDArray[Any]]:
    """The same of a queryset's `values_list`."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:  # such as one of a list that is empty: Django asks nobody then
        return [np.zeros(0, dtype=np.dtype(SIZES[kind]).newbyteorder("=")) for kind in types]
    return fetch_columns(sql, values, types)


def _sent(sql: str, values: Any) -> bytearray:
    connection.ensure_connection()
    sent = bytearray()
    # COPY takes no parameters, so psycopg has to write the values into it.
    with (
        connection.wrap_database_errors,
        Cursor(connection.connection) as cursor,
        cursor.copy(sql, values) as copy,
    ):
        for piece in copy:
            sent += piece
    return sent
