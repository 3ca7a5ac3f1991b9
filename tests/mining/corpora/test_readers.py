import csv
import gzip
import io
import json
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.corpora.errors import RowError, UnreadableFile
from mining.corpora.mapping import BadMapping, ColumnMapping
from mining.corpora.readers import Row, open_table

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


def read(path, **options):
    with open_table(path, **options) as table:
        return list(table.rows)


def consume(rows, found):
    for row in rows:
        found.append(row)


def write(path, content):
    content = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(content) if path.name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.CSV"])
def test_csv_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path, name):
    rows = read(write(tmp_path / name, '\ufeffid,text\n1,"two\nlines"\n\n2,b\n'))

    assert [(row.row, row.line, row.values) for row in rows] == [
        (2, 2, {"id": "1", "text": "two\nlines"}),
        (4, 5, {"id": "2", "text": "b"}),
    ]


def test_tsv_and_a_format_that_the_name_does_not_tell(tmp_path):
    path = write(tmp_path / "rows.txt", "id\ttext\n1\ta, b\n")

    assert read(path, format="tsv")[0].values == {"id": "1", "text": "a, b"}
    with pytest.raises(UnreadableFile, match="does not tell the format"):
        read(path)


def test_one_bad_byte_breaks_one_row(tmp_path):
    rows = read(write(tmp_path / "a.csv", b"id,text\n1,good\n2,caf\xe9\n3,good\n"))

    assert [row.row for row in rows if isinstance(row, Row)] == [2, 4]
    assert rows[1] == RowError("a.csv", 3, "not UTF-8: byte 0xe9 in value 2", 3, "2,caf\\xe9")


def test_a_row_with_too_many_values_breaks_alone(tmp_path):
    rows = read(write(tmp_path / "a.csv", "id,text\n1,a,b\n2,c\n3\n"))

    assert [row.reason for row in rows if isinstance(row, RowError)] == [
        "3 values where the first line names 2 columns",
        "1 values where the first line names 2 columns",
    ]
    assert [row.values["id"] for row in rows if isinstance(row, Row)] == ["2"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (random.Random(3).randbytes(5_000), "this is not a text file, .* begins with the bytes fd 3f eb"),
        (b"PK\x03\x04" + bytes(200), "a ZIP or an Excel workbook"),
        ("id,text\n1,a\n".encode("utf-16"), "text in UTF-16; save it as UTF-8"),
        (gzip.compress(random.Random(3).randbytes(5_000)), "this is not a text file"),
        ("编号,评论\n1,好\n".encode("gb18030"), "the first line is not UTF-8; save the file as UTF-8"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_what_is_no_text_is_told_so_in_plain_words(tmp_path, name, content, why):
    with pytest.raises(UnreadableFile, match=why), open_table(write(tmp_path / name, content)):
        pass


def test_a_text_whose_first_thousand_bytes_end_within_a_character_is_read(tmp_path):
    path = write(tmp_path / "a.csv", ("x" + "好" * 2_000 + "\n1\n").encode())

    with open_table(path) as table:
        assert [row.values for row in table.rows] == [{table.columns[0]: "1"}]


def test_an_open_quotation_mark_does_not_swallow_the_rest(tmp_path):
    rows = read(write(tmp_path / "a.csv", 'id,text\n1,"open\n2,good\n3,good\n'))

    assert rows[0].reason == "a quotation mark is opened and never closed" and rows[0].line == 2
    assert [(row.line, row.values["id"]) for row in rows[1:]] == [(3, "2"), (4, "3")]


def test_a_stray_quotation_mark_gives_back_the_rows_it_swallowed(tmp_path):
    rows = read(write(tmp_path / "a.csv", 'id,text\n1,"open\n2,good\n3,"quoted"\n4,good\n'))

    assert isinstance(rows[0], RowError) and rows[0].row == 2
    assert [row.values["id"] for row in rows[1:]] == ["2", "3", "4"]


def test_a_column_named_twice_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="“text” is there twice"):
        read(write(tmp_path / "a.csv", "text,text\n1,2\n"))


def test_jsonl_with_mark_blank_lines_and_broken_ones(tmp_path):
    rows = read(write(tmp_path / "a.jsonl", '\ufeff{"a": 1}\n\n{"a": \n"text"\n{"a": "\\ud800"}\n{"a": 2}'))

    assert [row.row for row in rows] == [1, 3, 4, 5, 6]
    assert [row.values for row in rows if isinstance(row, Row)] == [{"a": 1}, {"a": 2}]
    assert rows[2].reason == "the line is not a JSON object but a string"


def test_a_line_without_end_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("mining.corpora.files.LINE_LIMIT", 1_000)
    monkeypatch.setattr("mining.corpora.readers.LINE_LIMIT", 1_000)
    path = write(tmp_path / "a.jsonl", '{"a": "' + "x" * 5_000 + '"}\n{"a": 2}\n')

    giant, good = read(path)

    assert "longer than" in giant.reason and good.row == 2 and good.values == {"a": 2}


@pytest.mark.parametrize("name", ["a.parquet", "a.parquet.gz"])
def test_parquet_gives_the_columns_wanted(tmp_path, name):
    buffer = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2], "text": ["a", "b"], "huge": ["x", "y"]}), buffer)
    path = write(tmp_path / name, buffer.getvalue())

    with open_table(path) as table:
        table.wanted = ["id", "text"]
        rows = list(table.rows)

    assert table.columns == ["id", "text", "huge"] and table.total == 2
    assert [(row.row, row.values) for row in rows] == [
        (1, {"id": 1, "text": "a"}),
        (2, {"id": 2, "text": "b"}),
    ]


def test_a_parquet_string_that_is_not_utf8_breaks_one_row(tmp_path):
    broken = pa.Array.from_buffers(
        pa.string(), 3, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffc")]
    )
    pq.write_table(pa.table({"text": broken}), tmp_path / "a.parquet")

    rows = read(tmp_path / "a.parquet")

    assert [row.row for row in rows if isinstance(row, RowError)] == [2]
    assert [row.values["text"] for row in rows if isinstance(row, Row)] == ["a", "c"]


def test_a_cut_gzip_gives_what_was_whole(tmp_path):
    lines = "".join(f'{{"id": {at}}}\n' for at in range(20_000))
    path = write(tmp_path / "a.jsonl.gz", lines)
    path.write_bytes(path.read_bytes()[:-3_000])
    found = []

    with pytest.raises(UnreadableFile, match="ends too early"), open_table(path) as table:
        consume(table.rows, found)

    assert [row.values["id"] for row in found] == list(range(len(found))) and len(found) > 1_000


@given(rows=st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=8))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_is_read(tmp_path, rows):
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([("a", "b"), *rows])
    as_csv = read(write(tmp_path / "t.csv.gz", out.getvalue()))
    lines = "".join(json.dumps({"a": a, "b": b}) + "\n" for a, b in rows)
    as_json = read(write(tmp_path / "t.jsonl", lines + "\n"))

    assert [tuple(row.values.values()) for row in as_csv] == rows
    assert [tuple(row.values.values()) for row in as_json] == rows


@given(content=st.binary(max_size=400))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nonsense_is_an_error_and_never_a_crash(tmp_path, content):
    for name in ("n.jsonl", "n.csv", "n.parquet"):
        (tmp_path / name).write_bytes(content)
        try:
            rows = read(tmp_path / name)
        except UnreadableFile:
            continue
        assert all(isinstance(row, Row | RowError) for row in rows)


def test_a_mapping_is_read_from_words():
    mapping = ColumnMapping.parse("documents", ["text=review,category=cat", "id=nr"])

    assert mapping.columns == {"text": "review", "category": "cat", "source_id": "nr"}
    assert mapping.resolve(["nr", "cat", "review"], "a.csv")["source_id"] == ("nr",)


def test_usual_names_are_known_without_a_mapping():
    found = ColumnMapping("documents", {}).resolve(["ID", "Review", "cat", "stars"], "a.csv")

    assert {field: columns for field, columns in found.items() if columns} == {
        "source_id": ("ID",), "text": ("Review",), "category": ("cat",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "why"),
    [(["text"], "does not say which column"), (["colour=a"], "there is no field “colour”")],
)
def test_a_mapping_that_makes_no_sense_is_refused(words, why):
    with pytest.raises(BadMapping, match=why):
        ColumnMapping.parse("documents", words)


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(UnreadableFile, match="there is no column “rev”; there are: id, review"):
        ColumnMapping("documents", {"text": "rev"}).resolve(["id", "review"], "a.csv")
