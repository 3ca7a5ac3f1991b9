"""The value and the threshold that dropped a candidate of a mining run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mining.models import CandidateFate, Run
from mining.phrases.parameters import Parameters


@dataclass(frozen=True)
class Deciding:
    """What was measured under `name` and what it had to reach (`is_least`) or might not pass; `features`:
    the rows of the table of measures that it was taken from."""

    name: str
    value: float
    needed: float
    is_least: bool = True
    features: tuple[str, ...] = ()


def deciding(fate: CandidateFate, run: Run) -> Deciding | None:
    """None for what was kept, and for rules that compare nothing with a threshold (a stop word at its edge,
    say). Where people's decisions judge, the list is as long as before and has no threshold either."""
    of = RULES.get(fate.rule)
    if of is None or (fate.rule == "min_quality" and "favoured" in fate.features):
        return None
    name, parameter, value_of, features = of
    value = value_of(fate)
    if value is None:
        return None
    told = run.parameters.get(parameter)
    needed = getattr(Parameters, parameter) if told is None else told
    return Deciding(name, float(value), float(needed), parameter != "max_surface", features)


def _feature(name: str) -> Callable[[CandidateFate], Any]:
    return lambda fate: fate.features.get(name)


def _poorer(fate: CandidateFate) -> float | None:
    sides = [fate.features.get(name) for name in ("left_entropy", "right_entropy")]
    return None if None in sides else min(float(side) for side in sides if side is not None)


def _count(fate: CandidateFate) -> int:
    return fate.count


# rule -> what it is called, the parameter that holds the threshold, the value, the features it is
RULES: dict[str, tuple[str, str, Callable[[CandidateFate], Any], tuple[str, ...]]] = {
    "min_count": ("count", "min_count", _count, ()),
    "min_word_count": ("count", "min_word_count", _count, ()),
    "min_pmi": ("pmi", "min_pmi", _feature("pmi"), ("pmi",)),
    "min_entropy": ("poorer_entropy", "min_entropy", _poorer, ("left_entropy", "right_entropy")),
    "min_boundary_share": (
        "boundary_share", "min_boundary_share", _feature("boundary_share"), ("boundary_share",),
    ),
    "min_quality": ("quality", "min_quality", lambda fate: fate.quality, ()),
    "not_segmented": ("rectified", "min_count", _feature("rectified"), ("rectified",)),
    "min_score": ("score", "min_score", lambda fate: fate.score, ()),
    "max_surface": ("surface", "max_surface", lambda fate: len(fate.text), ("size",)),
}  # fmt: skip
