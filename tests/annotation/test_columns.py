"""Columns come as arrays, the same values as rows would have."""

import numpy as np
import pytest
from django.db import ProgrammingError

from annotation.columns import NotAllThere, as_array, columns_of, fetch_columns
from annotation.models import Task
from tests.factories.annotation import make_campaign

pytestmark = pytest.mark.django_db


def test_columns_hold_what_the_rows_hold():
    campaign = make_campaign(size=7)
    rows = campaign.tasks.order_by("pk").values_list("pk", "candidate_id", "rank")

    ids, candidates, ranks = columns_of(rows, "int8", "int8", "float8")

    assert list(zip(ids.tolist(), candidates.tolist(), ranks.tolist(), strict=True)) == list(rows)
    assert ids.dtype == np.int64 and ids.dtype.isnative


def test_values_of_the_statement_are_quoted_and_every_type_is_read():
    sql = "SELECT (2)::int2, 70000, 'NaN'::float8, %(word)s = 'it''s' FROM generate_series(1, %(size)s)"

    small, whole, real, is_so = fetch_columns(
        sql, {"word": "it's", "size": 3}, ["int2", "int4", "float8", "bool"]
    )

    assert small.tolist() == [2, 2, 2] and whole.tolist() == [70000] * 3
    assert np.isnan(real).all() and is_so.tolist() == [True] * 3


def test_nothing_found_is_columns_without_rows():
    nobody, impossible = Task.objects.filter(pk=0), Task.objects.filter(pk__in=[])

    assert [len(column) for column in columns_of(nobody.values_list("pk", "rank"), "int8", "float8")] == [
        0,
        0,
    ]
    (ids,) = columns_of(impossible.values_list("pk"), "int8")
    assert len(ids) == 0 and ids.dtype == np.int64


def test_a_missing_value_and_another_type_are_refused():
    with pytest.raises(NotAllThere):
        fetch_columns("SELECT n FROM (VALUES (1), (NULL), (3)) AS t (n)", None, ["int4"])
    with pytest.raises(ProgrammingError):
        fetch_columns("SELECT 1::int8", None, ["int4"])


def test_a_column_goes_back_as_it_came():
    numbers = np.array([0.1, -2.5e-300, 1 / 3, np.nan])

    (back,) = fetch_columns(
        "SELECT unnest(%(numbers)s::float8[])", {"numbers": as_array(numbers)}, ["float8"]
    )

    assert np.array_equal(back, numbers, equal_nan=True)
    assert as_array(np.array([3, 70000])) == "{3,70000}" and as_array(np.zeros(0)) == "{}"
