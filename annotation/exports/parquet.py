"""Parquet, read while it is written. pyarrow is loaded with the first one, not when a web process starts."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from annotation import kinds
from annotation.exports.tables import Table
from annotation.models import Campaign

ROWS_AT_ONCE = 10_000
IMAGES_AT_ONCE = 100  # a row group is in memory at once


class Sink:
    """A file that is read while it is written: what was written since is `taken` out again.

    With `into` it hands on what it is given; an entry of a ZIP, for one, cannot tell where it stands.
    """

    def __init__(self, into: Any = None):
        self.pieces: list[bytes] = []
        self.into = into
        self.position = 0
        self.closed = False

    def write(self, piece: Any) -> int:
        written = bytes(piece)
        if self.into is None:
            self.pieces.append(written)
        else:
            self.into.write(written)
        self.position += len(written)
        return len(written)

    def tell(self) -> int:
        return self.position

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def taken(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def parquet(table: Table, campaign: Campaign, names: bool) -> Iterator[bytes]:
    sink = Sink()
    for _rows in write(sink, table, campaign, names=names):
        yield sink.taken()
    yield sink.taken()


def write(sink: Any, table: Table, campaign: Campaign, *, names: bool, images: bool = False) -> Iterator[int]:
    """Write the whole table; yields the number of rows after each row group.

    With `images` a column holds the picture of each task, {bytes, path} as Hugging Face's Image reads it.
    """
    import pyarrow
    from pyarrow import parquet as writer

    schema = schema_of(table, images=images)
    image_of = kinds.get(campaign.kind).image if images else None
    size = IMAGES_AT_ONCE if images else ROWS_AT_ONCE
    with writer.ParquetWriter(pyarrow.PythonFile(sink, mode="w"), schema, compression="zstd") as out:
        wanted = table.rows(campaign, names=names)
        while rows := list(islice(wanted, size)):
            if image_of is not None:
                for row in rows:
                    row["image"] = picture(image_of(json.loads(row["content"])))
            out.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
            yield len(rows)


def picture(path: Path | None) -> dict[str, Any] | None:
    if path is None or not path.is_file():
        return None
    return {"bytes": path.read_bytes(), "path": path.name}


def schema_of(table: Table, *, images: bool = False) -> Any:
    import pyarrow

    types = {
        "string": pyarrow.string(),
        "int64": pyarrow.int64(),
        "float64": pyarrow.float64(),
        "bool": pyarrow.bool_(),
        "timestamp": pyarrow.timestamp("us", tz="UTC"),
    }
    fields = [(name, types[kind]) for name, kind in table.columns.items()]
    if images:
        fields.append(("image", pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])))
    return pyarrow.schema(fields)
