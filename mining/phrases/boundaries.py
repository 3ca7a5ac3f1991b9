"""Word boundaries of Chinese sentences, from jieba: one byte per slot of the stream, gathered batch by
batch.

Segmentation is by far the slowest stage (some 0.2 million characters a second), so a sentence is cut once,
only when it holds a candidate, and a run that stops goes on after its last finished batch.
"""

import functools
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.corpus import Corpus, Report
from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level
from mining.phrases.rules import words
from mining.phrases.statistics import occurrences
from mining.phrases.workspace import Workspace

Cut = Callable[[str], Iterator[str]]
_MASK, _PROGRESS = "boundary", "boundary.progress"
# Conjunctions, adverbs, interjections, positions, numerals, sounds, prepositions, counters, pronouns,
# particles.
_FUNCTION_TAGS = frozenset(["c", "d", "e", "f", "m", "o", "p", "q", "r", "u", "y"])


def mark_boundaries(
    corpus: Corpus,
    stream: Stream,
    wanted: NDArray[np.int64],
    workspace: Workspace,
    *,
    batch: int,
    report: Report,
    stage: str,
    cut: Cut | None = None,
) -> None:
    """Write the mask: 1 where a word begins in that slot, 1 in every break. `wanted`: sentences to cut,
    sorted.

    `cut` yields the words of a sentence, which joined are the sentence again; by default jieba's.
    """
    path = workspace.root / f"{_MASK}.partial"
    progress = workspace.finished(_PROGRESS)
    if progress is None or not path.exists():
        _write_breaks(stream, path)
        progress = {"cut": 0}
        workspace.finish(_PROGRESS, progress)
    cut = cut or (jieba_cut() if len(wanted) else iter)  # jieba takes a second to load
    for at in range(progress["cut"], len(wanted), batch):
        done = min(at + batch, len(wanted))
        if len(stream.symbol):
            mask = np.memmap(path, np.uint8, mode="r+")
            for sentence in wanted[at:done]:
                _mark_sentence(corpus, stream, int(sentence), cut, mask)
            mask.flush()
            del mask
        workspace.finish(_PROGRESS, {"cut": done})
        report(stage, done, len(wanted))
    os.replace(path, workspace.root / f"{_MASK}.array")


def load_boundaries(workspace: Workspace) -> NDArray[np.uint8]:
    return workspace.array(_MASK, np.uint8)


def _write_breaks(stream: Stream, path: Any) -> None:
    with path.open("wb") as file:
        for at in range(0, len(stream.symbol), 8_000_000):
            file.write((stream.symbol[at : at + 8_000_000] == 0).astype(np.uint8).data)


def _mark_sentence(corpus: Corpus, stream: Stream, sentence: int, cut: Cut, mask: NDArray[np.uint8]) -> None:
    words = cut(corpus.sentence(sentence))
    begins = np.zeros(int(corpus.length[sentence]) + 1, np.uint8)
    begins[np.cumsum([0, *map(len, words)])] = 1
    first, last = stream.first[sentence], stream.first[sentence + 1]
    # A break's own offset is 0, where every sentence begins: it stays 1.
    mask[first:last] = begins[stream.start[first:last]]


def boundary_shares(
    level: Level,
    group_of: NDArray[np.int64],
    counts: NDArray[np.int64],
    mask: NDArray[np.uint8],
    memory_mb: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of each group's occurrences with word boundaries at both edges (float64, groups), and with one
    before each symbol and after the last (float64, groups × (size + 1)).
    """
    both, each = np.zeros(len(counts)), np.zeros((len(counts), level.size + 1))
    for slot, group in occurrences(level, group_of, 0, len(counts), memory_mb):
        both += np.bincount(group, weights=mask[slot] & mask[slot + level.size], minlength=len(counts))
        for place in range(level.size + 1):
            each[:, place] += np.bincount(group, weights=mask[slot + place], minlength=len(counts))
    return both / counts, each / counts[:, None]


@functools.cache
def _tokenizer() -> Any:
    """A tokenizer of our own, so that no other user's words change the result."""
    with warnings.catch_warnings():
        # jieba 0.42.1 has invalid escapes in its source and looks for pkg_resources.
        warnings.simplefilter("ignore")
        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.initialize()
    return tokenizer


def jieba_cut() -> Cut:
    """Cuts along dictionary words only: where the dictionary knows nothing, every character is a word.

    jieba's hidden Markov model would guess there, and glues new words to their neighbours (款叠/穿);
    left out, the dictionary vetoes what cuts its words, and elsewhere the statistics decide.
    """
    return functools.partial(_tokenizer().cut, HMM=False)


@functools.cache
def function_words() -> frozenset[str]:
    """Words that jieba's dictionary tags as anything but content, except those that shoppers use."""
    with _tokenizer().get_dict_file() as lines:
        rows = [line.decode("utf-8").split() for line in lines]
    return frozenset(row[0] for row in rows if row[-1] in _FUNCTION_TAGS) - words("zh_keep")
