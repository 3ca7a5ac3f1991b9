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
        self._gone: list[Columns] = []

    def __len__(self) -> int:
        return len(self.columns["size"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __setitem__(self, name: str, values: NDArray[Any]) -> None:
        self.columns[name] = values

    def drop(self, rule: str, broken: NDArray[np.bool_]) -> None:
        """Remove the rows that break a rule, and count them."""
        self.dropped.setdefault(rule, 0)
        self.drop_by_name(np.where(broken, rule, ""))

    def drop_by_name(self, broken: NDArray[np.str_]) -> None:
        """Remove the rows that have the name of a rule ("" keeps), and count them by rule."""
        stay = broken == ""
        for rule in np.unique(broken[~stay]).tolist():
            self.dropped[rule] = self.dropped.get(rule, 0) + int((broken == rule).sum())
        self._gone.append({name: column[~stay] for name, column in self.columns.items()} | {
            "reason": broken[~stay]})  # fmt: skip
        self.columns = {name: column[stay] for name, column in self.columns.items()}

    @property
    def gone(self) -> Columns:
        """The rows that were dropped, as they were then, with `reason`; a column that was not yet there is
        left out.
        """
        parts = [part for part in self._gone if len(part["reason"])]
        shared = [name for name in (parts[0] if parts else {}) if all(name in part for part in parts)]
        return {name: np.concatenate([part[name] for part in parts]) for name in shared}

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

    def occurrences_upto(self, rows: slice) -> tuple[int, int]:
        """How many occurrences the rows up to the end of these have, and all: what a stage's time goes by."""
        return int(self["count"][: rows.stop].sum()), int(self["count"].sum())

    def save(self, workspace: Workspace, name: str) -> None:
        workspace.save_table(name, self.columns)

    @classmethod
    def load(cls, workspace: Workspace, name: str) -> "Candidates":
        return cls(workspace.load_table(name))
