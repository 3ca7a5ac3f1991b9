"""The tables of mining, one word of the design per file."""

from mining.models.candidate import PhraseCandidate, PhraseExample, RunPhrase
from mining.models.corpus import Corpus, Document, DocumentKind, Sentence
from mining.models.label_set import LabelSet, LabelSetItem, Split
from mining.models.model_version import Evaluation, ModelVersion
from mining.models.run import Run, RunKind, RunLine, RunStatus

__all__ = [
    "Corpus",
    "Document",
    "DocumentKind",
    "Evaluation",
    "LabelSet",
    "LabelSetItem",
    "ModelVersion",
    "PhraseCandidate",
    "PhraseExample",
    "Run",
    "RunKind",
    "RunLine",
    "RunPhrase",
    "RunStatus",
    "Sentence",
    "Split",
]
