"""The first stage: sentences from the reader to flat arrays on disk, one folder per language.

Arrays of a language, one entry per sentence: `id`, `document`, `category` (NO_CATEGORY for none), `digest`
(64 bits of the normal form's hash), `length` (code points); and `text`, all code points one after another.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.parameters import LANGUAGES, SentenceText
from mining.phrases.workspace import Appender, Workspace
from mining.sentences.normal_form import digest

NO_CATEGORY = np.iinfo(np.int64).min
# Sentences between two reports; a buffer is also written out when it holds this many characters.
_BATCH, _BUFFER = 5_000, 2_000_000
DTYPES = {"id": "<i8", "document": "<i8", "category": "<i8", "digest": "<u8", "length": "<i8", "text": "<u4"}

Report = Callable[[str, int, int], None]


class _Buffer:
    """Sentences of one language on their way to disk."""

    def __init__(self, appenders: dict[str, Appender]) -> None:
        self.appenders = appenders
        self.rows: list[tuple[int, int, int, int, int]] = []
        self.texts: list[str] = []
        self.characters = 0

    def add(self, sentence: SentenceText) -> None:
        category = NO_CATEGORY if sentence.category_id is None else sentence.category_id
        number = int.from_bytes(digest(sentence.text, size=8), "little")
        self.rows.append((sentence.id, sentence.document_id, category, number, len(sentence.text)))
        self.texts.append(sentence.text)
        self.characters += len(sentence.text)
        if self.characters >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        for place, name in enumerate(("id", "document", "category", "digest", "length")):
            column = np.array([row[place] for row in self.rows], dtype=DTYPES[name])
            self.appenders[name].append(column)
        for text in self.texts:
            self.appenders["text"].append(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"))
        self.rows, self.texts, self.characters = [], [], 0


def read_corpus(sentences: Iterable[SentenceText], folder: Path, report: Report) -> dict[str, Any]:
    """Write all sentences of the mined languages below `folder`; what was read and skipped comes back."""
    skipped: dict[str, int] = {}
    read = 0
    with ExitStack() as stack:
        buffers = {
            language: _Buffer(stack.enter_context(Workspace(folder / language).appending(**DTYPES)))
            for language in LANGUAGES
        }
        for read, sentence in enumerate(sentences, start=1):
            if buffer := buffers.get(sentence.language):
                buffer.add(sentence)
            else:
                skipped[sentence.language] = skipped.get(sentence.language, 0) + 1
            if read % _BATCH == 0:
                report("read", read, 0)
        for buffer in buffers.values():
            buffer.flush()
    return {"read": read, "skipped": dict(sorted(skipped.items()))}


class Corpus:
    """The sentences of one language as written by `read_corpus`, without repeated ones.

    `keep`: bool per sentence, False where an earlier sentence has the same normal form.
    `offset`: where each sentence's code points begin in `text`, one entry more than sentences.
    `document`: number of its document per sentence, dense; `documents`: how many there are among kept ones.
    `category_of`: category number per document, -1 for none; `categories`: ids by category number.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.id = workspace.array("id", "<i8")
        self.text = workspace.array("text", "<u4")
        self.length = workspace.array("length", "<i8")
        self.offset = np.concatenate([[0], np.cumsum(self.length)]).astype(np.int64)
        digests = workspace.array("digest", "<u8")
        self.keep = firsts(digests)
        documents = workspace.array("document", "<i8")
        unique = np.unique(documents[self.keep])
        self.documents = len(unique)
        # Documents that lost all their sentences to earlier ones get a number too, but never use it.
        self.document = np.searchsorted(unique, documents).astype(np.int64)
        self._categorise(workspace.array("category", "<i8"))

    def __len__(self) -> int:
        return len(self.id)

    def _categorise(self, categories: NDArray[np.int64]) -> None:
        self.category_of = np.full(self.documents, -1, np.int64)
        known = np.flatnonzero(self.keep & (categories != NO_CATEGORY))
        self.categories, numbers = np.unique(categories[known], return_inverse=True)
        # The last assignment wins, so the sentences go backwards and the first one has the last word.
        self.category_of[self.document[known][::-1]] = numbers[::-1]

    def sentence(self, number: int) -> str:
        """The text of one sentence, as it was read."""
        return decode(self.text[self.offset[number] : self.offset[number + 1]])


def firsts(digests: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """bool per sentence: no earlier one has the same normal form."""
    keep = np.zeros(len(digests), bool)
    keep[np.unique(digests, return_index=True)[1]] = True
    return keep


def decode(code_points: NDArray[np.uint32]) -> str:
    return code_points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
