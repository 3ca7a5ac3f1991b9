"""The stages of mining one language: each reads what earlier ones left in the workspace, and adds to it."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases import scoring
from mining.phrases.boundaries import boundary_shares, function_words, load_boundaries, mark_boundaries
from mining.phrases.candidates import Candidates
from mining.phrases.corpus import Corpus, Report
from mining.phrases.encode import Stream, encode
from mining.phrases.examples import written
from mining.phrases.listing import list_phrases
from mining.phrases.ngrams import Level, first_level, load_level, next_level, spelled
from mining.phrases.parameters import Parameters
from mining.phrases.rules import broken_by_words, broken_rule, separators
from mining.phrases.statistics import freedom, occurrences, pmi
from mining.phrases.workspace import Workspace
from mining.sentences.normal_form import normal_form

Facts = dict[str, Any]


class LanguageStages:
    """The corpus of one language and what is done with it."""

    def __init__(self, language: str, parameters: Parameters, workspace: Workspace, report: Report) -> None:
        self.language, self.parameters = language, parameters
        self.workspace, self.report = workspace, report
        self.memory_mb = parameters.memory_mb

    @cached_property
    def corpus(self) -> Corpus:
        return Corpus(self.workspace)

    @cached_property
    def stream(self) -> Stream:
        return Stream(self.workspace)

    @cached_property
    def levels(self) -> list[Level]:
        return [
            load_level(self.workspace, size) for size in range(1, self.parameters.sizes(self.language)[1] + 1)
        ]

    @cached_property
    def symbol_texts(self) -> list[str]:
        """The frequent symbols, folded, by their number at level 1."""
        level = self.levels[0]
        first = np.zeros(len(level), np.int64)
        # Backwards, so that the last assignment to each is its first occurrence.
        first[np.asarray(level.gram)[::-1]] = np.asarray(level.slot)[::-1]
        return [
            normal_form(written(int(slot), 1, self.corpus, self.stream)).replace("’", "'") for slot in first
        ]

    def spell(self, candidates: Candidates) -> list[tuple[str, ...]]:
        """The symbols of every candidate."""
        texts, result = self.symbol_texts, []
        for level, rows, _ in candidates.by_level(self.levels):
            numbers = spelled(self.levels, level.size)[candidates["gram"][rows].astype(np.intp)]
            result += [tuple(texts[number] for number in row) for row in numbers.tolist()]
        return result

    def encode(self) -> Facts:
        facts = encode(self.corpus, self.workspace, self.language, self.report)
        if facts["slots"] >= 2**32:
            raise ValueError(f"{facts['slots']} symbols and breaks in {self.language}: more than 2**32")
        return facts

    def count(self, size: int) -> Facts:
        """Frequent n-grams of one size."""
        limits = {"min_count": self.parameters.min_count, "memory_mb": self.memory_mb}
        if size == 1:
            first_level(self.stream.symbol, self.workspace, **limits)
        else:
            next_level(load_level(self.workspace, size - 1), self.workspace, **limits)
        level = load_level(self.workspace, size)
        return {"frequent": len(level), "dropped": {"min_count": level.infrequent}}

    def cohesion(self) -> Facts:
        """All frequent n-grams whose parts belong together, and that break no rule of form."""
        total = int(np.count_nonzero(self.stream.symbol))
        smallest = self.parameters.sizes(self.language)[0]
        levels = [level for level in self.levels if level.size >= smallest]
        candidates = Candidates({
            "size": np.concatenate([np.full(len(level), level.size, np.int64) for level in levels]),
            "gram": np.concatenate([np.arange(len(level)) for level in levels]),
            "count": np.concatenate([level.count for level in levels]),
            "pmi": np.concatenate([pmi(self.levels, level.size, total) for level in levels]),
        })  # fmt: skip
        facts = {"candidates": len(candidates)}
        candidates.drop("min_pmi", candidates["pmi"] < self.parameters.min_pmi)
        symbols = self.spell(candidates)
        lengths = np.array([sum(map(len, row)) for row in symbols], np.int64)
        broken = np.array([broken_rule(row, self.language) or "" for row in symbols], dtype="<U32")
        broken[lengths > self.parameters.max_surface] = "max_surface"
        rare = (candidates["size"] == 1) & (candidates["count"] < self.parameters.min_word_count)
        broken[rare & (broken == "")] = "min_word_count"
        candidates.drop_by_name(broken)
        return self._save("cohesion", candidates, facts)

    def freedom(self) -> Facts:
        """Those with different neighbours on both sides."""
        candidates = Candidates.load(self.workspace, "cohesion")
        columns: dict[str, NDArray[Any]] = {
            "left_entropy": np.zeros(len(candidates)),
            "right_entropy": np.zeros(len(candidates)),
            "document_count": np.zeros(len(candidates), np.int64),
            "raw_count": np.zeros(len(candidates), np.int64),
        }
        free = self._free_symbols()
        for level, rows, group_of in candidates.by_level(self.levels):
            counts = level.count[group_of >= 0]
            measured = freedom(
                level, group_of, counts, self.stream, free, self.corpus.document, self.memory_mb
            )
            for name, values in zip(columns, measured, strict=True):
                columns[name][rows] = values
            self.report(f"{self.language}:freedom", level.size, len(self.levels))
        candidates.columns |= columns
        poorer = np.minimum(columns["left_entropy"], columns["right_entropy"])
        candidates.drop("min_entropy", poorer < self.parameters.min_entropy)
        return self._save("freedom", candidates, {})

    def _free_symbols(self) -> NDArray[np.bool_]:
        """bool per symbol number: beside it a phrase is free (breaks and function words)."""
        free = np.zeros(int(self.stream.symbol.max(initial=0)) + 1, bool)
        function = [text in separators(self.language) for text in self.symbol_texts]
        free[self.levels[0].left[np.array(function, bool)]] = True
        free[0] = True
        return free

    def boundaries(self) -> Facts:
        """Chinese: those that begin and end where words do, and not with a stop word. English: all."""
        candidates = Candidates.load(self.workspace, "freedom")
        candidates["boundary_share"] = np.ones(len(candidates))
        facts: Facts = {}
        if self.language == "zh":
            wanted = self._sentences_with(candidates)
            facts["segmented"] = len(wanted)
            mark_boundaries(
                self.corpus, self.stream, wanted, self.workspace, batch=self.parameters.boundary_batch,
                report=self.report, stage="zh:boundaries",
            )  # fmt: skip
            self._apply_boundaries(candidates)
        return self._save("boundaries", candidates, facts)

    def _sentences_with(self, candidates: Candidates) -> NDArray[np.int64]:
        wanted = np.zeros(len(self.corpus), bool)
        for level, rows, group_of in candidates.by_level(self.levels):
            for slot, _ in occurrences(level, group_of, 0, rows.stop - rows.start, self.memory_mb):
                wanted[self.stream.sentences_at(slot)] = True
        return np.flatnonzero(wanted)

    def _apply_boundaries(self, candidates: Candidates) -> None:
        mask, symbols = load_boundaries(self.workspace), self.spell(candidates)
        broken: list[str] = []
        for level, rows, group_of in candidates.by_level(self.levels):
            counts = level.count[group_of >= 0]
            both, each = boundary_shares(level, group_of, counts, mask, self.memory_mb)
            candidates["boundary_share"][rows] = both
            broken += [
                broken_by_words(row, shares, function_words()) or ""
                for row, shares in zip(symbols[rows], each.tolist(), strict=True)
            ]
        rules = np.array(broken, dtype="<U32")
        rules[candidates["boundary_share"] < self.parameters.min_boundary_share] = "min_boundary_share"
        candidates.drop_by_name(rules)

    def select(self) -> Facts:
        """Scores; parts of longer phrases go."""
        candidates = Candidates.load(self.workspace, "boundaries")
        alive = [np.zeros(len(level), bool) for level in self.levels]
        for level, _, group_of in candidates.by_level(self.levels):
            alive[level.size - 1] = group_of >= 0
        containers = scoring.largest_container(self.levels, alive)
        absorbed = np.zeros(len(candidates), bool)
        for level, rows, group_of in candidates.by_level(self.levels):
            held = containers[level.size - 1][group_of >= 0]
            absorbed[rows] = held >= self.parameters.absorb_share * level.count[group_of >= 0]
        candidates.drop("absorbed", absorbed)
        documents = candidates["document_count"]
        candidates["score"] = scoring.score(
            candidates["pmi"],
            np.minimum(candidates["left_entropy"], candidates["right_entropy"]),
            documents,
            candidates["boundary_share"],
            (candidates["raw_count"] + 0.5) / (candidates["count"] + 1.0),
            rarity=np.log(max(self.corpus.documents, 1) / np.maximum(documents, 1)),
        )
        candidates.drop("min_score", candidates["score"] < self.parameters.min_score)
        return self._save("select", candidates, {})

    def describe(self) -> Facts:
        """The phrases as they are shown, written to `phrases.jsonl`."""
        candidates = Candidates.load(self.workspace, "select")
        phrases, dropped = list_phrases(
            candidates, self.levels, self.corpus, self.stream, self.language, self.parameters
        )
        self.workspace.write_text("phrases.jsonl", "".join(phrase.to_json() + "\n" for phrase in phrases))
        return {"phrases": len(phrases), "dropped": dropped}

    def _save(self, stage: str, candidates: Candidates, facts: Facts) -> Facts:
        candidates.save(self.workspace, stage)
        return facts | {"kept": len(candidates), "dropped": candidates.dropped}
