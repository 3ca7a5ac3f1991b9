"""Rows as words for hashing, and their numbers. What a row may hold, all of it optional:

`phrase` with `examples` (sentences with the phrase's span) and the miner's figures: a phrase is read by
its characters, its surroundings with the phrase masked out, so that they tell how such phrases are used and
not which phrase this is. Other kinds give `texts` (name -> text, read by their characters), `words` (taken
as they are) and `numbers` (name -> number; every row of a kind has the same). `language` and `category`
belong to the surroundings of any row.
"""

import math
import re
from collections.abc import Iterator, Sequence

from mining.classifiers.base import Row

# In this order in the numeric block; anything missing counts as zero.
STATISTICS = (
    "log_count",
    "log_document_count",
    "pmi",
    "left_entropy",
    "right_entropy",
    "boundary_share",
    "log_lift",
    "score",
    "log_length",
    "words",
    "digits",
)
LONGEST_GRAM = 4
NEIGHBOURS = 3
_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*|[^\sa-z0-9]")
_LATIN = re.compile(r"[a-z0-9]+")
_DIGIT = re.compile(r"\d")


def text_grams(row: Row) -> Iterator[str]:
    """Character n-grams of each text with its edges, and whole words where there are several."""
    if "phrase" in row:
        yield from _grams(row["phrase"].lower())
    for name, text in row.get("texts", {}).items():
        yield from (f"{name}={gram}" for gram in _grams(text.lower()))


def _grams(text: str) -> Iterator[str]:
    edged = f"^{text}$"
    for size in range(1, LONGEST_GRAM + 1):
        for start in range(len(edged) - size + 1):
            yield edged[start : start + size]
    for word in _LATIN.findall(text):
        yield f"w:{word}"


def words_of(text: str) -> list[str]:
    """Latin words and numbers whole, anything else character by character."""
    return _WORD.findall(text.lower())


def context_words(row: Row) -> Iterator[str]:
    """Category, language, the neighbours on either side by distance, and the rest of each sentence."""
    yield f"language:{row['language']}"
    category = row.get("category") or ""
    yield f"category:{category}"
    for example in row.get("examples", ()):
        before = _WORD.findall(example["text"][: example["start"]].lower())
        after = _WORD.findall(example["text"][example["end"] :].lower())
        yield from _side("left", before[::-1])
        yield from _side("right", after)
        around = [*before, "_", *after]
        for word, following in zip(around, [*around[1:], ""], strict=True):
            yield f"near:{word}"
            yield f"near:{word} {following}"
        if example.get("source"):
            yield f"source:{example['source']}"
    yield from row.get("words", ())


def _side(name: str, words: Sequence[str]) -> Iterator[str]:
    near = [*words[:NEIGHBOURS], "|"][:NEIGHBOURS]
    for distance, word in enumerate(near, start=1):
        yield f"{name}{distance}:{word}"
    yield f"{name}:{' '.join(near[:2])}"


def number_names(rows: Sequence[Row]) -> tuple[str, ...]:
    """The names of the numeric block; all rows of a kind have the same."""
    return STATISTICS if not rows or "phrase" in rows[0] else tuple(sorted(rows[0].get("numbers", ())))


def numbers(row: Row, names: Sequence[str]) -> list[float]:
    """The numeric block of a row, in the order of the names; anything missing counts as zero."""
    if "phrase" in row:
        return statistics(row)
    told = row.get("numbers", {})
    return [_finite(told.get(name, 0.0)) for name in names]


def statistics(row: Row) -> list[float]:
    """The numeric block of a phrase, in the order of STATISTICS."""
    phrase = row["phrase"]
    figures = {
        "log_count": math.log1p(row.get("count", 0)),
        "log_document_count": math.log1p(row.get("document_count", 0)),
        "log_lift": math.log(max(row.get("lift", 1.0), 1e-6)),
        "log_length": math.log(max(len(phrase), 1)),
        "words": float(len(phrase.split())),
        "digits": len(_DIGIT.findall(phrase)) / max(len(phrase), 1),
    }
    return [_finite(figures[name] if name in figures else row.get(name, 0.0)) for name in STATISTICS]


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
