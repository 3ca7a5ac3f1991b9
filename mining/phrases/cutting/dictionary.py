"""Dictionaries that ship in packages: jieba's (word, frequency, tag) and the tagged English one of TextBlob.

They are read as the files they are: neither package is imported.
"""

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from mining.phrases.rules import words

# Conjunctions, adverbs, interjections, positions, numerals, sounds, prepositions, counters, pronouns,
# particles.
_FUNCTION_TAGS = frozenset(["c", "d", "e", "f", "m", "o", "p", "q", "r", "u", "y"])


@dataclass(frozen=True)
class Dictionary:
    """Rows of equal place belong together; frequency is 1 where the dictionary has none."""

    words: list[str]
    frequencies: list[int]
    tags: list[str]


def _packaged(package: str, *path: str) -> Path | None:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    file = Path(found.submodule_search_locations[0]).joinpath(*path)
    return file if file.exists() else None


@functools.cache
def chinese() -> Dictionary:
    """349,046 words of jieba 0.42.1."""
    file = _packaged("jieba", "dict.txt")
    if file is None:
        raise ModuleNotFoundError("jieba's dictionary is missing: pip install jieba")
    rows = [line.split(" ") for line in file.read_text("utf-8").splitlines()]
    return Dictionary([row[0] for row in rows], [int(row[1]) for row in rows], [row[2] for row in rows])


@functools.cache
def english() -> Dictionary:
    """The lexicon of Brill's tagger (92,000 words, Penn tags) as TextBlob ships it; empty without TextBlob.

    Of words that differ in case only the lower one counts.
    """
    file = _packaged("textblob", "en", "en-lexicon.txt")
    found: dict[str, str] = {}
    for line in file.read_text("utf-8").splitlines() if file else []:
        parts = line.split(" ")
        if len(parts) != 2 or line.startswith(";;;"):
            continue
        word = parts[0].lower()
        if word == parts[0] or word not in found:
            found[word] = parts[1]
    return Dictionary(list(found), [1] * len(found), list(found.values()))


@functools.cache
def english_rules() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """Contextual rules of Brill's tagger that look at tags alone: (from, to, kind, tags)."""
    file = _packaged("textblob", "en", "en-context.txt")
    rows = [line.split() for line in file.read_text("utf-8").splitlines()] if file else []
    return tuple((row[0], row[1], row[2], tuple(row[3:])) for row in rows if len(row) > 3 and row[0] != ";;;")


@functools.cache
def function_words() -> frozenset[str]:
    """Words that jieba's dictionary tags as anything but content, except those that shoppers use."""
    rows = zip(chinese().words, chinese().tags, strict=True)
    return frozenset(word for word, tag in rows if tag in _FUNCTION_TAGS) - words("zh_keep")
