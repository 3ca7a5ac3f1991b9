"""The features that only the forest of people's decisions gets, beside those of the seeds' forest."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mining.phrases.candidates import Candidates
from mining.phrases.cutting.tags import NAMES
from mining.phrases.lexicons.knowledge import Knowledge
from mining.phrases.quality.surroundings import (
    PLACES,
    edge_tags,
    generality,
    sentence_lengths,
    surroundings,
)

if TYPE_CHECKING:
    from mining.phrases.stages import LanguageStages


def decided_features(
    found: Candidates, base: "LanguageStages", knowledge: Knowledge, texts: list[str]
) -> NDArray[np.float32]:
    """float32, candidates × features. texts: normal form of each candidate."""
    tags = len(NAMES[base.language])
    places = np.zeros((len(found), len(PLACES)))
    edges = np.zeros((len(found), 2 * tags), np.float32)
    lengths = sentence_lengths(base.stream)
    for level, rows, group_of in found.by_level(base.levels):
        counts = level.count[group_of >= 0]
        places[rows] = surroundings(level, group_of, counts, base.stream, base.word, lengths, base.memory_mb)
        edges[rows] = edge_tags(level, group_of, counts, base.tag, tags, base.memory_mb)
    raw_share = (found["raw_count"] + 0.5) / (found["count"] + 1.0)
    total = int(np.count_nonzero(base.stream.symbol))
    general = generality(texts, base.language, found["count"], total, knowledge.lexicon)
    own = np.stack([found["seed_quality"], raw_share, np.log1p(found["raw_count"])], axis=1)
    return np.hstack([own, places, general, edges]).astype(np.float32)
