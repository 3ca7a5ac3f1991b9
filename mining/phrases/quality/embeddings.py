"""Vectors of symbols from the corpus itself: positive pointwise mutual information of neighbours, factorised.

Levy and Goldberg (2014): the factors of such a matrix say what word2vec says. A randomised SVD (Halko,
Martinsson and Tropp 2011) with a fixed seed on one thread gives the same vectors again.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from mining.phrases.ngrams import count_keys, pack, unpack

WINDOW = 4  # symbols to either side
MOST_SYMBOLS = 20_000  # the most frequent ones get vectors
MOST_SLOTS = 8_000_000  # of the stream that are looked at, spread over it
CHUNK = 1_000_000  # slots at once; the same at any memory, for what is looked at follows from it


def symbol_vectors(
    symbol: NDArray[np.int32], counts: NDArray[np.int64], *, size: int, seed: int, memory_mb: int
) -> NDArray[np.float32]:
    """float32, symbol numbers × size; zero for rare symbols and breaks. counts: int64 per symbol number."""
    frequent = np.argsort(-counts[1:], kind="stable")[:MOST_SYMBOLS] + 1
    frequent = frequent[counts[frequent] > 0]
    place = np.full(len(counts), -1, np.int64)
    place[frequent] = np.arange(len(frequent))
    vectors = np.zeros((len(counts), size), np.float32)
    if len(frequent) <= size:
        return vectors

    step = max(1, -(-len(symbol) // MOST_SLOTS))
    most = min(len(symbol), MOST_SLOTS + CHUNK) * WINDOW

    def chunks() -> Iterator[NDArray[np.uint64]]:
        for at in range(0, len(symbol), CHUNK * step):
            part = symbol[at : at + CHUNK]
            for offset in range(1, WINDOW + 1):
                left, right = place[part[:-offset]], place[part[offset:]]
                # Breaks within the window count as distance, but are no neighbours themselves.
                both = (left >= 0) & (right >= 0)
                left, right = left[both], right[both]
                yield pack(np.minimum(left, right), np.maximum(left, right))

    keys, number, _ = count_keys(chunks, most, min_count=2, memory_mb=4 * memory_mb)
    left, right = unpack(keys)
    if not len(keys):
        return vectors
    matrix = _ppmi(left, right, number.astype(np.float64), len(frequent))
    with threadpool_limits(1):
        u, s, _vt = randomized_svd(matrix, size, n_iter=2, random_state=seed)
    # Rounded: a decision tree must not hang on the last bits of a library.
    vectors[frequent] = np.round(u * np.sqrt(s), 4).astype(np.float32)
    return vectors


def _ppmi(
    left: NDArray[np.int64], right: NDArray[np.int64], number: NDArray[np.float64], size: int
) -> sparse.csr_matrix:
    """Shifted by nothing, contexts smoothed by the power 0.75 (Levy, Goldberg and Dagan 2015)."""
    off = left != right
    rows, columns = np.concatenate([left, right[off]]), np.concatenate([right, left[off]])
    values = np.concatenate([number, number[off]])
    total = np.bincount(rows, weights=values, minlength=size)
    context = total**0.75
    pmi = np.log(values * context.sum() / (total[rows] * context[columns]))
    kept = pmi > 0
    return sparse.csr_matrix((pmi[kept], (rows[kept], columns[kept])), shape=(size, size))


def averages(
    vectors: NDArray[np.float32], spelled: NDArray[np.int32], *, chunk: int = 200_000
) -> NDArray[np.float32]:
    """Mean vector of the symbols of each n-gram. spelled: symbol numbers, n-grams × symbols."""
    result = np.zeros((len(spelled), vectors.shape[1]), np.float32)
    for at in range(0, len(spelled), chunk):
        result[at : at + chunk] = vectors[spelled[at : at + chunk]].mean(axis=1)
    return result
