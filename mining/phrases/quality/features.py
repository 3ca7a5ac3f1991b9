"""The feature table: one row per candidate, from what was measured about it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.compiled import compiled
from mining.phrases.cutting.tags import GROUPS
from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level
from mining.phrases.statistics import occurrences

TAGS = tuple(f"{side}_{group}" for side in ("first", "last") for group in GROUPS)
# In the order of the columns; `rectified…` only after segmentation, ranks only of a masked language model.
FEATURES = (
    "size", "log_count", "log_documents", "tf_idf", "pmi", "pmi_by_count", "information", "left_entropy",
    "right_entropy", "poorer_entropy", "boundary_share", "held", "idf_mean",
    "idf_min", "idf_max", "idf_first", "idf_last", *TAGS, "log_rectified", "rectified_share",
    "log_first_rank", "log_last_rank", "log_worse_rank",
)  # fmt: skip


def feature_table(columns: dict[str, NDArray[Any]], *, total: int, documents: int) -> NDArray[np.float32]:
    """float32, candidates × FEATURES. total: symbols of the corpus.

    tf_idf = log(1 + count) log(documents / documents with the phrase); information = -log p of the phrase;
    pmi_by_count = p log-likelihood of the weakest split (pointwise Kullback-Leibler divergence, as in
    SegPhrase), on a logarithmic scale; shares are of the occurrences.
    """
    count = columns["rectified"] if "rectified" in columns else columns["count"]
    count = count.astype(np.float64)
    known = np.nan_to_num(columns["pmi"], nan=0.0)
    made = {
        "log_count": np.log(columns["count"]),
        "log_documents": np.log1p(columns["document_count"]),
        "tf_idf": np.log1p(count) * np.log((documents + 1) / (columns["document_count"] + 0.5)),
        "pmi": known,
        "pmi_by_count": np.log1p(np.maximum(known, 0) * count),
        "information": np.log(max(total, 1)) - np.log(np.maximum(count, 0.5)),
        "poorer_entropy": np.minimum(columns["left_entropy"], columns["right_entropy"]),
    }
    if "rectified" in columns:
        made["log_rectified"] = np.log1p(count)
        made["rectified_share"] = count / columns["count"]
    if "first_rank" in columns:
        ranks = np.stack([columns["first_rank"], columns["last_rank"]])
        # What the model cannot say is set apart from every rank; 0 is its best.
        logs = np.where(np.isnan(ranks), -1.0, np.log1p(np.nan_to_num(ranks)))
        made |= {"log_first_rank": logs[0], "log_last_rank": logs[1], "log_worse_rank": logs.max(axis=0)}
    there = columns | made
    return np.stack([there[name] for name in FEATURES if name in there], axis=1).astype(np.float32)


def tag_shares(
    level: Level,
    group_of: NDArray[np.int64],
    counts: NDArray[np.int64],
    tag: NDArray[np.uint8],
    groups: NDArray[np.uint8],
    memory_mb: int,
) -> NDArray[np.float32]:
    """Shares of each candidate's occurrences whose first and whose last word is of each of GROUPS: float32,
    candidates × (2 × groups).
    """
    wide = len(GROUPS)
    shares = np.zeros((2, len(counts) * wide))
    for slot, group in occurrences(level, group_of, 0, len(counts), memory_mb):
        for side, place in enumerate((slot, slot + level.size - 1)):
            shares[side] += np.bincount(group * wide + groups[tag[place]], minlength=len(counts) * wide)
    both = [side.reshape(len(counts), wide) / counts[:, None] for side in shares]
    return np.hstack(both).astype(np.float32)


def parts_of(values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Summaries of what is known of each symbol. values: candidates × symbols."""
    return {
        "idf_mean": values.mean(axis=1), "idf_min": values.min(axis=1), "idf_max": values.max(axis=1),
        "idf_first": values[:, 0], "idf_last": values[:, -1],
    }  # fmt: skip


def document_frequencies(stream: Stream, documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Per symbol number, in how many documents it occurs, their sentences being read one after another."""
    found = np.zeros(int(stream.symbol.max(initial=0)) + 1, np.int64)
    last = np.full(len(found), -1, np.int64)
    _count_documents(stream.symbol, stream.first, documents, found, last)
    return found


@compiled
def _count_documents(symbol, first, documents, found, last):
    for sentence in range(len(first) - 1):
        for slot in range(first[sentence], first[sentence + 1]):
            number = symbol[slot]
            if number and last[number] != documents[sentence]:
                last[number] = documents[sentence]
                found[number] += 1
