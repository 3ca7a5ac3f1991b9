"""Which pieces of text go through the model together, and which of their tokens are hidden."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pieces:
    """Encoded text. ids: token ids one piece after another; length: int, tokens per piece."""

    ids: NDArray[np.uint16]
    length: NDArray[np.int32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at", np.concatenate([[0], np.cumsum(self.length, dtype=np.int64)]))

    def __len__(self) -> int:
        return len(self.length)

    def padded(self, rows: NDArray[np.int64], *, begin: int, end: int, pad: int) -> NDArray[np.int64]:
        """int64, rows × (longest + 2): each piece between `begin` and `end`, filled up with `pad`."""
        length = self.length[rows].astype(np.int64)
        table = np.full((len(rows), int(length.max(initial=0)) + 2), pad, np.int64)
        table[:, 0] = begin
        table[np.arange(len(rows)), length + 1] = end
        row = np.repeat(np.arange(len(rows)), length)
        place = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        starts: NDArray[np.int64] = self._at[rows]  # type: ignore[attr-defined]
        table[row, place + 1] = self.ids[np.repeat(starts, length) + place]
        return table


def cut(lengths: NDArray[np.integer], batch_tokens: int) -> NDArray[np.int64]:
    """Where batches begin in rows sorted by length, one more than batches: as many rows as fit when all of a
    batch are as long as its longest ([CLS] and [SEP] counted), one at least.
    """
    begins = [0]
    while begins[-1] < len(lengths):
        at = begins[-1]
        # The last row of a batch is its longest: the size where rows times longest passes the budget.
        low, high = 1, len(lengths) - at
        while low < high:
            middle = (low + high + 1) // 2
            if middle * (int(lengths[at + middle - 1]) + 2) <= batch_tokens:
                low = middle
            else:
                high = middle - 1
        # Few different shapes, for each of which fast kernels have to be made.
        begins.append(at + (low // 8 * 8 if low >= 8 and at + low < len(lengths) else low))
    return np.array(begins, np.int64)


class Plan:
    """The batches of each epoch: pieces of nearly one length, in an order that the seed decides.

    The number of batches is the same in every epoch, so that a place in the training is a number.
    """

    def __init__(self, lengths: NDArray[np.integer], *, batch_tokens: int, seed: int) -> None:
        self.lengths, self.seed = lengths, seed
        self.begins = cut(np.sort(lengths), batch_tokens)
        self._epoch, self._order, self._batches = -1, np.empty(0, np.int64), np.empty(0, np.int64)

    def __len__(self) -> int:
        """Batches per epoch."""
        return len(self.begins) - 1

    def rows(self, number: int) -> NDArray[np.int64]:
        """The pieces of the `number`-th batch, counted through all epochs."""
        epoch, place = divmod(number, len(self))
        if epoch != self._epoch:
            rng = np.random.default_rng([self.seed, 1, epoch])
            mixed = rng.permutation(len(self.lengths))
            self._order = mixed[np.argsort(self.lengths[mixed], kind="stable")]
            self._batches = rng.permutation(len(self))
            self._epoch = epoch
        batch = int(self._batches[place])
        return self._order[self.begins[batch] : self.begins[batch + 1]]


def hide(
    table: NDArray[np.int64],
    *,
    special: int,
    mask: int,
    vocabulary: int,
    share: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The table with hidden tokens, and where they are; one at least.

    Of the chosen tokens 80 % become `mask`, 10 % another token, 10 % stay (Devlin et al., 2019, 3.1).
    Ids below `special` are never chosen.
    """
    ordinary = table >= special
    chosen = ordinary & (rng.random(table.shape) < share)
    if not chosen.any():
        candidates = np.flatnonzero(ordinary)
        chosen.flat[rng.choice(candidates)] = True
    fate = rng.random(table.shape)
    hidden = table.copy()
    hidden[chosen & (fate < 0.8)] = mask
    other = chosen & (fate >= 0.8) & (fate < 0.9)
    hidden[other] = rng.integers(special, vocabulary, int(other.sum()))
    return hidden, chosen
