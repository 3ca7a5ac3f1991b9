"""What a classifier is, and the table of those there are.

The table holds names of modules, not modules: web processes read the names, only workers import what is
behind them. A new classifier, such as a transformer, is one module with this protocol and one line here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A plain dict that a candidate kind's `features` made; its keys are told in `mining.classifiers.features`.
Row = Mapping[str, Any]

CLASSIFIERS = {
    "logistic": "mining.classifiers.logistic:Logistic",
}
DEFAULT = "logistic"


class Classifier(Protocol):
    # What a person should know about the fit: "only one class", "not calibrated" … Empty when all is well.
    notes: list[str]

    def fit(self, rows: Sequence[Row], labels: NDArray[np.bool_], *, seed: int) -> None:
        """Learn from rows and whether each is a yes."""

    def probabilities(self, rows: Sequence[Row]) -> NDArray[np.float64]:
        """Probability of a yes for each row."""

    def save(self, path: Path) -> None:
        """Write everything `load` needs into one file."""

    @classmethod
    def load(cls, path: Path) -> Classifier: ...


class UnknownClassifier(LookupError):
    def __init__(self, name: str):
        super().__init__(f"no classifier {name!r}; there are: {', '.join(sorted(CLASSIFIERS))}")


class AlteredModel(Exception):
    """A model file is not the one that was trained."""

    def __init__(self, path: Path):
        super().__init__(f"{path.name} is missing or differs from what was trained; it is not loaded")


def classifier_class(name: str) -> type[Any]:
    try:
        module, attribute = CLASSIFIERS[name].split(":")
    except KeyError:
        raise UnknownClassifier(name) from None
    found: type[Any] = getattr(import_module(module), attribute)
    return found


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(name: str, path: Path, *, digest: str) -> Classifier:
    """The trained classifier in a file, which must be the very file whose digest was kept."""
    if not path.is_file() or digest_of(path) != digest:
        raise AlteredModel(path)
    loaded: Classifier = classifier_class(name).load(path)
    return loaded
