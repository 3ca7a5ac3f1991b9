"""The stages of mining one language: each reads what earlier ones left in the workspace, and adds to it."""

import functools
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases import scoring
from mining.phrases.boundaries import boundary_shares
from mining.phrases.candidates import Candidates
from mining.phrases.corpus import Corpus, Report
from mining.phrases.cutting.dictionary import function_words
from mining.phrases.cutting.stream import cut_chinese, tag_english
from mining.phrases.encode import Stream, encode
from mining.phrases.examples import written
from mining.phrases.kept.encode import encode_changes
from mining.phrases.kept.store import put, taken
from mining.phrases.listing import list_phrases
from mining.phrases.ngrams import Level, load_level, spelled
from mining.phrases.parameters import Parameters
from mining.phrases.record import write_record
from mining.phrases.rules import broken_by_words, broken_rule, separators
from mining.phrases.statistics import freedom, pmi
from mining.phrases.suffixes.levels import write_level
from mining.phrases.suffixes.merge import merge_order
from mining.phrases.suffixes.order import Order, write_order
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
        return [load_level(self.workspace, size) for size in range(1, self.longest + 1)]

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
        how = encode_changes if self.before.is_dir() else encode
        facts = how(self.corpus, self.workspace, self.language, self.report)
        if facts["slots"] >= 2**32:
            raise ValueError(f"{facts['slots']} symbols and breaks in {self.language}: more than 2**32")
        return facts

    @property
    def before(self) -> Path:
        """What an earlier run has kept, where there is anything usable."""
        return self.workspace.root / "before"

    @property
    def longest(self) -> int:
        """Symbols of the longest phrase."""
        return self.parameters.sizes(self.language)[1]

    def sort(self) -> Facts:
        """The order of all suffixes, which holds the counts of all n-grams."""
        report = functools.partial(self.report, f"{self.language}:sort")
        symbol, depth = self.stream.symbol, taken(self.before)["depth"] if self.before.is_dir() else 0
        if depth < self.longest:
            depth = self.longest
            write_order(symbol, self.workspace, depth=depth, memory_mb=self.memory_mb, report=report)
        else:
            merge_order(
                Order.load(Workspace(self.before)), self.workspace.array("moved", "<u4"),
                self.workspace.array("fresh", "<u4"), symbol, self.workspace, depth=depth, report=report,
            )  # fmt: skip
        return {"symbols": len(self.workspace.array("order", "<u4")), "depth": depth}

    def keep(self, folder: Path) -> Facts:
        """Leave in the folder what the next run need not read, encode and count again."""
        kept = put(self.workspace, folder, self.language, {"depth": self.workspace.noted("sort")["depth"]})
        shutil.rmtree(self.before, ignore_errors=True)
        return {"kept": kept}

    def count(self, size: int) -> Facts:
        """Frequent n-grams of one size."""
        below = load_level(self.workspace, size - 1) if size > 1 else None
        write_level(
            Order.load(self.workspace), self.stream.symbol, below, self.workspace,
            min_count=self.parameters.min_count, memory_mb=self.memory_mb,
            report=functools.partial(self.report, f"{self.language}:count:{size}"),
        )  # fmt: skip
        level = load_level(self.workspace, size)
        return {"frequent": len(level), "dropped": {"min_count": level.infrequent}}

    def words(self) -> Facts:
        """Where words begin, and their parts of speech: by dictionary in Chinese, as they are in English."""
        if self.language == "zh":
            found = cut_chinese(self.stream, self.workspace, self.report)
        else:
            found = tag_english(self.stream, self.levels[0], self.symbol_texts, self.workspace, self.report)
        return {"words": found}

    @cached_property
    def word(self) -> NDArray[np.int32]:
        """Per slot: above 0 where a word begins, the word's number; -1 inside one; 0 in a break."""
        return self.workspace.array("word", "<i4") if self.language == "zh" else self.stream.symbol

    @cached_property
    def tag(self) -> NDArray[np.uint8]:
        return self.workspace.array("tag", "u1")

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
        return self.save("cohesion", candidates, facts)

    def freedom(self) -> Facts:
        """Those with different neighbours on both sides."""
        candidates = Candidates.load(self.workspace, "cohesion")
        columns: dict[str, NDArray[Any]] = {
            "left_entropy": np.zeros(len(candidates)),
            "right_entropy": np.zeros(len(candidates)),
            "document_count": np.zeros(len(candidates), np.int64),
            "raw_count": np.zeros(len(candidates), np.int64),
        }
        free = self.free_symbols()
        for level, rows, group_of in candidates.by_level(self.levels):
            counts = level.count[group_of >= 0]
            measured = freedom(
                level, group_of, counts, self.stream, free, self.corpus.document, self.memory_mb
            )
            for name, values in zip(columns, measured, strict=True):
                columns[name][rows] = values
            self.report(f"{self.language}:freedom", *candidates.occurrences_upto(rows))
        candidates.columns |= columns
        poorer = np.minimum(columns["left_entropy"], columns["right_entropy"])
        candidates.drop("min_entropy", poorer < self.parameters.min_entropy)
        return self.save("freedom", candidates, {})

    def free_symbols(self) -> NDArray[np.bool_]:
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
        if self.language == "zh":
            self._apply_boundaries(candidates)
        return self.save("boundaries", candidates, {})

    def _apply_boundaries(self, candidates: Candidates) -> None:
        symbols = self.spell(candidates)
        broken: list[str] = []
        for level, rows, group_of in candidates.by_level(self.levels):
            counts = level.count[group_of >= 0]
            both, each = boundary_shares(level, group_of, counts, self.word, self.memory_mb)
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
        candidates.drop("absorbed", absorbed(candidates, self.levels, self.parameters.absorb_share))
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
        return self.save("select", candidates, {})

    def describe(self) -> Facts:
        """The phrases as they are shown, written to `phrases.jsonl`."""
        candidates = Candidates.load(self.workspace, "select")
        phrases, rows, dropped = list_phrases(
            candidates, self.levels, self.corpus, self.stream, self.language, self.parameters,
            functools.partial(self.report, f"{self.language}:describe"),
        )  # fmt: skip
        self.workspace.write_text("phrases.jsonl", "".join(phrase.to_json() + "\n" for phrase in phrases))
        order = np.array([*rows, *dropped], np.intp)
        listed = {name: column[order] for name, column in candidates.columns.items()}
        listed["reason"] = np.array([*[""] * len(rows), *dropped.values()], "<U32")
        self.workspace.save_table("described", listed)
        counts = {
            rule: list(dropped.values()).count(rule)
            for rule in ("same_normal_form", "near_duplicate", "max_phrases")
        }
        return {"phrases": len(phrases), "dropped": counts}

    def record(self, stages: list[str]) -> Facts:
        """What became of every candidate, written to `record.jsonl`."""
        glue = "" if self.language == "zh" else " "
        return dict(write_record(
            self.workspace, self.language, stages, most=self.parameters.record,
            spell=lambda candidates: [glue.join(row) for row in self.spell(candidates)],
        ))  # fmt: skip

    def save(self, stage: str, candidates: Candidates, facts: Facts) -> Facts:
        candidates.save(self.workspace, stage)
        self.workspace.save_table(f"{stage}.gone", candidates.gone)
        return facts | {"kept": len(candidates), "dropped": candidates.dropped}


def absorbed(candidates: Candidates, levels: list[Level], share: float) -> NDArray[np.bool_]:
    """bool per candidate: one longer candidate holds that share of its occurrences."""
    alive = [np.zeros(len(level), bool) for level in levels]
    for level, _, group_of in candidates.by_level(levels):
        alive[level.size - 1] = group_of >= 0
    containers = scoring.largest_container(levels, alive)
    found = np.zeros(len(candidates), bool)
    for level, rows, group_of in candidates.by_level(levels):
        held = containers[level.size - 1][group_of >= 0]
        found[rows] = held >= share * level.count[group_of >= 0]
    return found
