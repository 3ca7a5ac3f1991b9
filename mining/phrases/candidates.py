"""The table of candidates as it shrinks from stage to stage: a row per n-gram, sorted by size and number."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.ngrams import Level
from mining.phrases.workspace import Workspace

Columns = dict[str, NDArray[Any]]


class Candidates:
    """Columns of equal length; `size` and `gram` (number within its level) name the row."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.dropped: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.columns["size"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __setitem__(self, name: str, values: NDArray[Any]) -> None:
        self.columns[name] = values

    def drop(self, rule: str, broken: NDArray[np.bool_]) -> None:
        """Remove the rows that break a rule, and count them."""
        self.dropped[rule] = self.dropped.get(rule, 0) + int(broken.sum())
        self.columns = {name: column[~broken] for name, column in self.columns.items()}

    def drop_by_name(self, broken: NDArray[np.str_]) -> None:
        """Remove the rows that have the name of a rule ("" keeps), and count them by rule."""
        for rule in np.unique(broken[broken != ""]).tolist():
            self.dropped[rule] = self.dropped.get(rule, 0) + int((broken == rule).sum())
        self.columns = {name: column[broken == ""] for name, column in self.columns.items()}

    def by_level(self, levels: list[Level]) -> Iterator[tuple[Level, slice, NDArray[np.int64]]]:
        """For each size that has rows: its level, its rows, and per n-gram of the level its row among them
        or -1.
        """
        for level in levels:
            begin, finish = np.searchsorted(self["size"], [level.size, level.size + 1])
            if begin == finish:
                continue
            group_of = np.full(len(level), -1, np.int64)
            group_of[self["gram"][begin:finish].astype(np.intp)] = np.arange(finish - begin)
            yield level, slice(int(begin), int(finish)), group_of

    def save(self, workspace: Workspace, name: str) -> None:
        workspace.save_table(name, self.columns)

    @classmethod
    def load(cls, workspace: Workspace, name: str) -> "Candidates":
        return cls(workspace.load_table(name))
