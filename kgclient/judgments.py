"""An answer, with the id that makes sending it twice the same as sending it once."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from kgclient.types import Answer


@dataclass(frozen=True)
class Judgment:
    task: int
    answer: Answer | str
    took_ms: int = 0
    guideline: int | None = None  # the version that was shown, from `Next`
    reason: str = ""  # of a bad candidate
    typicality: str = ""  # of a yes
    comment: str = ""
    # Made here and kept: whatever happens on the way, the server knows the answer again.
    id: UUID = field(default_factory=uuid4)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "task": self.task,
            "answer": str(self.answer),
            "took_ms": self.took_ms,
            "guideline": self.guideline,
            "reason": self.reason,
            "typicality": self.typicality,
            "comment": self.comment,
        }
