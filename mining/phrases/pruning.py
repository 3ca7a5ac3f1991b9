"""The seam to masked language models (AliMe KG 4.1.1, the last step): the miner hands over phrases in their
sentences and is told which of them are complete.

The miner calls the pruner after quality and segmentation, batch by batch with a checkpoint after each, with
the phrases that are still in the running. Without a pruner there is no such stage.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mining.phrases.candidates import Candidates
from mining.phrases.examples import describe

if TYPE_CHECKING:
    from mining.phrases.stages import LanguageStages

BATCH = 1_000  # phrases between two checkpoints


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


def prune(
    candidates: Candidates,
    base: "LanguageStages",
    pruner: Pruner,
    *,
    contexts: int,
    report: Callable[[int, int], None],
) -> dict[str, NDArray[Any]]:
    """Columns `first`, `last` (float64, NaN for unknown) and `keep` (bool) per candidate; what earlier
    attempts asked is not asked again.
    """
    total = len(candidates)
    ranks: dict[str, NDArray[Any]] = {
        "first": np.full(total, np.nan), "last": np.full(total, np.nan), "keep": np.ones(total, bool),
    }  # fmt: skip
    done = 0
    if begun := base.workspace.finished("mlm.progress"):
        ranks, done = base.workspace.load_table("mlm.ranks"), begun["asked"]
    phrases = islice(_in_context(candidates, base, contexts), done, None)
    while batch := list(islice(phrases, BATCH)):
        for row, answer in enumerate(pruner(batch), start=done):
            ranks["first"][row] = np.nan if answer.first is None else answer.first
            ranks["last"][row] = np.nan if answer.last is None else answer.last
            ranks["keep"][row] = answer.keep
        done += len(batch)
        base.workspace.save_table("mlm.ranks", ranks)
        base.workspace.finish("mlm.progress", {"asked": done})
        report(done, total)
    return ranks


def _in_context(candidates: Candidates, base: "LanguageStages", contexts: int) -> Iterator[PhraseInContext]:
    for level, _, group_of in candidates.by_level(base.levels):
        found = describe(
            level, group_of, level.count[group_of >= 0], base.corpus, base.stream, language=base.language,
            examples=contexts, categories=0, memory_mb=base.memory_mb,
        )  # fmt: skip
        for text, places in zip(found.texts, found.examples.tolist(), strict=True):
            yield PhraseInContext(text, base.language, tuple(
                Context(base.corpus.sentence(sentence), start, end)
                for sentence, start, end in places if sentence >= 0
            ))  # fmt: skip
