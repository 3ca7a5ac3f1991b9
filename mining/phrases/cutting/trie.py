"""A dictionary as a trie over symbol numbers, in flat arrays that compiled loops walk through."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mining.phrases.compiled import compiled
from mining.phrases.ngrams import pack

NO_WORD = -np.inf


@dataclass(frozen=True)
class Trie:
    """Node 0 is the root. `key`, `node`: hash table with open addressing from (parent << 32 | symbol) to
    node, 0 where empty; per node: `weight` float64 (NO_WORD where no word ends), `tag` uint8. The nodes 1…S
    are those of the single symbols, S being the largest symbol number.
    """

    key: NDArray[np.uint64]
    node: NDArray[np.int32]
    weight: NDArray[np.float64]
    tag: NDArray[np.uint8]


def build_trie(
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int64],
    weights: NDArray[np.float64],
    tags: NDArray[np.uint8],
    *,
    largest: int,
) -> Trie:
    """symbols: int32, words × longest, padded. Of equal words the heaviest counts. `largest`: symbol."""
    nodes = np.zeros(len(symbols), np.int64)
    singles = pack(np.zeros(largest, np.int64), np.arange(1, largest + 1))
    keys, ids, known = [singles], [np.arange(1, largest + 1)], largest + 1
    for depth in range(symbols.shape[1] if len(symbols) else 0):
        rows = np.flatnonzero(lengths > depth)
        if depth == 0:
            nodes[rows] = symbols[rows, 0]
            continue
        unique, place = np.unique(pack(nodes[rows], symbols[rows, depth]), return_inverse=True)
        keys.append(unique)
        ids.append(np.arange(known, known + len(unique)))
        nodes[rows] = known + place
        known += len(unique)
    weight, tag = np.full(known, NO_WORD), np.zeros(known, np.uint8)
    order = np.argsort(weights, kind="stable")  # the heaviest is written last
    weight[nodes[order]], tag[nodes[order]] = weights[order], tags[order]
    key, node = np.concatenate(keys), np.concatenate(ids).astype(np.int32)
    size = 1 << max(4, int(2 * len(key)).bit_length())
    table, value = np.zeros(size, np.uint64), np.zeros(size, np.int32)
    _fill(key, node, table, value)
    return Trie(table, value, weight, tag)


@compiled
def _fill(key, node, table, value):
    mask = np.uint64(len(table) - 1)
    for at in range(len(key)):
        place = (key[at] * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20) & mask
        while value[place] != 0:
            place = (place + np.uint64(1)) & mask
        table[place] = key[at]
        value[place] = node[at]


@compiled
def child(parent, symbol, table, value):
    """The node below `parent`, 0 for none."""
    mask = np.uint64(len(table) - 1)
    key = (np.uint64(parent) << np.uint64(32)) | np.uint64(symbol)
    place = (key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20) & mask
    while value[place] != 0:
        if table[place] == key:
            return value[place]
        place = (place + np.uint64(1)) & mask
    return np.int32(0)
