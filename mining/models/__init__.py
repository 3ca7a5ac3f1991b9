"""The tables of mining, one word of the design per file."""

from mining.models.candidate import PhraseCandidate, PhraseExample, RunPhrase
from mining.models.candidate_fate import CandidateFate
from mining.models.corpus import Corpus, Document, DocumentKind, Sentence
from mining.models.encoder import Encoder
from mining.models.image_candidate import SHOWN_CLASSES, Image, ImageCandidate
from mining.models.judging_sample import JudgingSample
from mining.models.label_set import LabelSet, LabelSetItem, Split
from mining.models.model_version import Evaluation, ModelVersion
from mining.models.relation_candidate import SENTENCE_RELATIONS, RelationCandidate
from mining.models.run import Run, RunKind, RunLine, RunStatus

__all__ = [
    "SENTENCE_RELATIONS",
    "SHOWN_CLASSES",
    "CandidateFate",
    "Corpus",
    "Document",
    "DocumentKind",
    "Encoder",
    "Evaluation",
    "Image",
    "ImageCandidate",
    "JudgingSample",
    "LabelSet",
    "LabelSetItem",
    "ModelVersion",
    "PhraseCandidate",
    "PhraseExample",
    "RelationCandidate",
    "Run",
    "RunKind",
    "RunLine",
    "RunPhrase",
    "RunStatus",
    "Sentence",
    "Split",
]
