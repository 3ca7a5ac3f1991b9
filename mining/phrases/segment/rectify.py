"""Rectified frequencies: how often each candidate is a segment of its own."""

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mining.phrases.candidates import Candidates
from mining.phrases.compiled import pieces
from mining.phrases.ngrams import Level
from mining.phrases.segment.viterbi import Counts, Piece, costs, segment

_PIECE = 1_000_000  # slots segmented at once on a core


def segment_corpus(
    candidates: Candidates,
    levels: list[Level],
    symbol: NDArray[np.int32],
    word: NDArray[np.int32],
    tag: NDArray[np.uint8],
    *,
    nodes: int,
    tags: int,
    rounds: int,
    guided: bool,
    report: Callable[[int, int], None],
) -> NDArray[np.int64]:
    """int64 per candidate. nodes: numbers of words; tags: numbers of parts of speech."""
    rows = [(level, part.start, group_of) for level, part, group_of in candidates.by_level(levels)]
    longest = max((level.size for level, _, _ in rows), default=1)
    ranges = pieces(symbol, _PIECE)
    makers = [
        functools.partial(_piece, begin, finish, rows, longest, word, tag, tags) for begin, finish in ranges
    ]
    counts = Counts.zeros(len(candidates), nodes, tags * tags + 1)
    counts.candidates[:] = candidates["count"]
    for begin, finish in ranges:
        part = word[begin:finish]
        counts.words += np.bincount(part[part > 0], minlength=nodes)
    for number in range(rounds):

        def say(done: int, before: int = number * len(makers)) -> None:
            report(before + done, rounds * len(makers))

        price = costs(counts, candidates["quality"], guided=guided and number > 0)
        counts = segment(makers, price, say)
    return counts.candidates


def _piece(
    begin: int,
    finish: int,
    rows: list[tuple[Level, int, NDArray[np.int64]]],
    longest: int,
    word: NDArray[np.int32],
    tag: NDArray[np.uint8],
    tags: int,
) -> Piece:
    words = np.asarray(word[begin:finish])
    edge = np.full((finish - begin, longest), -1, np.int32)
    for level, first_row, group_of in rows:
        # Of the slots' own type: for any other one numpy would convert all of them, piece after piece.
        low, high = np.searchsorted(level.slot, np.array([begin, finish], np.uint32))
        group = group_of[level.gram[low:high]]
        known = group >= 0
        edge[level.slot[low:high][known].astype(np.int64) - begin, level.size - 1] = group[known] + first_row
    here = np.asarray(tag[begin:finish]).astype(np.uint16)
    gap = np.zeros(finish - begin, np.uint16)
    gap[1:] = here[:-1] * np.uint16(tags) + here[1:]
    gap[words == -1] = tags * tags
    return Piece(words, gap, edge)
