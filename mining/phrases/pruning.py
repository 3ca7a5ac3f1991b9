"""The seam to masked language models (AliMe KG 4.1.1, the last step): the miner hands over phrases in their
sentences and is told which of them are complete.

The miner calls the pruner after quality and segmentation, batch by batch with a checkpoint after each, with
the phrases that are still in the running. Without a pruner there is no such stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Context:
    """A sentence with the phrase at [start, end)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PhraseInContext:
    """A phrase as it is most often written, and a few sentences of different documents that hold it."""

    text: str
    language: str
    contexts: tuple[Context, ...]


@dataclass(frozen=True, slots=True)
class Ranks:
    """What the model thinks of a phrase: the ranks (0 is best) of its masked first and last token, of all
    contexts taken together, None where the model could not say; and whether it stays.
    """

    first: int | None
    last: int | None
    keep: bool


class Pruner(Protocol):
    """`name` identifies encoder and settings: it is part of a run's fingerprint."""

    name: str

    def __call__(self, phrases: Sequence[PhraseInContext]) -> list[Ranks]:
        """One answer per phrase, in order."""
        ...
