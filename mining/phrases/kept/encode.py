"""The second stage where counts are kept: slots of sentences that were encoded before are copied, those of
new ones made, and where each old slot went is noted for the order of the suffixes.
"""

import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.corpus import Corpus, Report, firsts
from mining.phrases.encode import DTYPES, MADE, Stream, encode_sentences, facts_of, numbers_of
from mining.phrases.suffixes.merge import GONE
from mining.phrases.workspace import Workspace

_CHUNK = 4_000_000  # slots copied at once
_COPIED = ("surface", "start", "end")


def encode_changes(corpus: Corpus, workspace: Workspace, language: str, report: Report) -> dict[str, Any]:
    """Write the stream as `encode` does, with `moved` (uint32 per slot of the stream before: its slot now, or
    GONE) and `fresh` (uint32: slots of the symbols that were not there before).
    """
    before = Workspace(workspace.root / "before")
    old, origin = Stream(before), np.asarray(workspace.array("origin", "<i8"))
    was = firsts(before.array("digest", "<u8"))
    known_before = origin >= 0
    # Neither in the stream then nor now, or both: nothing of the sentence changes.
    same = known_before & (was[origin] == corpus.keep)
    temporary = Workspace(workspace.root / "fresh")
    counts = encode_sentences(corpus, temporary, corpus.keep & ~same, language, report)
    new = {name: temporary.array(name, dtype) for name, dtype in MADE.items()}
    counts[same] = np.diff(old.first)[origin[same]]
    first = np.concatenate([[0], np.cumsum(counts)])
    with workspace.appending(first="<i8") as out:
        out["first"].append(first)
    parts = list(_parts(same, origin, first, old.first))
    known, number = _symbols(parts, old, new["hash"])
    with workspace.appending(known="<u8") as out:
        out["known"].append(known)
    _write_stream(workspace, parts, old, new, known, number)
    _write_moves(workspace, parts, len(old.symbol))
    shutil.rmtree(temporary.root)
    return facts_of(corpus, slots=int(first[-1]) + 1, distinct=len(known))


# Slots now, and where they are copied from: slots of the stream before, or None for the next ones made.
Part = tuple[int, int, int | None]


def _parts(
    same: NDArray[np.bool_], origin: NDArray[np.int64], first: NDArray[np.int64], old_first: NDArray[np.int64]
) -> Iterator[Part]:
    """The stream cut where copied and new slots meet, or copied ones that did not stand side by side."""
    if not len(same):
        return
    torn = (same[1:] != same[:-1]) | (same[1:] & (np.diff(origin) != 1))
    begins = np.concatenate([[0], np.flatnonzero(torn) + 1])
    ends = np.append(begins[1:], len(same))
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        low, high = int(first[begin]), int(first[end])
        if low < high:
            yield low, high, int(old_first[origin[begin]]) if same[begin] else None


def _symbols(
    parts: list[Part], old: Stream, hashes: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Hashes of the symbols there are now, and the number now of each one of before (0: gone)."""
    used = np.zeros(len(old.known) + 1, bool)
    for low, high, source in parts:
        if source is not None:
            for at in range(source, source + high - low, _CHUNK):
                used[old.symbol[at : min(at + _CHUNK, source + high - low)]] = True
    made = np.unique(hashes)
    known = np.union1d(old.known[used[1:]], made[made != 0])
    number = np.zeros(len(old.known) + 1, np.int32)
    number[1:] = numbers_of(old.known, known)
    return known, number


def _write_stream(
    workspace: Workspace,
    parts: list[Part],
    old: Stream,
    new: dict[str, NDArray[Any]],
    known: NDArray[np.uint64],
    number: NDArray[np.int32],
) -> None:
    dtypes = {name: DTYPES[name] for name in ("symbol", *_COPIED)}
    made = 0
    with workspace.appending(fresh="<u4", **dtypes) as out:
        for low, high, source in parts:
            for at in range(0, high - low, _CHUNK):
                size = min(_CHUNK, high - low - at)
                if source is None:
                    symbols = numbers_of(new["hash"][made : made + size], known)
                    out["fresh"].append(np.flatnonzero(symbols) + (low + at))
                    columns = {name: new[name][made : made + size] for name in _COPIED}
                    made += size
                else:
                    here = slice(source + at, source + at + size)
                    symbols = number[old.symbol[here]]
                    columns = {name: getattr(old, name)[here] for name in _COPIED}
                out["symbol"].append(symbols)
                for name, column in columns.items():
                    out[name].append(column)
        for name in dtypes:  # the break that ends the stream
            out[name].append(np.zeros(1))


def _write_moves(workspace: Workspace, parts: list[Part], slots: int) -> None:
    with workspace.appending(moved="<u4") as out:
        for low, high, source in parts:
            if source is not None:
                _fill(out["moved"], source, GONE)
                for at in range(low, high, _CHUNK):
                    out["moved"].append(np.arange(at, min(at + _CHUNK, high)))
        _fill(out["moved"], slots, GONE)


def _fill(appender: Any, upto: int, value: np.uint32) -> None:
    while appender.size < upto:
        appender.append(np.full(min(_CHUNK, upto - appender.size), value, np.uint32))
