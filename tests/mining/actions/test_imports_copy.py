import json

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from mining.actions.imports_copy import HEX, NULL, copied
from mining.corpora.mapping import REMEMBERED, ColumnMapping, Narrowed
from mining.models import Document
from tests.factories.runs import run_import, write_lines

AWKWARD = [
    "a\tb",
    "c\\d",
    r"\N",
    r"\.",
    "\\",
    "e\nf\r\ng",
    "h\x07\x08\x0b\x0ci",
    "“q” 'r' \"s\"",
    "保湿\u2028面霜",
]


@pytest.mark.django_db
def test_awkward_characters_arrive_as_they_were_written(tmp_path):
    rows = [
        {"id": f"{text}-{at}", "title": f"t {text} t", "text": f"x{text}x"} for at, text in enumerate(AWKWARD)
    ]

    run = run_import(write_lines(tmp_path / "awkward.jsonl", rows))
    again = run_import(tmp_path / "awkward.jsonl")

    assert run.counts["added"] == again.counts["unchanged"] == len(AWKWARD), again.error
    stored = Document.objects.order_by("pk").values_list("source_id", "title", "text")
    assert list(stored) == [(row["id"], row["title"], row["text"]) for row in rows]


@pytest.mark.django_db
@given(
    st.lists(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1)
)
def test_copied_values_are_read_back_as_they_were(texts):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE taken (at int, text text, hash bytea, none text) ON COMMIT DROP"
        )
        with cursor.copy("COPY taken FROM STDIN") as copy:
            for at, text in enumerate(texts):
                copy.write(f"{at}\t{copied(text)}\t{HEX}00ff\t{NULL}\n")
        cursor.execute("SELECT text, hash, none FROM taken ORDER BY at")
        rows = cursor.fetchall()
        cursor.execute("DROP TABLE taken")

    assert [(text, bytes(digest), none) for text, digest, none in rows] == [
        (t, b"\0\xff", None) for t in texts
    ]


def test_columns_narrowed_to_a_row_keep_their_order_and_forget_nothing():
    columns = ColumnMapping.of("documents", {}).resolve(None, "x.jsonl")
    narrowed = Narrowed(columns)

    assert narrowed.to({"text": "a", "body": "b", "other": 1}) == {"text": ("text", "body")}
    assert narrowed.to({"id": 1, "review": ""}) == {"source_id": ("id",), "text": ("review",)}
    for at in range(REMEMBERED + 10):
        assert narrowed.to({"text": "a", f"x{at}": 1}) == {"text": ("text",)}
    assert len(json.dumps(list(narrowed._known))) < 100_000
