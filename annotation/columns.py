"""Columns of a large answer as arrays, without a Python object for each row. For workers: loads numpy.

PostgreSQL strings the values of each column together, as it would send them one by one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray
from psycopg import Cursor

# Of PostgreSQL -> as it is sent.
SIZES = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8", "bool": "?"}


class NotAllThere(ValueError):
    """A column holds NULL."""

    def __init__(self, sql: str):
        super().__init__(f"every value must be there: {sql}")


def fetch_columns(sql: str, values: Any, types: Sequence[str]) -> list[NDArray[Any]]:
    """An array for each column of a SELECT, in its order; `types` are keys of SIZES.

    Memory: twice the size of the arrays here, and as much in PostgreSQL, which strings together at most
    1 GB a column: 134 million values of 8 bytes.
    """
    names = [f"c{place}" for place in range(len(types))]
    strung = ", ".join(
        f"coalesce(string_agg({kind}send({name}), ''), '')" for name, kind in zip(names, types, strict=True)
    )
    whole = f"SELECT count(*), {strung} FROM ({sql}) AS told ({', '.join(names)})"  # noqa: S608
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(whole, values, binary=True)
        count, *sent = cursor.fetchone() or (0,)
    columns = [np.frombuffer(column, dtype=SIZES[kind]) for column, kind in zip(sent, types, strict=True)]
    if any(len(column) != count for column in columns):
        raise NotAllThere(sql)
    return [column.astype(column.dtype.newbyteorder("=")) for column in columns]


def columns_of(rows: QuerySet[Any], *types: str) -> list[NDArray[Any]]:
    """The same of a queryset's `values_list`."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:  # such as one of a list that is empty: Django asks nobody then
        return [np.zeros(0, dtype=np.dtype(SIZES[kind]).newbyteorder("=")) for kind in types]
    return fetch_columns(sql, values, types)


def as_array(column: NDArray[Any]) -> str:
    """A column of numbers as PostgreSQL writes arrays: psycopg would look at each number by itself."""
    return "{" + ",".join(map(repr, column.tolist())) + "}"
