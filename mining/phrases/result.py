"""What a mining run leaves: phrases, best first, in a file that is read as it is needed."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mining.phrases.fate import Fate


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a phrase stands: half-open offsets into the text of the sentence."""

    sentence_id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CategoryShare:
    """In how many documents of a category the phrase occurs; `lift`: how many times more often than expected,
    (documents here / documents with the phrase) / (documents of the category / all documents);
    `association`: log lift / -log(documents here / all documents), from -1 (never together) by 0 (by chance)
    to 1 (never apart): normalised pointwise mutual information (Bouma 2009).
    """

    category_id: int
    document_count: int
    lift: float
    association: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """One candidate. Entropies and PMI in nats; `pmi` is None for a single word; `length` in symbols (Chinese
    characters or words); `raw_count`: occurrences between two breaks, as a raw phrase; `variants`: near
    duplicates that it stands for."""

    text: str
    normalised: str
    language: str
    count: int
    document_count: int
    raw_count: int
    pmi: float | None
    left_entropy: float
    right_entropy: float
    boundary_share: float
    score: float
    length: int
    categories: tuple[CategoryShare, ...]
    occurrences: tuple[Occurrence, ...]
    variants: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Phrase":
        columns = json.loads(line)
        columns["categories"] = tuple(CategoryShare(**share) for share in columns["categories"])
        columns["occurrences"] = tuple(Occurrence(**place) for place in columns["occurrences"])
        columns["variants"] = tuple(columns["variants"])
        return cls(**columns)


@dataclass(frozen=True)
class MinedPhrases:
    """Iterates over `Phrase`s: per language, by falling score, equal scores by text.

    `files`: where they lie, one JSON object a line, in the run's work folder; `records`: what became of every
    candidate, likewise. `read`, `skipped`: sentences
    read, and those of other languages by language. `stages`: per language and stage what was counted.
    `dropped`: per language and stage how many n-grams each rule removed. `seconds`: wall time per stage, of
    the run that did it. `documents`, `documents_read`: by language, how many there are and how many were
    read, the counts of the others having been kept; empty where none could be.
    """

    files: tuple[Path, ...]
    records: tuple[Path, ...]
    read: int
    skipped: dict[str, int]
    stages: dict[str, dict[str, dict[str, Any]]]
    dropped: dict[str, dict[str, dict[str, int]]]
    seconds: dict[str, float] = field(compare=False)
    documents: dict[str, int] = field(compare=False, default_factory=dict)
    documents_read: dict[str, int] = field(compare=False, default_factory=dict)

    def __len__(self) -> int:
        return sum(stages["describe"]["phrases"] for stages in self.stages.values())

    @property
    def recorded(self) -> int:
        """Number of the fates."""
        facts = [stages["record"] for stages in self.stages.values()]
        return sum(one["written_kept"] + one["written_dropped"] for one in facts)

    def fates(self) -> Iterator[Fate]:
        """What became of every candidate, per language the kept ones first."""
        for path in self.records:
            with path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
                yield from map(Fate.from_json, lines)

    def __iter__(self) -> Iterator[Phrase]:
        for path in self.files:
            with path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
                yield from map(Phrase.from_json, lines)
