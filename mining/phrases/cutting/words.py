"""Chinese words: the most probable cut by jieba's dictionary, for the whole stream at once.

The same dynamic programme as jieba's without its hidden Markov model, compiled and on all cores. The model
would guess where the dictionary knows nothing, and glue new words to their neighbours (款叠/穿); left out,
the dictionary vetoes what cuts its words, and elsewhere the statistics decide.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray

from mining.phrases.compiled import compiled, on_all_cores, pieces
from mining.phrases.corpus import Report
from mining.phrases.cutting.dictionary import chinese
from mining.phrases.cutting.trie import NO_WORD, Trie, build_trie, child
from mining.phrases.encode import numbers_of
from mining.phrases.symbols import find_symbols
from mining.phrases.workspace import Workspace

_LONGEST = 16  # symbols of a dictionary word


@functools.cache
def _spelled() -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """jieba's words as symbols: hash of each, the number of its word and its place in the word.

    Words that a break tears (A.B, 10%x) and those that are too long are left out.
    """
    text = "\n".join(chinese().words)
    points = np.frombuffer(text.encode("utf-32-le"), "<u4")
    found = find_symbols(points, text, "zh")
    word = np.cumsum(points == 10)[found.start]
    lengths = np.bincount(word, minlength=len(chinese().words))
    place = np.arange(len(word)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    left_out = lengths > _LONGEST
    left_out[word[found.breaks & (place > 0)]] = True
    kept = ~left_out[word]
    return found.hash[kept], word[kept], place[kept]


def dictionary_trie(known: NDArray[np.uint64], tags: dict[str, int]) -> Trie:
    """jieba's words whose symbols all occur in the corpus. known: sorted hashes of its symbols."""
    dictionary = chinese()
    hashes, word, place = _spelled()
    numbers = numbers_of(hashes, known)
    lengths = np.bincount(word, minlength=len(dictionary.words))
    lengths[word[numbers == 0]] = 0
    rows = np.flatnonzero(lengths)
    row_of = np.full(len(lengths), -1, np.int64)
    row_of[rows] = np.arange(len(rows))
    kept = row_of[word] >= 0
    table = np.zeros((len(rows), _LONGEST), np.int32)
    table[row_of[word[kept]], place[kept]] = numbers[kept]
    total = math.log(sum(dictionary.frequencies))
    weights = np.array([math.log(max(dictionary.frequencies[row], 1)) - total for row in rows.tolist()])
    numbered = np.array([tags.get(dictionary.tags[row], 0) for row in rows.tolist()], np.uint8)
    return build_trie(table, lengths[rows], weights, numbered, largest=len(known))


def cut_stream(symbol: NDArray[np.int32], trie: Trie, workspace: Workspace, *, floor: float, report: Report,
               stage: str) -> int:  # fmt: skip
    """Write `word` (int32 per slot: the node of the word that begins there, 0 in a break, -1 inside a word)
    and `tag` (uint8 per slot: of its word). Comes back with the number of words.

    floor: weight of a symbol that no dictionary word begins with.
    """
    ranges = pieces(symbol)

    def work(task: tuple[int, int]) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        part = np.asarray(symbol[task[0] : task[1]])
        word, tag = np.zeros(len(part), np.int32), np.zeros(len(part), np.uint8)
        _cut(part, trie.key, trie.node, trie.weight, trie.tag, floor, word, tag)
        return word, tag

    words = done = 0
    with workspace.appending(word="<i4", tag="u1") as out:
        for word, tag in on_all_cores(work, ranges):
            out["word"].append(word)
            out["tag"].append(tag)
            words += int(np.count_nonzero(word > 0))
            done += len(word)
            report(stage, done, len(symbol))
    return words


@compiled
def _cut(symbol, table, value, weight, tags, floor, word, tag):
    longest, run = 0, 0
    for number in symbol:
        run = run + 1 if number else 0
        longest = max(longest, run)
    best, jump = np.zeros(longest + 1), np.zeros(longest + 1, np.int64)
    chosen = np.zeros(longest + 1, np.int32)
    at = 0
    while at < len(symbol):
        if symbol[at] == 0:
            at += 1
            continue
        size = 0
        while at + size < len(symbol) and symbol[at + size] != 0:
            size += 1
        best[size] = 0.0
        for begin in range(size - 1, -1, -1):
            node, top = 0, NO_WORD
            for end in range(begin, size):
                node = child(node, symbol[at + end], table, value)
                if node == 0:
                    break
                if weight[node] > NO_WORD:
                    score = weight[node] + best[end + 1]
                    if score >= top:  # of equals the longer word, as jieba
                        top, jump[begin], chosen[begin] = score, end + 1, node
            if top == NO_WORD:
                top, jump[begin] = floor + best[begin + 1], begin + 1
                chosen[begin] = child(0, symbol[at + begin], table, value)
            best[begin] = top
        begin = 0
        while begin < size:
            end = jump[begin]
            word[at + begin] = chosen[begin]
            for inside in range(begin, end):
                tag[at + inside] = tags[chosen[begin]]
                if inside > begin:
                    word[at + inside] = -1
            begin = end
        at += size
