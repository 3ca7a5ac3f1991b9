"""Phrasal segmentation: every run of the stream is cut into segments, words or candidates, such that their
probability is highest; trained by Viterbi, counts of one round being the probabilities of the next.

After AutoPhrase (Shang et al. 2018, section 4.2): a segment [l, r) costs
    log theta(segment) + log Q(segment) + sum over gaps inside of log delta(gap) + log(1 - delta(gap at r)),
theta its share of all segments, Q its quality (1 for a word of the dictionary), delta the probability that
two neighbours with these parts of speech stand in one segment. A gap inside a word has a class of its own, so
that a candidate may cut through a word where evidence is strong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mining.phrases.compiled import compiled, on_all_cores

_FLOOR = 0.1  # occurrences granted to a symbol that stands alone where the dictionary knows no word
_SMOOTH = 10.0  # gaps granted to either side of each class


@dataclass(frozen=True)
class Piece:
    """Part of the stream between two breaks. word: int32, node of the word that begins here, -1 inside a
    word, 0 in a break; gap: uint16, class of the gap before each slot; edge: int32, slots × longest: the
    candidate of that size that begins here, -1 for none.
    """

    word: NDArray[np.int32]
    gap: NDArray[np.uint16]
    edge: NDArray[np.int32]


@dataclass
class Counts:
    """candidates: int64 per candidate; words: int64 per node; joined, parted: int64 per class of gap."""

    candidates: NDArray[np.int64]
    words: NDArray[np.int64]
    joined: NDArray[np.int64]
    parted: NDArray[np.int64]

    @classmethod
    def zeros(cls, candidates: int, nodes: int, gaps: int) -> "Counts":
        return cls(*(np.zeros(size, np.int64) for size in (candidates, nodes, gaps, gaps)))

    def add(self, other: "Counts") -> None:
        self.candidates += other.candidates
        self.words += other.words
        self.joined += other.joined
        self.parted += other.parted


@dataclass(frozen=True)
class Costs:
    """Logarithms: per candidate, per node, and per class of gap for joining and parting."""

    candidate: NDArray[np.float64]
    word: NDArray[np.float64]
    join: NDArray[np.float64]
    part: NDArray[np.float64]
    floor: float


def costs(counts: Counts, quality: NDArray[np.float64], *, guided: bool) -> Costs:
    """What the counts of a round make of the next one. Without `guided` all gaps are alike."""
    total = max(float(counts.words.sum() + counts.candidates.sum()), 1.0)
    theta = (counts.candidates + 0.5) / total
    joined, parted = counts.joined + _SMOOTH, counts.parted + _SMOOTH
    share = joined / (joined + parted) if guided else np.full(len(joined), 0.5)
    return Costs(
        candidate=np.log(theta) + np.log(np.clip(quality, 1e-6, 1.0)),
        word=np.log((counts.words + _FLOOR) / total),
        join=np.log(share),
        part=np.log1p(-share),
        floor=float(np.log(_FLOOR / total)),
    )


def segment(
    pieces: Sequence[Callable[[], Piece]], costs: Costs, report: Callable[[int], None] | None = None
) -> Counts:
    """Counts of the best segmentation of all pieces, which are made when a core is free for them."""

    def work(make: Callable[[], Piece]) -> Counts:
        piece = make()
        found = Counts.zeros(len(costs.candidate), len(costs.word), len(costs.join))
        _segment(
            piece.word, piece.gap, piece.edge, costs.candidate, costs.word, costs.join, costs.part,
            costs.floor, found.candidates, found.words, found.joined, found.parted,
        )  # fmt: skip
        return found

    total = Counts.zeros(len(costs.candidate), len(costs.word), len(costs.join))
    for done, found in enumerate(on_all_cores(work, list(pieces)), start=1):
        total.add(found)
        if report:
            report(done)
    return total


@compiled
def _segment(word, gap, edge, candidate, words, join, part, floor, counted, counted_words, joined, parted):
    longest = edge.shape[1]
    run, most = 0, 0
    for at in range(len(word)):
        run = run + 1 if word[at] else 0
        most = max(most, run)
    best = np.full(most + 1, -np.inf)
    origin, by = np.zeros(most + 1, np.int64), np.zeros(most + 1, np.int64)
    at = 0
    while at < len(word):
        if word[at] == 0:
            at += 1
            continue
        size = 0
        while at + size < len(word) and word[at + size] != 0:
            size += 1
        best[0] = 0.0
        for end in range(1, size + 1):
            best[end] = -np.inf
        for begin in range(size):
            here, inside = best[begin], 0.0
            stop = begin + 1  # of the word that begins here
            while stop < size and word[at + stop] == -1:
                stop += 1
            whole = word[at + begin] > 0
            for end in range(begin + 1, min(max(begin + longest, stop), size) + 1):
                if end > begin + 1:
                    inside += join[gap[at + end - 1]]
                after = part[gap[at + end]] if end < size else 0.0
                value, kind = -np.inf, -1
                if whole and end == stop:
                    value = words[word[at + begin]]
                elif end == begin + 1:
                    value = floor
                if end <= begin + longest:
                    row = edge[at + begin, end - begin - 1]
                    if row >= 0 and candidate[row] > value:
                        value, kind = candidate[row], row
                score = here + inside + value + after
                if score >= best[end]:
                    best[end], origin[end], by[end] = score, begin, kind
        end = size
        while end > 0:
            begin = origin[end]
            if by[end] >= 0:
                counted[by[end]] += 1
            else:
                if word[at + begin] > 0:
                    stop = begin + 1
                    while stop < size and word[at + stop] == -1:
                        stop += 1
                    if stop == end:
                        counted_words[word[at + begin]] += 1
                if end <= begin + longest and edge[at + begin, end - begin - 1] >= 0:
                    counted[edge[at + begin, end - begin - 1]] += 1
            for inside_at in range(begin + 1, end):
                joined[gap[at + inside_at]] += 1
            if end < size:
                parted[gap[at + end]] += 1
            end = begin
        at += size
