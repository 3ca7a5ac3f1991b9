"""The last stage: candidates to phrases with texts, categories and examples, best first."""

import dataclasses
import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from mining.phrases.candidates import Candidates
from mining.phrases.corpus import Corpus
from mining.phrases.duplicates import near_key
from mining.phrases.encode import Stream
from mining.phrases.examples import Description, describe
from mining.phrases.ngrams import Level
from mining.phrases.parameters import Parameters
from mining.phrases.result import CategoryShare, Occurrence, Phrase
from mining.sentences.normal_form import normal_form


def list_phrases(
    candidates: Candidates,
    levels: list[Level],
    corpus: Corpus,
    stream: Stream,
    language: str,
    parameters: Parameters,
    report: Callable[[int, int], None],
) -> tuple[list[Phrase], list[int], dict[int, str]]:
    """Phrases by falling score, then text; their rows; and by which rule other rows were dropped."""
    found: list[tuple[Phrase, int]] = []
    for level, rows, group_of in candidates.by_level(levels):
        description = describe(
            level,
            group_of,
            level.count[group_of >= 0],
            corpus,
            stream,
            language=language,
            examples=parameters.examples,
            categories=parameters.top_categories,
            memory_mb=parameters.memory_mb,
            report=lambda done, before=rows.start: report(before + done, len(candidates)),  # type: ignore[misc]
        )
        described = _phrases(candidates, rows, description, corpus, language)
        found += zip(described, range(rows.start, rows.stop), strict=True)
    found.sort(key=lambda one: (-one[0].score, one[0].normalised, one[0].text))
    best: dict[str, int] = {}  # place of the phrase that stands for each key
    kept: list[tuple[Phrase, int]] = []
    variants: list[list[str]] = []
    dropped: dict[int, str] = {}
    for phrase, row in found:
        key = near_key(phrase.normalised, language) if parameters.merge_near else phrase.normalised
        if (place := best.get(key)) is not None:
            same = kept[place][0].normalised == phrase.normalised
            dropped[row] = "same_normal_form" if same else "near_duplicate"
            variants[place] += [] if same else [phrase.text]
        elif parameters.max_phrases and len(kept) == parameters.max_phrases:
            dropped[row] = "max_phrases"
        else:
            best[key] = len(kept)
            kept.append((phrase, row))
            variants.append([])
    phrases = [
        dataclasses.replace(phrase, variants=tuple(others))
        for (phrase, _), others in zip(kept, variants, strict=True)
    ]
    return phrases, [row for _, row in kept], dropped


def _phrases(
    candidates: Candidates, rows: slice, description: Description, corpus: Corpus, language: str
) -> Iterator[Phrase]:
    columns = {name: column[rows].tolist() for name, column in candidates.columns.items()}
    totals = np.bincount(corpus.category_of[corpus.category_of >= 0], minlength=len(corpus.categories))
    for at, text in enumerate(description.texts):
        row = {name: column[at] for name, column in columns.items()}
        yield Phrase(
            text=text,
            normalised=normal_form(text),
            language=language,
            count=row["count"],
            document_count=row["document_count"],
            raw_count=row["raw_count"],
            pmi=None if row["pmi"] != row["pmi"] else round(row["pmi"], 6),
            left_entropy=round(row["left_entropy"], 6),
            right_entropy=round(row["right_entropy"], 6),
            boundary_share=round(row["boundary_share"], 6),
            score=row["score"],
            length=row["size"],
            categories=tuple(_shares(description.categories[at], row["document_count"], totals, corpus)),
            occurrences=tuple(
                Occurrence(int(corpus.id[sentence]), start, end)
                for sentence, start, end in description.examples[at].tolist()
                if sentence >= 0
            ),
        )


def _shares(
    filed: NDArray[np.int64], document_count: int, totals: NDArray[np.int64], corpus: Corpus
) -> Iterator[CategoryShare]:
    for category, documents in filed.tolist():
        if category >= 0:
            lift = documents * corpus.documents / (document_count * int(totals[category]))
            together = -math.log(documents / corpus.documents)
            association = math.log(lift) / together if together else 1.0
            yield CategoryShare(
                int(corpus.categories[category]), documents, round(lift, 6), round(association, 6)
            )
