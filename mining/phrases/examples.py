"""How a phrase is shown: its most frequent written form, where it stands, and in which categories."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.corpus import Corpus
from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level
from mining.phrases.statistics import blocks, occurrences, pair_counts
from mining.phrases.symbols import mix
from mining.sentences.normal_form import INVISIBLE

# Lengths that read well on a task page: characters of a Chinese sentence, words of an English one.
READABLE = {"zh": (12, 80), "en": (6, 40)}
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")


@dataclass
class Description:
    """Of the phrases of one level. examples: int64, phrases × N × 3 (sentence number, start, end), -1 for
    none; categories: int64, phrases × M × 2 (category number, documents), -1 for none, most
    documents first.
    """

    texts: list[str]
    examples: NDArray[np.int64]
    categories: NDArray[np.int64]


def describe(
    level: Level,
    group_of: NDArray[np.int64],
    counts: NDArray[np.int64],
    corpus: Corpus,
    stream: Stream,
    *,
    language: str,
    examples: int,
    categories: int,
    memory_mb: int,
    report: Callable[[int], None] | None = None,
) -> Description:
    """Text, examples and categories of each group (one group per phrase) of a level. report: hears how many
    groups are done.
    """
    texts: list[str] = []
    shown = np.full((len(counts), examples, 3), -1, np.int64)
    filed = np.full((len(counts), categories, 2), -1, np.int64)
    for begin, finish in blocks(counts, memory_mb):
        found = list(occurrences(level, group_of, begin, finish, memory_mb))
        slot, group = (np.concatenate(column) for column in zip(*found, strict=True))
        group -= begin
        sentence = stream.sentences_at(slot)
        texts += _texts(slot, group, level.size, corpus, stream)
        _choose_examples(shown[begin:finish], slot, group, sentence, level.size, corpus, stream, language)
        _count_categories(filed[begin:finish], group, corpus.document[sentence], corpus)
        if report:
            report(finish)
    return Description(texts, shown, filed)


def _texts(
    slot: NDArray[np.int64], group: NDArray[np.int64], size: int, corpus: Corpus, stream: Stream
) -> list[str]:
    """The most frequent written form of each group; of equally frequent ones the first in text order."""
    form = np.zeros(len(slot), np.uint64)
    for place in range(size):
        form = mix(form ^ stream.surface[slot + place])
    order = np.lexsort((form, group))
    group, form, slot = group[order], form[order], slot[order]
    begins = np.flatnonzero(np.concatenate([[True], (group[1:] != group[:-1]) | (form[1:] != form[:-1])]))
    number = np.diff(np.append(begins, len(group)))
    owner = group[begins]
    most = np.maximum.reduceat(number, np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]])))
    texts: dict[int, str] = {}
    for run in np.flatnonzero(number == most[owner]):
        text = written(int(slot[begins[run]]), size, corpus, stream)
        texts[int(owner[run])] = min(text, texts.get(int(owner[run]), text))
    return [texts[key] for key in sorted(texts)]


def written(slot: int, size: int, corpus: Corpus, stream: Stream) -> str:
    """The n-gram at a slot as its sentence writes it, without invisible characters and doubled spaces."""
    sentence = int(stream.sentences_at(np.array([slot]))[0])
    text = corpus.sentence(sentence)[stream.start[slot] : stream.end[slot + size - 1]]
    return " ".join(_INVISIBLE.sub("", text).split())


def _choose_examples(
    shown: NDArray[np.int64],
    slot: NDArray[np.int64],
    group: NDArray[np.int64],
    sentence: NDArray[np.int64],
    size: int,
    corpus: Corpus,
    stream: Stream,
    language: str,
) -> None:
    """Fill `shown`: other documents first, readable lengths first, other neighbours of the phrase first, then
    spread over the corpus by a fixed hash.
    """
    if not shown.shape[1]:
        return
    # Occurrences come in stream order: the first of each sentence stands for it.
    first = np.unique((group << 32) | sentence, return_index=True)[1]
    slot, group, sentence = slot[first], group[first], sentence[first]
    document = corpus.document[sentence]
    length = corpus.length[sentence] if language == "zh" else np.diff(stream.first)[sentence]
    low, high = READABLE[language]
    unreadable = (length < low) + 2 * (length > high)
    spread = mix(corpus.id[sentence].astype(np.uint64))
    # Neighbours: sentences that say the same around the phrase (copied reviews, one shop's texts) go behind.
    around = mix(stream.symbol[slot - 1].astype(np.uint64)) ^ stream.symbol[slot + size].astype(np.uint64)
    nth_of_document = _ranks(group, document, unreadable, spread)
    nth_of_context = _ranks(group, around.view(np.int64), nth_of_document, unreadable, spread)
    order = np.lexsort((spread, nth_of_context, unreadable, nth_of_document, group))
    place = _places(group[order])
    taken = order[place < shown.shape[1]]
    place = place[place < shown.shape[1]]
    columns = (sentence[taken], stream.start[slot[taken]], stream.end[slot[taken] + size - 1])
    for column, values in enumerate(columns):
        shown[group[taken], place, column] = values


def _ranks(group: NDArray[np.int64], kind: NDArray[np.int64], *by: NDArray[Any]) -> NDArray[np.int64]:
    """Place of each row among those of its group and kind, the most important of `by` first."""
    order = np.lexsort((*reversed(by), kind, group))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = _places(group[order], kind[order])
    return ranks


def _places(*keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Position of each row within its run of equal keys: 0, 1, 2, 0, 0, 1 …"""
    changed = np.ones(len(keys[0]), bool)
    changed[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    begins = np.flatnonzero(changed)
    return np.arange(len(changed)) - np.repeat(begins, np.diff(np.append(begins, len(changed))))


def _count_categories(
    filed: NDArray[np.int64], group: NDArray[np.int64], document: NDArray[np.int64], corpus: Corpus
) -> None:
    """Fill `filed` with the categories of most documents, ties by category number."""
    owner, number, _ = pair_counts(group, document)
    category = corpus.category_of[number]
    known = category >= 0
    owner, category, documents = pair_counts(owner[known], category[known])
    order = np.lexsort((category, -documents, owner))
    place = _places(owner[order]) if len(order) else order
    taken, place = order[place < filed.shape[1]], place[place < filed.shape[1]]
    filed[owner[taken], place, 0] = category[taken]
    filed[owner[taken], place, 1] = documents[taken]
