"""What became of every candidate: features, scores, and the stage and rule that dropped it.

Written as one JSON object a line, the kept ones first in the order of the list, then those dropped last, the
frequent ones first; so a reader that stops early has seen what matters most.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.candidates import Candidates
from mining.phrases.workspace import Workspace

_NAMES = ("size", "gram", "count", "reason", "quality", "score", "decided", "seed")
_DROPPED_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Fate:
    """text: symbols as they are counted, folded. stage and rule are empty for a phrase that was kept.
    quality: share of the forest's trees, None before it was asked. features: what was measured so far.
    """

    text: str
    language: str
    count: int
    stage: str
    rule: str
    quality: float | None
    score: float | None
    features: dict[str, float]

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Fate":
        return cls(**json.loads(line))


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
            for fate in _fates(columns, language, "" if kept else stage, spell):
                written["written_dropped" if fate.stage else "written_kept"] += 1
                out.write(fate.to_json() + "\n")
    return written


def _most_frequent(columns: dict[str, NDArray[Any]], most: int) -> tuple[dict[str, NDArray[Any]], int]:
    order = np.argsort(-columns["count"], kind="stable")
    return {name: column[order[: max(most, 0)]] for name, column in columns.items()}, max(
        len(order) - max(most, 0), 0
    )


def _fates(columns: dict[str, NDArray[Any]], language: str, stage: str, spell: Spell) -> Iterator[Fate]:
    for at in range(0, len(columns["size"]), _DROPPED_AT_ONCE):
        part = {name: column[at : at + _DROPPED_AT_ONCE] for name, column in columns.items()}
        # Texts come back in the order of sizes.
        order = np.argsort(part["size"], kind="stable")
        texts = np.empty(len(order), object)
        texts[order] = spell(Candidates({name: part[name][order] for name in ("size", "gram")}))
        features = [name for name in part if name not in _NAMES]
        reasons = part["reason"].tolist() if "reason" in part else [""] * len(order)
        for row, text in enumerate(texts.tolist()):
            yield Fate(
                text=text,
                language=language,
                count=int(part["count"][row]),
                stage=stage or ("describe" if reasons[row] else ""),
                rule=reasons[row],
                quality=_number(part, "quality", row),
                score=_number(part, "score", row),
                features={
                    name: value for name in ("size", *features, "seed", "decided")
                    if (value := _number(part, name, row)) is not None
                },
            )  # fmt: skip


def _number(columns: dict[str, NDArray[Any]], name: str, row: int) -> float | None:
    if name not in columns or columns[name][row] != columns[name][row]:
        return None
    return round(float(columns[name][row]), 4)
