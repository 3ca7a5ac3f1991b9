"""The masked language model as the phrase miner knows it (mining.phrases.pruning)."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mining.phrases.pruning import PhraseInContext, Ranks

if TYPE_CHECKING:
    from mining.encoders.load import Encoder

ALONE, IN_SENTENCES = WAYS = ("alone", "sentences")


class MaskedPruner:
    """Keeps phrases whose first and last token the encoder has among its `top_n` guesses, each masked while
    the other is seen (AliMe KG 4.1.1).

    way: "alone" shows the encoder nothing but the phrase, as the paper does; "sentences" shows it the phrase
    in each of its sentences, of which the one that speaks best for it counts.
    identity: tells one version of the encoder from another. `load` is called when the first phrase comes.
    """

    def __init__(self, load: "Callable[[], Encoder]", *, identity: str, top_n: int, way: str = ALONE) -> None:
        if way not in WAYS:
            raise ValueError(f"way must be one of {', '.join(WAYS)}, not {way!r}")
        if top_n < 1:
            raise ValueError(f"top_n must be at least 1, not {top_n}")
        self.name = f"{identity} top {top_n} {way}"
        self._load, self.top_n, self.way = load, top_n, way

    @cached_property
    def encoder(self) -> "Encoder":
        return self._load()

    def __call__(self, phrases: Sequence[PhraseInContext]) -> list[Ranks]:
        from mining.encoders.prune import UNKNOWN, Place, edge_ranks, keeps, pooled

        owners: list[int] = []
        places: list[Place] = []
        for number, phrase in enumerate(phrases):
            contexts = phrase.contexts if self.way == IN_SENTENCES else ()
            shown = [Place(context.text, context.start, context.end) for context in contexts]
            for place in shown or [Place.alone(phrase.text)]:
                owners.append(number)
                places.append(place)
        ranks = pooled(edge_ranks(places, self.encoder), np.array(owners, np.intp), len(phrases))
        return [
            Ranks(
                first=None if first == UNKNOWN else first - 1,
                last=None if last == UNKNOWN else last - 1,
                keep=keep,
            )
            for (first, last), keep in zip(ranks.tolist(), keeps(ranks, self.top_n).tolist(), strict=True)
        ]
