"""The second stage: sentences to one long stream of symbol numbers, the form all counting works on.

Slots of the stream: 0 is a break (one begins every sentence and one ends the stream), 1… are symbols by rank
of their hash. Arrays per slot: `symbol` int32, `surface` uint64 (hash as written), `start` and `end` uint32
(offsets into the sentence's text). Per sentence: `first`, its first slot, and one entry more.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.corpus import Corpus, Report, decode
from mining.phrases.symbols import find_symbols
from mining.phrases.workspace import Appender, Workspace

_BATCH = 1_000_000  # characters taken at once; about 100 bytes of working memory each
_CHUNK = 4_000_000  # slots
DTYPES = {
    "symbol": "<i4", "surface": "<u8", "start": "<u4", "end": "<u4", "first": "<i8", "known": "<u8",
}  # fmt: skip
MADE = {"hash": "<u8", "surface": "<u8", "start": "<u4", "end": "<u4"}


class Stream:
    """The encoded corpus, mapped from disk."""

    def __init__(self, workspace: Workspace) -> None:
        self.symbol = workspace.array("symbol", "<i4")
        self.surface = workspace.array("surface", "<u8")
        self.start = workspace.array("start", "<u4")
        self.end = workspace.array("end", "<u4")
        self.first = np.asarray(workspace.array("first", "<i8"))
        self.known = np.asarray(workspace.array("known", "<u8"))  # hashes by symbol number - 1

    def sentences_at(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sentence number of each slot."""
        return (np.searchsorted(self.first, slots, side="right") - 1).astype(np.int64)


def encode(corpus: Corpus, workspace: Workspace, language: str, report: Report) -> dict[str, Any]:
    """Write the stream; comes back with the numbers of slots, symbols and distinct symbols."""
    counts = encode_sentences(corpus, workspace, corpus.keep, language, report)
    with workspace.appending(first="<i8") as out:
        out["first"].append(np.concatenate([[0], np.cumsum(counts)]))
    distinct = _number_symbols(workspace)
    return facts_of(corpus, slots=int(counts.sum()) + 1, distinct=distinct)


def facts_of(corpus: Corpus, *, slots: int, distinct: int) -> dict[str, Any]:
    return {"sentences": int(corpus.keep.sum()), "duplicates": int((~corpus.keep).sum()),
            "documents": corpus.documents, "slots": slots, "distinct": distinct}  # fmt: skip


def encode_sentences(
    corpus: Corpus, workspace: Workspace, wanted: NDArray[np.bool_], language: str, report: Report
) -> NDArray[np.int64]:
    """Write the slots of the wanted sentences, with `hash` in place of `symbol`, and the break that ends the
    stream; comes back with the number of slots per sentence.
    """
    counts = np.zeros(len(corpus), np.int64)
    with workspace.appending(**MADE) as out:
        for begin, finish in _batches(corpus):
            kept = wanted[begin:finish]
            if kept.any():
                counts[begin:finish] = _encode_batch(corpus, begin, finish, kept, language, out)
            report(f"{language}:encode", finish, len(corpus))
        for appender in out.values():
            appender.append(np.zeros(1))
    return counts


def _batches(corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Ranges of sentences of about _BATCH characters, at least one sentence each."""
    begin = 0
    while begin < len(corpus):
        finish = int(np.searchsorted(corpus.offset, corpus.offset[begin] + _BATCH, side="right")) - 1
        finish = min(max(finish, begin + 1), len(corpus))
        yield begin, finish
        begin = finish


def _encode_batch(
    corpus: Corpus,
    begin: int,
    finish: int,
    kept: NDArray[np.bool_],
    language: str,
    out: dict[str, Appender],
) -> NDArray[np.int64]:
    """Append the slots of the kept sentences of [begin, finish); comes back with their numbers."""
    lengths = corpus.length[begin:finish][kept]
    text = corpus.text[corpus.offset[begin] : corpus.offset[finish]]
    text = text[np.repeat(kept, corpus.length[begin:finish])]
    # A line break after each sentence keeps their symbols, and any markup, apart.
    lines = np.full(len(text) + len(lengths), ord("\n"), "<u4")
    lines[np.arange(len(text)) + np.repeat(np.arange(len(lengths)), lengths)] = text
    origin = np.cumsum(lengths + 1) - (lengths + 1)
    found = find_symbols(lines, decode(lines), language)
    line = np.searchsorted(origin, found.start, side="right") - 1
    slot = np.arange(len(line)) + np.cumsum(found.breaks)
    size = int(slot[-1]) + 1 if len(slot) else 0
    columns = {"hash": found.hash, "surface": found.surface,
               "start": found.start - origin[line], "end": found.end - origin[line]}  # fmt: skip
    for name, values in columns.items():
        column = np.zeros(size, MADE[name])
        column[slot] = values
        out[name].append(column)
    counts = np.zeros(finish - begin, np.int64)
    taken = np.bincount(line, minlength=len(lengths)) + np.bincount(
        line[found.breaks], minlength=len(lengths)
    )
    counts[np.flatnonzero(kept)] = taken
    return counts


def _number_symbols(workspace: Workspace) -> int:
    """Hashes to dense numbers, so that a pair of them fits one integer key."""
    hashes = workspace.array("hash", "<u8")
    known = np.empty(0, np.uint64)
    for at in range(0, len(hashes), _CHUNK):
        known = np.union1d(known, hashes[at : at + _CHUNK])
    known = known[known != 0]
    with workspace.appending(symbol="<i4") as out:
        for at in range(0, len(hashes), _CHUNK):
            out["symbol"].append(numbers_of(np.asarray(hashes[at : at + _CHUNK]), known))
    with workspace.appending(known="<u8") as out:
        out["known"].append(known)
    (workspace.root / "hash.array").unlink()
    return len(known)


def numbers_of(hashes: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Symbol number of each hash, 0 for a break or one that the corpus does not have."""
    if not len(known):
        return np.zeros(len(hashes), np.int64)
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[at] == hashes, at + 1, 0)
