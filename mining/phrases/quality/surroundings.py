"""What is measured about candidates only once people have decided on enough of them: where they stand, of
what parts of speech their edges are, and how general a word they are.

None of this may be seen by a forest that learns from seeds, for it is close to how seeds were chosen.
"""

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from mining.phrases.cutting.dictionary import chinese
from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level, pack, unpack
from mining.phrases.statistics import blocks, occurrences

PLACES = ("left_break", "right_break", "left_held", "right_held", "sentence_length", "words")


def sentence_lengths(stream: Stream) -> NDArray[np.float64]:
    """log(1 + symbols) of every sentence."""
    symbols = np.concatenate([[0], np.cumsum(stream.symbol > 0)])
    return np.log1p(np.diff(symbols[np.minimum(stream.first, len(stream.symbol))]))


def surroundings(
    level: Level,
    group_of: NDArray[np.int64],
    counts: NDArray[np.int64],
    stream: Stream,
    word: NDArray[np.int32],
    lengths: NDArray[np.float64],
    memory_mb: int,
) -> NDArray[np.float64]:
    """float64, groups × PLACES: shares of the occurrences that a break precedes and follows, and that the
    most frequent neighbour does; mean log length of the sentence, and mean number of words.

    word: per slot, above 0 where a word begins. lengths: see sentence_lengths.
    """
    found = np.zeros((len(counts), len(PLACES)))
    for begin, finish in blocks(counts, memory_mb):
        parts = list(occurrences(level, group_of, begin, finish, memory_mb))
        slot, group = (np.concatenate(column) for column in zip(*parts, strict=True))
        group, size = group - begin, finish - begin
        before, after = stream.symbol[slot - 1], stream.symbol[slot + level.size]
        words = np.zeros(len(slot))
        for place in range(level.size):
            words += word[slot + place] > 0
        columns = (
            np.bincount(group[before == 0], minlength=size),
            np.bincount(group[after == 0], minlength=size),
            _most(group, before, size),
            _most(group, after, size),
            np.bincount(group, lengths[stream.sentences_at(slot)], minlength=size),
            np.bincount(group, words, minlength=size),
        )
        found[begin:finish] = np.stack(columns, axis=1) / counts[begin:finish, None]
    return found


def _most(group: NDArray[np.int64], neighbour: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Occurrences beside the most frequent neighbour that is no break."""
    most = np.zeros(size, np.int64)
    known = neighbour > 0
    keys, number = np.unique(pack(group[known], neighbour[known]), return_counts=True)
    np.maximum.at(most, unpack(keys)[0], number)
    return most


def edge_tags(
    level: Level,
    group_of: NDArray[np.int64],
    counts: NDArray[np.int64],
    tag: NDArray[np.uint8],
    tags: int,
    memory_mb: int,
) -> NDArray[np.float32]:
    """Shares of the occurrences whose first, and whose last word is of each part of speech: float32, groups ×
    (2 × tags). Names of places and people (ns, nr) are told from other nouns by this, and times from numbers.
    """
    shares = np.zeros((2, len(counts) * tags))
    for slot, group in occurrences(level, group_of, 0, len(counts), memory_mb):
        for side, place in enumerate((slot, slot + level.size - 1)):
            shares[side] += np.bincount(group * tags + tag[place], minlength=len(counts) * tags)
    return np.hstack([side.reshape(len(counts), tags) / counts[:, None] for side in shares]).astype(
        np.float32
    )


def generality(
    texts: list[str], language: str, count: NDArray[np.int64], total: int, lexicon: Collection[str]
) -> NDArray[np.float64]:
    """float64, phrases × 4: log frequency in general language, how many times (log) more frequent the phrase
    is here, whether the general dictionary has it, and whether the lexicon of the run does. `total`: symbols
    of the corpus. General frequencies are those of jieba's dictionary; English has none.
    """
    listed = np.array([text in lexicon for text in texts], np.float64)
    here = np.log(count / max(total, 1))
    if language != "zh":
        zero = np.zeros(len(texts))
        return np.stack([zero, here, zero, listed], axis=1)
    dictionary = chinese()
    frequency = dict(zip(dictionary.words, dictionary.frequencies, strict=True))
    everything = sum(dictionary.frequencies)
    general = np.array([math.log((frequency.get(text, 0) + 0.5) / everything) for text in texts])
    known = np.array([text in frequency for text in texts], np.float64)
    return np.stack([general, here - general, known, listed], axis=1)
