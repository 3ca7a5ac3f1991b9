"""What became of one candidate. Pages read it, so nothing of a worker is imported here."""

import json
from dataclasses import dataclass


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

    @classmethod
    def from_json(cls, line: str) -> "Fate":
        return cls(**json.loads(line))
