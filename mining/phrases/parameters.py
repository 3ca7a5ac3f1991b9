"""What a mining run is told, and what it reads."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass

# Part of every fingerprint: raise it when a change of the code changes the result.
ALGORITHM = 3
LANGUAGES = ("zh", "en")
METHODS = ("unsupervised", "forest")


@dataclass(frozen=True)
class Parameters:
    """What a person may set; a value outside its range raises ValueError naming the field.

    Method `unsupervised` scores by cohesion and freedom (min_pmi, min_entropy, absorb_share); `forest` is the
    paper's: a robust forest that learns from seeds (min_quality), and with `segment` a second one on
    frequencies that phrasal segmentation has rectified; where people have decided on enough phrases, one that
    learns from them has the last word. A symbol is a Chinese character or a run of Latin
    letters or digits in Chinese text, a word in English.
    """

    method: str = "forest"
    min_count: int = 3  # occurrences; the paper's section 4.1.1 uses 3
    min_word_count: int = 5  # occurrences of an English single word
    min_chars: int = 2  # symbols of a Chinese phrase
    max_chars: int = 8
    max_words: int = 5  # words of an English phrase
    max_surface: int = 60  # characters of any phrase as written
    min_pmi: float = 1.5  # nats, of the weakest binary split
    min_entropy: float = 0.6  # nats, of the poorer side
    min_boundary_share: float = 0.7  # occurrences whose two edges are word boundaries (Chinese)
    absorb_share: float = 0.8  # dropped when one longer phrase holds this share of the occurrences
    merge_near: bool = True  # near duplicates stand behind the best of them
    min_score: float = 0.0
    max_phrases: int = 0  # per language, best scores first; 0 keeps all
    examples: int = 3  # example sentences per phrase
    top_categories: int = 5
    min_seed_count: int = 3  # times that a seed stands alone between two breaks
    compose_seeds: bool = True  # take noun phrases that stand alone as seeds too
    min_quality: float = 0.5  # share of the trees that call a candidate a phrase
    favour_frequent: float = 0.6  # of log odds per log of the count, where decisions of people judge
    trees: int = 300  # base trees of the forest
    draw: int = 100  # positives and negatives drawn for each: K of the paper
    vector_size: int = 32  # averaged embeddings among the features; 0 leaves them out
    segment: bool = True  # rectify frequencies by phrasal segmentation
    part_of_speech: bool = True  # let parts of speech guide it
    rounds: int = 3  # of its Viterbi training
    mlm_contexts: int = 4  # sentences shown to a masked language model, where there is one
    mlm_cuts: bool = True  # its top N is a hard cut (the paper's); else its ranks are features of the forest
    seed: int = 1  # of all that is drawn at random
    record: int = 200_000  # dropped candidates that are written down per language, 0 none
    memory_mb: int = 512  # rough budget of the counting stages' working arrays

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be {' or '.join(METHODS)}, not {self.method!r}")
        for name in ("merge_near", "compose_seeds", "segment", "part_of_speech", "mlm_cuts"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name} must be true or false, not {getattr(self, name)!r}")
        for name, low, high in _RANGES:
            value, wanted = getattr(self, name), type(getattr(Parameters, name))
            if isinstance(value, bool) or not isinstance(value, (int, wanted)):
                raise ValueError(f"{name} must be a number ({wanted.__name__}), not {value!r}")
            if not low <= value <= high:
                raise ValueError(f"{name} must be between {low} and {high}, not {value!r}")
        if self.min_chars > self.max_chars:
            raise ValueError(f"min_chars must not exceed max_chars ({self.max_chars}), is {self.min_chars}")

    def fingerprint(self, *known: str) -> str:
        """16 hex digits that change with any parameter, with the algorithm and with what else is `known`."""
        told = json.dumps([ALGORITHM, dataclasses.asdict(self), *known], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def sizes(self, language: str) -> tuple[int, int]:
        """Fewest and most symbols of a phrase of that language."""
        return (self.min_chars, self.max_chars) if language == "zh" else (1, self.max_words)


_RANGES = (
    ("min_count", 1, 10**9),
    ("min_word_count", 1, 10**9),
    ("min_chars", 1, 16),
    ("max_chars", 1, 16),
    ("max_words", 1, 16),
    ("max_surface", 1, 500),
    ("min_pmi", -100.0, 100.0),
    ("min_entropy", 0.0, 100.0),
    ("min_boundary_share", 0.0, 1.0),
    ("absorb_share", 0.0, 1.01),  # above 1 nothing is absorbed
    ("min_score", 0.0, 1.0),
    ("max_phrases", 0, 10**9),
    ("examples", 0, 100),
    ("top_categories", 0, 100),
    ("min_seed_count", 1, 10**9),
    ("min_quality", 0.0, 1.0),
    ("favour_frequent", 0.0, 10.0),
    ("trees", 1, 10_000),
    ("draw", 1, 100_000),
    ("vector_size", 0, 1000),
    ("rounds", 1, 100),
    ("mlm_contexts", 1, 100),
    ("seed", 0, 2**31 - 1),
    ("record", 0, 10**9),
    ("memory_mb", 16, 10**6),
)


@dataclass(frozen=True, slots=True)
class SentenceText:
    """One sentence as the miner reads it; a document is of the category of its first sentence with one."""

    id: int
    document_id: int
    language: str
    category_id: int | None
    text: str
