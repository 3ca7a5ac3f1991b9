"""Where documents come from when a run shall read only some of them."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mining.phrases.parameters import SentenceText


class Source(Protocol):
    def documents(self) -> Iterable[tuple[int, str, int, int]]:
        """Id, language, version and number of sentences of every document, by rising id. The version, a
        signed 64-bit number, changes with anything that `sentences` says of the document.
        """
        ...

    def sentences(self, documents: NDArray[np.int64]) -> Iterable[SentenceText]:
        """The sentences of these documents (int64, rising), by document, then by place."""
        ...
