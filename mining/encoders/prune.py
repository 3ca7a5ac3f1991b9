"""How well a masked language model guesses the first and the last token of a phrase (AliMe KG 4.1.1).

The paper masks the first (resp. last) token of a candidate, feeds "it" into BERT and keeps the candidate
when the token is among the top N. A fragment's edge is hard to guess from the fragment alone, while within
a sentence the rest of its word gives it away; so a place may be the phrase alone (0 to its length) or
a phrase within a sentence, and both can be measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.encoders.batches import cut
from mining.encoders.load import Encoder

# Rank of a token that the encoder does not know, and so can say nothing of.
UNKNOWN = 0
BATCH_TOKENS = 8_192


@dataclass(frozen=True, slots=True)
class Place:
    """A phrase in a text: half-open, in characters."""

    text: str
    start: int
    end: int

    @classmethod
    def alone(cls, phrase: str) -> "Place":
        return cls(phrase, 0, len(phrase))


def edge_ranks(
    places: Sequence[Place],
    encoder: Encoder,
    *,
    batch_tokens: int = BATCH_TOKENS,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> NDArray[np.int32]:
    """int32, places × 2: the rank of the true first and last token among all ordinary tokens of the
    vocabulary, 1 for the best guess; UNKNOWN (0) where the encoder does not know the token.

    A token that others tie with has the best of their ranks. `report(queries done, queries in all)`.
    """
    queries = _Queries(places, encoder)
    ranks = np.full(len(queries), UNKNOWN, np.int32)
    order = np.argsort(queries.length, kind="stable")
    begins = cut(queries.length[order] - 2, batch_tokens)
    with _only_masked(encoder) as ask:
        for begin, end in pairwise(begins):
            rows = order[begin:end]
            ranks[rows] = ask(*queries.batch(rows))
            report(int(end), len(queries))
    return queries.by_place(ranks)


def pooled(ranks: NDArray[np.int32], owner: NDArray[np.intp], phrases: int) -> NDArray[np.int32]:
    """int32, phrases × 2: per phrase the ranks of the place that speaks best for it, the one whose worse edge
    has the smallest rank; UNKNOWN where no place could be judged.

    `owner`: phrase number per place.
    """
    result = np.full((phrases, 2), UNKNOWN, np.int32)
    judged = np.flatnonzero((ranks != UNKNOWN).all(axis=1))
    worse = ranks[judged].max(axis=1)
    # Backwards by rank, so that the last assignment to a phrase is its best place, the first of equals.
    best_last = judged[np.lexsort((-judged, worse))[::-1]] if len(judged) else judged
    result[owner[best_last]] = ranks[best_last]
    return result


def keeps(ranks: NDArray[np.int32], top_n: int) -> NDArray[np.bool_]:
    """Whether both edges are among the top N; what the encoder cannot judge is kept."""
    return np.all(ranks <= top_n, axis=1)


class _Queries:
    """Two per place, one where its first token is its last: ids, where the mask is, and what it hides."""

    def __init__(self, places: Sequence[Place], encoder: Encoder) -> None:
        tokenizer = encoder.tokenizer
        self.mask, self.pad = tokenizer.mask_token_id, tokenizer.pad_token_id or 0
        self.special = set(tokenizer.all_special_ids)
        begin, end = _around(tokenizer)
        self.begin, self.end = begin, end
        room = encoder.max_tokens - len(begin) - len(end)
        self.ids: list[list[int]] = []
        self.at: list[int] = []
        self.truth: list[int] = []
        self.of = np.full((len(places), 2), -1, np.int64)
        encoded = tokenizer(
            [place.text for place in places], add_special_tokens=False, return_offsets_mapping=True,
            return_attention_mask=False, return_token_type_ids=False, verbose=False,
        ) if places else {"input_ids": [], "offset_mapping": []}  # fmt: skip
        for number, place in enumerate(places):
            ids, offsets = encoded["input_ids"][number], encoded["offset_mapping"][number]
            inside = [at for at, (low, high) in enumerate(offsets) if low < place.end and high > place.start]
            if not inside:
                continue
            first, last = inside[0], inside[-1]
            # Of a long text what lies around the phrase.
            skip = max(min((first + last + 1 - room) // 2, len(ids) - room), 0)
            for edge, token in enumerate((first, last)):
                if ids[token] in self.special or not 0 <= token - skip < room:
                    continue
                if edge and first == last:
                    self.of[number, 1] = self.of[number, 0]
                    continue
                self.of[number, edge] = len(self.ids)
                self.ids.append(begin + ids[skip : skip + room] + end)
                self.at.append(token - skip + len(begin))
                self.truth.append(ids[token])
        self.length = np.array([len(ids) for ids in self.ids], np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def batch(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        """(ids, attention or nothing, place of the mask, true token) of some queries."""
        table = np.full((len(rows), int(self.length[rows].max())), self.pad, np.int64)
        for row, number in enumerate(rows.tolist()):
            table[row, : self.length[number]] = self.ids[number]
        at = np.array([self.at[number] for number in rows.tolist()], np.int64)
        truth = np.array([self.truth[number] for number in rows.tolist()], np.int64)
        table[np.arange(len(rows)), at] = self.mask
        visible = np.arange(table.shape[1]) < self.length[rows][:, None]
        return table, visible, at, truth

    def by_place(self, ranks: NDArray[np.int32]) -> NDArray[np.int32]:
        """Ranks per query to ranks per place and edge."""
        padded = np.append(ranks, np.int32(UNKNOWN))
        result: NDArray[np.int32] = padded[self.of]
        return result


def _around(tokenizer: Any) -> tuple[list[int], list[int]]:
    """The special tokens before and after a text, such as [CLS] and [SEP]."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    at = next(at for at in range(len(whole)) if whole[at : at + len(bare)] == bare)
    return whole[:at], whole[at + len(bare) :]


class _only_masked:
    """Ranks of the masked tokens; only their places are multiplied with the vocabulary.

    The head's last matrix is the widest of the model: a hook lets nothing through to it but the masked
    places, whatever the architecture calls its layers.
    """

    def __init__(self, encoder: Encoder) -> None:
        import torch

        self.torch, self.encoder = torch, encoder
        self.rows: Any = None
        special = [number for number in encoder.tokenizer.all_special_ids if 0 <= number < encoder.vocabulary]
        self.special = torch.tensor(sorted(special), dtype=torch.long, device=encoder.device)

    def __enter__(self) -> Callable[..., NDArray[np.int32]]:
        head = self.encoder.model.get_output_embeddings()
        if head is None:
            raise ValueError(f"{self.encoder.name} has no output embeddings, so it predicts no tokens")
        self.hook = head.register_forward_pre_hook(lambda _module, states: (states[0][self.rows],))
        return self.ask

    def __exit__(self, *_: object) -> None:
        self.hook.remove()

    def ask(
        self,
        table: NDArray[np.int64],
        visible: NDArray[np.bool_],
        at: NDArray[np.int64],
        truth: NDArray[np.int64],
    ) -> NDArray[np.int32]:
        torch, device = self.torch, self.encoder.device
        self.rows = (torch.arange(len(at), device=device), torch.from_numpy(at).to(device))
        with torch.inference_mode():
            # Texts of one length need no attention mask, which is the quicker way.
            seen = None if visible.all() else torch.from_numpy(visible).to(device)
            scores = self.encoder.model(
                input_ids=torch.from_numpy(table).to(device), attention_mask=seen
            ).logits.float()
            scores[:, self.special] = -torch.inf
            true = scores.gather(1, torch.from_numpy(truth).to(device)[:, None])
            ranks = (scores > true).sum(dim=1) + 1
        return ranks.to("cpu", torch.int32).numpy()
