"""What became of every candidate: features, scores, and the stage and rule that dropped it.

Written as one JSON object a line, the kept ones first in the order of the list, then those dropped last, the
frequent ones first; so a reader that stops early has seen what matters most.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.candidates import Candidates
from mining.phrases.workspace import Workspace

_DROPPED_AT_ONCE = 20_000


Spell = Callable[[Candidates], list[str]]


def write_record(
    workspace: Workspace, language: str, stages: list[str], spell: Spell, *, most: int
) -> dict[str, int]:
    """Write `record.jsonl`. stages: names of the stages that drop candidates, in order."""
    written = {"written_kept": 0, "written_dropped": 0, "left_out": 0}
    with (
        workspace.replaced("record.jsonl") as path,
        path.open("w", encoding="utf-8", errors="surrogatepass") as out,
    ):
        for name in ("described", *(f"{stage}.gone" for stage in reversed(stages))):
            columns = workspace.load_table(name)
            if not columns:
                continue
            stage = name.removesuffix(".gone")
            kept = stage == "described"
            if not kept:
                room = most - written["written_dropped"]
                columns, left = _most_frequent(columns, room)
                written["left_out"] += left
            out.writelines(_lines(columns, language, "" if kept else stage, spell))
            number = int((columns["reason"] == "").sum())
            written["written_kept"] += number
            written["written_dropped"] += len(columns["reason"]) - number
    return written


def _most_frequent(columns: dict[str, NDArray[Any]], most: int) -> tuple[dict[str, NDArray[Any]], int]:
    order = np.argsort(-columns["count"], kind="stable")
    return {name: column[order[: max(most, 0)]] for name, column in columns.items()}, max(
        len(order) - max(most, 0), 0
    )


def _lines(columns: dict[str, NDArray[Any]], language: str, stage: str, spell: Spell) -> Iterator[str]:
    for at in range(0, len(columns["size"]), _DROPPED_AT_ONCE):
        part = {name: column[at : at + _DROPPED_AT_ONCE] for name, column in columns.items()}
        # Texts come back in the order of sizes.
        order = np.argsort(part["size"], kind="stable")
        texts = np.empty(len(order), object)
        texts[order] = spell(Candidates({name: part[name][order] for name in ("size", "gram")}))
        rules = part.pop("reason").tolist() if "reason" in part else [""] * len(order)
        counts = part.pop("count").tolist()
        rounded = {name: _rounded(column) for name, column in part.items() if name != "gram"}
        quality, score = (rounded.pop(name, [None] * len(order)) for name in ("quality", "score"))
        names = list(rounded)
        for row, features in enumerate(zip(*rounded.values(), strict=True)):
            yield _to_line({
                "text": texts[row], "language": language, "count": counts[row],
                "stage": stage or ("describe" if rules[row] else ""), "rule": rules[row],
                "quality": quality[row], "score": score[row],
                "features": {
                    name: value for name, value in zip(names, features, strict=True) if value is not None
                },
            })  # fmt: skip


def _rounded(column: NDArray[Any]) -> list[float | None]:
    """Four digits are enough to read; None for what was not measured."""
    values = np.round(column.astype(np.float64), 4).tolist()
    if np.isnan(column).any():
        return [None if value != value else value for value in values]
    return list(values)


def _to_line(fate: dict[str, Any]) -> str:
    return json.dumps(fate, ensure_ascii=False, separators=(",", ":")) + "\n"
