"""The cold-start classifier: logistic regression on hashed n-grams, context and statistics.

It needs no downloads and no GPU, trains in seconds, and what it has learnt is a file of plain arrays,
so loading one can never run code.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from mining.classifiers.base import Row
from mining.classifiers.features import STATISTICS, context_words, number_names, numbers, text_grams

FORMAT = 1
BUCKETS = 2**17  # per block; collisions stay rare up to some 100K different n-grams
# Weight of each block against the others, chosen on the development data (docs/benchmarks.md).
TEXT_WEIGHT, CONTEXT_WEIGHT, NUMBERS_WEIGHT = 1.0, 0.5, 0.15
STRENGTH = 10.0  # C of the regression: the inverse of how hard it is held back
FOLDS = 5  # for calibration, which wants this many labels of the rarer class


class Logistic:
    """Class-weighted logistic regression; calibrated by Platt scaling on held-out folds."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.arrays: dict[str, NDArray[Any]] = {}
        self.names: tuple[str, ...] = STATISTICS  # of the numeric block

    def fit(self, rows: Sequence[Row], labels: NDArray[np.bool_], *, seed: int) -> None:
        labels = np.asarray(labels, dtype=bool)
        if len(labels) == 0:
            raise ValueError("there is nothing to learn from")
        self.notes = []
        rarer = int(min(labels.sum(), (~labels).sum()))
        if rarer == 0:
            self._learn_prior(labels)
            return
        hashed = _hashed(rows)
        self.names = number_names(rows)
        block = self._numbers(rows)
        self.arrays = {
            "idf": _idf(hashed),
            "centre": block.mean(axis=0),
            "spread": np.maximum(block.std(axis=0), 1e-9),
        }
        features = self._features(hashed, block)
        weights, intercept = _regression(features, labels, seed)
        # Most buckets were never seen: only the others are kept.
        kept = np.flatnonzero(weights)
        scale = self._calibration(features, labels, rarer, seed)
        self.arrays |= {
            "kept": kept,
            "weights": weights[kept],
            "intercept": np.array([intercept]),
            "scale": np.array(scale),
        }

    def probabilities(self, rows: Sequence[Row]) -> NDArray[np.float64]:
        if "prior" in self.arrays:
            return np.full(len(rows), self.arrays["prior"][0])
        if not rows:
            return np.zeros(0)
        features = self._features(_hashed(rows), self._numbers(rows))
        weights = np.zeros(features.shape[1])
        weights[self.arrays["kept"].astype(np.intp)] = self.arrays["weights"]
        decision = features @ weights + self.arrays["intercept"][0]
        slope, offset = self.arrays["scale"]
        return np.asarray(expit(slope * decision + offset))

    def save(self, path: Path) -> None:
        facts = json.dumps({"format": FORMAT, "notes": self.notes, "numbers": self.names}, ensure_ascii=False)
        compact: dict[str, NDArray[Any]] = {**self.arrays}
        if "idf" in compact:  # a bucket nobody saw has the same idf everywhere
            rare = compact["idf"].max()
            seen = np.flatnonzero(compact["idf"] != rare)
            compact |= {"idf": compact["idf"][seen], "idf_at": seen, "idf_rare": np.array([rare])}
        with path.open("wb") as file:
            np.savez_compressed(file, facts=np.array(facts), **compact)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> "Logistic":
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        facts = json.loads(str(arrays.pop("facts")))
        if facts["format"] != FORMAT:
            raise ValueError(f"{path.name} has format {facts['format']}; this version reads {FORMAT}")
        if "idf" in arrays:
            idf = np.full(2 * BUCKETS, arrays.pop("idf_rare")[0])
            idf[arrays.pop("idf_at")] = arrays["idf"]
            arrays["idf"] = idf
        loaded = cls()
        loaded.notes, loaded.arrays = facts["notes"], arrays
        # Models of phrases from before there were other kinds do not say.
        loaded.names = tuple(facts.get("numbers", STATISTICS))
        return loaded

    def _numbers(self, rows: Sequence[Row]) -> NDArray[np.float64]:
        block = np.array([numbers(row, self.names) for row in rows], dtype=np.float64)
        return block.reshape(len(rows), len(self.names))

    def _learn_prior(self, labels: NDArray[np.bool_]) -> None:
        word = "yes" if labels[0] else "no"
        self.notes = [
            f"every label is {word!r}: the same probability is given to all until both answers occur"
        ]
        # Laplace's rule of succession: never quite sure.
        self.arrays = {"prior": np.array([(labels.sum() + 1) / (len(labels) + 2)])}

    def _features(self, hashed: sparse.csr_matrix, block: NDArray[np.float64]) -> sparse.csr_matrix:
        weighted = hashed.multiply(self.arrays["idf"]).tocsr()
        texts = _unit_rows(weighted[:, :BUCKETS]) * TEXT_WEIGHT
        context = _unit_rows(weighted[:, BUCKETS:]) * CONTEXT_WEIGHT
        # Held within four deviations, so that one odd count cannot outvote all the words.
        standard = np.clip((block - self.arrays["centre"]) / self.arrays["spread"], -4, 4) * NUMBERS_WEIGHT
        return sparse.hstack([texts, context, sparse.csr_matrix(standard)], format="csr")

    def _calibration(
        self, features: sparse.csr_matrix, labels: NDArray[np.bool_], rarer: int, seed: int
    ) -> tuple[float, float]:
        """Slope and offset that turn the regression's decision into a probability (Platt 1999)."""
        if rarer < FOLDS:
            self.notes.append(f"not calibrated: that takes {FOLDS} labels of each answer, there are {rarer}")
            return 1.0, 0.0
        held_out = np.zeros(len(labels))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        for train, rest in folds.split(np.zeros(len(labels)), labels):
            weights, intercept = _regression(features[train], labels[train], seed)
            held_out[rest] = features[rest] @ weights + intercept
        slope, offset = _platt(held_out, labels)
        if slope <= 0:
            # Nothing learnt so far tells yes from no; turning the order round would be worse than none.
            self.notes.append("not calibrated: the labels so far do not tell the two answers apart")
            return 1.0, 0.0
        return slope, offset


def _hashed(rows: Sequence[Row]) -> sparse.csr_matrix:
    """Sublinear counts of hashed words: the block of the texts, then that of the context."""
    blocks = []
    for words in (text_grams, context_words):
        hasher = FeatureHasher(BUCKETS, input_type="string", alternate_sign=False)
        block = hasher.transform(words(row) for row in rows).tocsr()
        block.sum_duplicates()
        block.data = 1 + np.log(block.data)
        blocks.append(block)
    return sparse.hstack(blocks, format="csr")


def _idf(hashed: sparse.csr_matrix) -> NDArray[np.float64]:
    seen = np.bincount(hashed.indices, minlength=hashed.shape[1])
    return np.log((1 + hashed.shape[0]) / (1 + seen)) + 1


def _unit_rows(block: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
    return sparse.diags(1 / np.maximum(lengths, 1e-12)) @ block


def _regression(
    features: sparse.csr_matrix, labels: NDArray[np.bool_], seed: int
) -> tuple[NDArray[np.float64], float]:
    # The dual problem is several times faster here: far more features than labels.
    model: Any = LogisticRegression(
        C=STRENGTH, class_weight="balanced", solver="liblinear", dual=True, max_iter=2000, random_state=seed
    )
    model.fit(features, labels)
    return model.coef_[0], float(model.intercept_[0])


def _platt(decision: NDArray[np.float64], labels: NDArray[np.bool_]) -> tuple[float, float]:
    model: Any = LogisticRegression(C=100.0)
    model.fit(decision[:, None], labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
