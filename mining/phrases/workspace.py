"""The folder of a run: flat arrays on disk, and a marker for every finished stage.

A file is written under a temporary name and renamed when it is whole, and the marker of a stage comes last,
so a run that is killed anywhere finds only whole stages when it starts again.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Appender:
    """Writes a flat array piece by piece."""

    def __init__(self, path: Path, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self.size = 0
        self._file = path.open("wb")

    def append(self, values: NDArray[Any]) -> None:
        self._file.write(np.ascontiguousarray(values, dtype=self.dtype).data)
        self.size += len(values)

    def close(self) -> None:
        self._file.close()


class Workspace:
    """Arrays, tables and stage markers below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def finished(self, stage: str) -> dict[str, Any] | None:
        """What the finished stage noted, or None where it has not finished."""
        try:
            facts: dict[str, Any] = json.loads((self.root / f"{stage}.done.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        return facts

    def noted(self, stage: str) -> dict[str, Any]:
        """What a stage noted that has finished."""
        facts = self.finished(stage)
        if facts is None:
            raise LookupError(f"the stage {stage} has not finished in {self.root}")
        return facts

    def finish(self, stage: str, facts: Mapping[str, Any]) -> None:
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        self.write_text(f"{stage}.done.json", text)

    def write_text(self, name: str, text: str) -> None:
        with self.replaced(name) as path:
            path.write_text(text, "utf-8", "surrogatepass")

    def read_text(self, name: str) -> str:
        return (self.root / name).read_text("utf-8", "surrogatepass")

    @contextmanager
    def appending(self, **dtypes: DTypeLike) -> Iterator[dict[str, Appender]]:
        """Appenders by array name; the files appear when the block ends well, all of them or none."""
        partial = {name: self.root / f"{name}.partial" for name in dtypes}
        appenders = {name: Appender(partial[name], dtype) for name, dtype in dtypes.items()}
        try:
            yield appenders
        finally:
            for appender in appenders.values():
                appender.close()
        for name, path in partial.items():
            os.replace(path, self.root / f"{name}.array")

    def array(self, name: str, dtype: DTypeLike) -> NDArray[Any]:
        """The array, mapped read-only: its pages come and go as memory allows."""
        path = self.root / f"{name}.array"
        if not path.stat().st_size:  # an empty file cannot be mapped
            return np.empty(0, dtype)
        return np.memmap(path, dtype, mode="r")

    def save_table(self, name: str, columns: Mapping[str, NDArray[Any]]) -> None:
        with self.replaced(f"{name}.npz") as path, path.open("wb") as file:
            np.savez(file, **columns)  # type: ignore[arg-type]

    def load_table(self, name: str) -> dict[str, NDArray[Any]]:
        with np.load(self.root / f"{name}.npz") as table:
            return dict(table)

    @contextmanager
    def replaced(self, name: str) -> Iterator[Path]:
        partial = self.root / f"{name}.partial"
        yield partial
        os.replace(partial, self.root / name)
