"""Texts on their way to the model: read once, repeated ones and a few to measure with set apart, encoded.

Everything lies in flat arrays on disk, so that memory stays flat at any size. Arrays of the workspace:
`bytes` (UTF-8, one text after another), `size` (bytes per text), `digest` (64 bits of the normal form's
hash); after encoding `train` and `held_out` (token ids without [CLS] and [SEP]) with `train_length` and
`held_out_length` (tokens per piece).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mining.encoders.parameters import TrainingParameters
from mining.encoders.tokenizer import SPECIAL, train_tokenizer
from mining.phrases.workspace import Workspace
from mining.sentences.normal_form import digest

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Report = Callable[[str, int, int], None]

BATCH = 5_000  # texts between two reports
LEAST_TEXTS = 20
SHORTEST = 2  # tokens; fewer have nothing to be predicted from


class TooLittleText(Exception):
    """So few different sentences that there is nothing to learn from."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"Only {found} different sentences were found; an encoder needs at least {LEAST_TEXTS} "
            "to learn from, and thousands to be of use."
        )


def read_texts(texts: Iterable[str], workspace: Workspace, report: Report) -> dict[str, Any]:
    """Write the texts down, in their order. `fingerprint` names their content, sha256 in hex."""
    whole = hashlib.sha256()
    read = 0
    with workspace.appending(bytes="u1", size="<i8", digest="<u8") as out:
        for batch in _batches(texts, BATCH):
            packed = [text.encode("utf-8", "replace") for text in batch]
            for text in packed:
                whole.update(len(text).to_bytes(8, "little") + text)
            out["bytes"].append(np.frombuffer(b"".join(packed), "u1"))
            out["size"].append(np.array([len(text) for text in packed], np.int64))
            digests = [int.from_bytes(digest(text, size=8), "little") for text in batch]
            out["digest"].append(np.array(digests, np.uint64))
            read += len(batch)
            report("read", read, 0)
    return {"read": read, "fingerprint": whole.hexdigest()}


class Texts:
    """The texts as written by `read_texts`: `kept` are the numbers of different ones, in order; `held_out`:
    bool per kept one, True for those that only measure.
    """

    def __init__(self, workspace: Workspace, *, held_out: int) -> None:
        self._bytes = workspace.array("bytes", "u1")
        sizes = workspace.array("size", "<i8")
        self._at = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        digests = workspace.array("digest", "<u8")
        self.kept = np.sort(np.unique(digests, return_index=True)[1])
        if len(self.kept) < LEAST_TEXTS:
            raise TooLittleText(len(self.kept))
        # The smallest hashes are as good as drawn at random, and the same ones each time.
        number = min(held_out, max(len(self.kept) // 100, 2))
        self.held_out = np.zeros(len(self.kept), bool)
        self.held_out[np.argsort(digests[self.kept], kind="stable")[:number]] = True

    def __len__(self) -> int:
        return len(self.kept)

    def read(self, numbers: NDArray[np.int64]) -> Iterator[str]:
        for number in numbers.tolist():
            yield self._bytes[self._at[number] : self._at[number + 1]].tobytes().decode("utf-8")


def learn_tokens(workspace: Workspace, parameters: TrainingParameters, report: Report) -> dict[str, Any]:
    """Train the tokenizer on the training texts and write it down."""
    texts = Texts(workspace, held_out=parameters.held_out)
    numbers = texts.kept[~texts.held_out]

    def told() -> Iterator[str]:
        for done, text in enumerate(texts.read(numbers), start=1):
            if done % BATCH == 0:
                report("tokens", done, len(numbers))
            yield text

    tokenizer = train_tokenizer(told(), vocabulary=parameters.vocabulary)
    workspace.write_text("tokenizer.json", tokenizer.to_str())
    return {"vocabulary": tokenizer.get_vocab_size()}


def encode_texts(workspace: Workspace, parameters: TrainingParameters, report: Report) -> dict[str, Any]:
    """Texts to token ids, cut into pieces that the model can read."""
    texts = Texts(workspace, held_out=parameters.held_out)
    tokenizer = load_tokens(workspace)
    room = parameters.max_tokens - 2
    dtypes = {"train": "<u2", "train_length": "<i4", "held_out": "<u2", "held_out_length": "<i4"}
    found = {"train": 0, "held_out": 0, "tokens": 0}
    with workspace.appending(**dtypes) as out:
        for at in range(0, len(texts), BATCH):
            numbers = texts.kept[at : at + BATCH]
            encoded = tokenizer.encode_batch(list(texts.read(numbers)), add_special_tokens=False)
            for name, wanted in (("train", False), ("held_out", True)):
                pieces = [
                    text.ids[start : start + room]
                    for text, held_out in zip(encoded, texts.held_out[at : at + BATCH], strict=True)
                    if held_out == wanted
                    for start in range(0, len(text.ids), room)
                    if _teaches(text.ids[start : start + room])
                ]
                lengths = np.array([len(piece) for piece in pieces], np.int32)
                ids = np.fromiter((token for piece in pieces for token in piece), np.uint16, lengths.sum())
                out[name].append(ids)
                out[f"{name}_length"].append(lengths)
                found[name] += len(pieces)
                found["tokens"] += int(lengths.sum()) if name == "train" else 0
            report("encode", min(at + BATCH, len(texts)), len(texts))
    if not found["train"] or not found["held_out"]:
        raise TooLittleText(len(texts))
    return {**found, "texts": len(texts)}


def _teaches(ids: list[int]) -> bool:
    """Whether the piece has something to hide and something to tell it by."""
    return len(ids) >= SHORTEST and max(ids) >= len(SPECIAL)


def load_tokens(workspace: Workspace) -> "Tokenizer":
    from tokenizers import Tokenizer

    return Tokenizer.from_str(workspace.read_text("tokenizer.json"))


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
