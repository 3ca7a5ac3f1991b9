"""What the training of an encoder is told. Web processes import this file."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass

# Part of every fingerprint: raise it when a change of the code changes the result.
ALGORITHM = 1
# layers, width, heads; the sizes of Turc et al., "Well-Read Students Learn Better" (2019), and BERT's own.
SIZES = {
    "tiny": (2, 128, 2),
    "mini": (4, 256, 4),
    "small": (4, 512, 8),
    "medium": (8, 512, 8),
    "base": (12, 768, 12),
}
PRECISIONS = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True)
class TrainingParameters:
    """A small BERT and its training; a value outside its range raises ValueError naming the field."""

    size: str = "tiny"  # a name in SIZES
    vocabulary: int = 8_000  # tokens at most, special ones included
    max_tokens: int = 64  # per piece of text, [CLS] and [SEP] included; longer sentences are cut in pieces
    epochs: float = 4.0  # how often each sentence is seen
    steps: int = 0  # updates of the weights; 0 follows from epochs
    batch_tokens: int = 4_096  # tokens of a batch, padding included
    accumulate: int = 1  # batches per update
    learning_rate: float = 2e-3
    warmup: float = 0.06  # share of the steps in which the rate rises; afterwards it falls to 0
    weight_decay: float = 0.01
    dropout: float = 0.1
    mask_share: float = 0.15  # of the tokens, Devlin et al. (2019) 3.1
    held_out: int = 2_000  # sentences to measure with, a hundredth of all at most
    evaluations: int = 8  # measured so often while it trains
    precision: str = "auto"
    seed: int = 1

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value, wanted = getattr(self, name), type(getattr(TrainingParameters, name))
            if isinstance(value, bool) or not isinstance(value, (int, wanted)):
                raise ValueError(f"{name} must be a number ({wanted.__name__}), not {value!r}")
            if not low <= value <= high:
                raise ValueError(f"{name} must be between {low} and {high}, not {value!r}")
        for name, known in (("size", tuple(SIZES)), ("precision", PRECISIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, not {getattr(self, name)!r}")

    def fingerprint(self) -> str:
        """16 hex digits that change with any parameter and with the algorithm."""
        told = json.dumps([ALGORITHM, dataclasses.asdict(self)], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


_RANGES = (
    ("vocabulary", 100, 60_000),
    ("max_tokens", 8, 512),
    ("epochs", 0.01, 1_000.0),
    ("steps", 0, 10**8),
    ("batch_tokens", 64, 10**6),
    ("accumulate", 1, 1_000),
    ("learning_rate", 1e-7, 0.1),
    ("warmup", 0.0, 1.0),
    ("weight_decay", 0.0, 1.0),
    ("dropout", 0.0, 0.9),
    ("mask_share", 0.01, 0.9),
    ("held_out", 1, 10**6),
    ("evaluations", 1, 1_000),
    ("seed", 0, 2**31 - 1),
)
