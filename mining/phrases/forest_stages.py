"""The stages of the supervised miner of one language, after counting: candidates, features, forest, phrasal
segmentation, forest again, pruning, selection.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from mining.phrases import scoring
from mining.phrases.boundaries import boundary_shares
from mining.phrases.candidates import Candidates
from mining.phrases.cutting.dictionary import function_words
from mining.phrases.cutting.tags import GROUPS, NAMES, group_of_tags
from mining.phrases.lexicons.knowledge import Knowledge
from mining.phrases.ngrams import Level, spelled
from mining.phrases.parameters import Parameters
from mining.phrases.pruning import Pruner, prune
from mining.phrases.quality.decided_features import decided_features
from mining.phrases.quality.decisions import enough, favoured, score_as_decided
from mining.phrases.quality.embeddings import averages, symbol_vectors
from mining.phrases.quality.features import document_frequencies, feature_table, parts_of, tag_shares
from mining.phrases.quality.forest import ENOUGH, Labels, train_and_score
from mining.phrases.rules import broken_by_words, broken_rule
from mining.phrases.segment.rectify import segment_corpus
from mining.phrases.stages import Facts, LanguageStages, absorbed
from mining.phrases.statistics import freedom, pmi

FEWEST_SEEDS = 30  # with fewer the forest learns from the best by the unsupervised score as well
SEED_SHARE = 0.02  # of the candidates, when the lexicon has too few
JUDGES = ("quality", "rectify", "decisions")  # stages that say what a phrase is worth


def forest_stages(parameters: Parameters, *, ranked: bool, decided: bool = False) -> tuple[str, ...]:
    """What follows the measuring, in order. The ranks of a masked language model are either a cut after the
    forest's last word, or come before it as features. decided: people decided on many phrases.
    """
    evidence = ranked and not parameters.mlm_cuts
    chosen = {
        "quality": True, "segment": parameters.segment, "mlm": evidence,
        "rectify": parameters.segment or evidence, "decisions": decided,
    }  # fmt: skip
    names = tuple(name for name, wanted in chosen.items() if wanted)
    return (*names, "mlm") if ranked and not evidence else names


class ForestStages:
    """What is done with the counted corpus of one language."""

    def __init__(self, base: LanguageStages, knowledge: Knowledge, *, ranked: bool = False) -> None:
        """ranked: there is a masked language model."""
        self.base, self.knowledge = base, knowledge
        self.language, self.parameters = base.language, base.parameters
        many = min(len(knowledge.accepted), len(knowledge.rejected)) >= ENOUGH
        self.stages = forest_stages(self.parameters, ranked=ranked, decided=many)
        self.workspace, self.report = base.workspace, base.report

    def candidates(self) -> Facts:
        """All frequent n-grams that break no rule of form; in Chinese only those whose edges are those of
        words often enough.
        """
        smallest = self.parameters.sizes(self.language)[0]
        levels = [level for level in self.base.levels if level.size >= smallest]
        total = int(np.count_nonzero(self.base.stream.symbol))
        found = Candidates({
            "size": np.concatenate([np.full(len(level), level.size, np.int64) for level in levels]),
            "gram": np.concatenate([np.arange(len(level)) for level in levels]),
            "count": np.concatenate([level.count for level in levels]),
            "pmi": np.concatenate([pmi(self.base.levels, level.size, total) for level in levels]),
        })  # fmt: skip
        facts = {"candidates": len(found)}
        rare = (found["size"] == 1) & (found["count"] < self.parameters.min_word_count)
        found.drop("min_word_count", rare)
        self._boundaries(found)
        self._rules(found)
        return self.base.save("candidates", found, facts)

    def _boundaries(self, found: Candidates) -> None:
        found["boundary_share"] = np.ones(len(found))
        found["inner_share"] = np.ones(len(found))
        if self.language != "zh":
            return
        broken = np.full(len(found), "", "<U32")
        function = function_words()
        symbols = None
        for level, rows, group_of in found.by_level(self.base.levels):
            both, each = boundary_shares(
                level, group_of, level.count[group_of >= 0], self.base.word, self.parameters.memory_mb
            )
            found["boundary_share"][rows] = both
            inner = each[:, 1:-1]
            found["inner_share"][rows] = inner.mean(axis=1) if inner.shape[1] else 1.0
            torn = both < self.parameters.min_boundary_share
            broken[rows] = np.where(torn, "min_boundary_share", "")
            # Rules read words one by one: only what is left after the cheap test.
            left = np.flatnonzero(~torn)
            symbols = self._texts(level, found["gram"][rows][left])
            for at, row, shares in zip(left.tolist(), symbols, each[left].tolist(), strict=True):
                broken[rows.start + at] = broken_by_words(row, shares, function) or ""
            self.report(f"{self.language}:candidates", *found.occurrences_upto(rows))
        found.drop_by_name(broken)

    def _rules(self, found: Candidates) -> None:
        symbols = self.base.spell(found)
        broken = np.array([broken_rule(row, self.language) or "" for row in symbols], dtype="<U32")
        lengths = np.array([sum(map(len, row)) for row in symbols], np.int64)
        broken[lengths > self.parameters.max_surface] = "max_surface"
        found.drop_by_name(broken)

    def _texts(self, level: Level, grams: NDArray[np.int64]) -> list[tuple[str, ...]]:
        texts = self.base.symbol_texts
        numbers = spelled(self.base.levels, level.size)[grams.astype(np.intp)]
        return [tuple(texts[number] for number in row) for row in numbers.tolist()]

    def measure(self) -> Facts:
        """Everything that features are made of, except quality."""
        found = Candidates.load(self.workspace, "candidates")
        base, memory_mb = self.base, self.parameters.memory_mb
        names = ("left_entropy", "right_entropy", "document_count", "raw_count")
        for name in names:
            found[name] = np.zeros(len(found), np.int64 if name.endswith("count") else np.float64)
        shares = np.zeros((len(found), 2 * len(GROUPS)), np.float32)
        free, groups = base.free_symbols(), group_of_tags(self.language)
        for level, rows, group_of in found.by_level(base.levels):
            counts = level.count[group_of >= 0]
            measured = freedom(level, group_of, counts, base.stream, free, base.corpus.document, memory_mb)
            for name, values in zip(names, measured, strict=True):
                found[name][rows] = values
            shares[rows] = tag_shares(level, group_of, counts, base.tag, groups, memory_mb)
            self.report(f"{self.language}:measure", *found.occurrences_upto(rows))
        for at, column in enumerate(shares.T):
            found[f"{'first' if at < len(GROUPS) else 'last'}_{GROUPS[at % len(GROUPS)]}"] = column
        alive = [np.ones(len(level), bool) for level in base.levels]
        containers = scoring.largest_container(base.levels, alive)
        documents = document_frequencies(base.stream, base.corpus.document)
        rarity = np.log((base.corpus.documents + 1) / (documents[base.levels[0].left] + 0.5))
        for name in ("held", "idf_mean", "idf_min", "idf_max", "idf_first", "idf_last"):
            found[name] = np.zeros(len(found))
        for level, rows, group_of in found.by_level(base.levels):
            found["held"][rows] = containers[level.size - 1][group_of >= 0] / level.count[group_of >= 0]
            for name, values in parts_of(rarity[self._spelled(level, group_of)]).items():
                found[name][rows] = values
        if self.parameters.vector_size:
            self._embed()
        return base.save("measure", found, {})

    def _spelled(self, level: Level, group_of: NDArray[np.int64]) -> NDArray[np.int32]:
        return spelled(self.base.levels, level.size)[group_of >= 0]

    def _embed(self) -> None:
        symbol = self.base.stream.symbol
        counts = np.zeros(int(symbol.max(initial=0)) + 1, np.int64)
        counts[self.base.levels[0].left] = self.base.levels[0].count
        vectors = symbol_vectors(
            symbol, counts, size=self.parameters.vector_size, seed=self.parameters.seed,
            memory_mb=self.parameters.memory_mb,
        )  # fmt: skip
        self.workspace.save_table("vectors", {"vectors": vectors[self.base.levels[0].left]})

    def features(self, found: Candidates) -> NDArray[np.float32]:
        """float32, candidates × features."""
        total = int(np.count_nonzero(self.base.stream.symbol))
        table = feature_table(found.columns, total=total, documents=self.base.corpus.documents)
        if not self.parameters.vector_size or not len(found):
            return table
        vectors = self.workspace.load_table("vectors")["vectors"]
        parts = [
            averages(vectors, self._spelled(level, group_of))
            for level, _, group_of in found.by_level(self.base.levels)
        ]
        return np.hstack([table, *([np.concatenate(parts)] if parts else [])])

    def quality(self) -> Facts:
        """The forest's first word, on frequencies as counted."""
        found = Candidates.load(self.workspace, "measure")
        texts = [self._form(row) for row in self.base.spell(found)]
        found["seed"] = self._seeds(found, texts)
        found["decided"] = np.array(
            [(text in self.knowledge.accepted) - (text in self.knowledge.rejected) for text in texts], np.int8
        )
        facts: Facts = {
            "seeds": int((found["seed"] == 1).sum()),
            "seeds composed": int((found["seed"] == 2).sum()),
            "seeds by score": int((found["seed"] == 3).sum()),
            "in a lexicon, but rarely alone": int((found["seed"] == -1).sum()),
            "accepted": int((found["decided"] > 0).sum()),
            "rejected": int((found["decided"] < 0).sum()),
        }
        found["quality"] = self._judge(found)
        self._last_word("quality", found)
        return self.base.save("quality", found, facts)

    def _last_word(self, stage: str, found: Candidates) -> None:
        """The threshold, where no later stage judges again."""
        if stage == [name for name in self.stages if name in JUDGES][-1]:
            found.drop("min_quality", found["quality"] < self.parameters.min_quality)

    def _form(self, symbols: tuple[str, ...]) -> str:
        return ("" if self.language == "zh" else " ").join(symbols)

    def _seeds(self, found: Candidates, texts: list[str]) -> NDArray[np.int8]:
        """1: a frequent raw phrase that a lexicon has; 2: one that is composed of content words and a noun;
        3: where those are too few, the best by score; -1: in a lexicon but too rarely alone, no example of
        anything; 0: the pool.
        """
        raw = found["raw_count"] >= self.parameters.min_seed_count
        known = np.array([self.knowledge.holds(text, self.language) for text in texts], bool)
        seeds = known.astype(np.int8) * np.where(raw, 1, -1).astype(np.int8)
        if self.parameters.compose_seeds:
            composed = (seeds == 0) & self._composed(found)
            seeds[composed] = np.where(raw[composed], 2, -1)
        for single in (True, False):
            kind = (found["size"] == 1) == single
            if kind.any() and int((seeds[kind] > 0).sum()) < FEWEST_SEEDS:
                score = np.where(raw & kind & (seeds <= 0), self._unsupervised(found), -1.0)
                wanted = max(FEWEST_SEEDS, int(SEED_SHARE * kind.sum()))
                best = np.argsort(-score, kind="stable")[:wanted]
                seeds[best[score[best] > 0]] = 3
        return seeds

    def _composed(self, found: Candidates) -> NDArray[np.bool_]:
        """Of several words, the last a noun and the first a noun or what may stand before one."""
        if found["size"].max(initial=0) < 2:
            return np.zeros(len(found), bool)
        several = (found["inner_share"] > 0) & (found["size"] > 1) & (found["boundary_share"] > 0.9)
        leads = found["first_noun"] + found["first_modifier"] + found["first_verb"]
        stands = found["raw_count"] >= 2
        return several & stands & (found["last_noun"] > 0.8) & (leads > 0.8)

    def _unsupervised(self, found: Candidates) -> NDArray[np.float64]:
        documents = np.maximum(found["document_count"], 1)
        return scoring.score(
            found["pmi"],
            np.minimum(found["left_entropy"], found["right_entropy"]),
            found["document_count"],
            found["boundary_share"],
            (found["raw_count"] + 0.5) / (found["count"] + 1.0),
            rarity=np.log(max(self.base.corpus.documents, 1) / documents),
        )

    def _judge(self, found: Candidates) -> NDArray[np.float64]:
        """Single words and longer phrases are judged apart: cohesion means nothing for the first. Decisions
        of people count here only while they are too few for a forest of their own.
        """
        features, quality = self.features(found), np.zeros(len(found))
        decided, seed = found["decided"], found["seed"]
        # Phrases that were decided on are guesses in no case.
        heard = np.zeros_like(decided) if "decisions" in self.stages and enough(decided) else decided
        for single in (True, False):
            rows = np.flatnonzero((found["size"] == 1) == single)
            labels = Labels(
                seeds=np.flatnonzero((seed[rows] > 0) & (decided[rows] == 0)),
                pool=np.flatnonzero((seed[rows] == 0) & (decided[rows] == 0)),
                accepted=np.flatnonzero(heard[rows] > 0),
                rejected=np.flatnonzero(heard[rows] < 0),
                count=found["count"][rows],
            )
            if labels.usable:
                quality[rows] = train_and_score(
                    features[rows], labels, trees=self.parameters.trees, draw=self.parameters.draw,
                    seed=self.parameters.seed,
                )  # fmt: skip
            known = np.isin(seed[rows], (1, 2)).sum() + len(labels.accepted)
            if len(rows) and not (labels.usable and known >= FEWEST_SEEDS):
                undecided = decided[rows] == 0
                guessed = np.where(undecided, self._unlearnt(found)[rows], 0)
                quality[rows] = np.maximum(quality[rows], guessed)
        return quality

    def _unlearnt(self, found: Candidates) -> NDArray[np.float64]:
        """Where there is little to learn from, as in a few thousand sentences: above one half what the method
        that learns nothing would keep.
        """
        poorer = np.minimum(found["left_entropy"], found["right_entropy"])
        holds = np.isnan(found["pmi"]) | (found["pmi"] >= self.parameters.min_pmi)
        kept = holds & (poorer >= self.parameters.min_entropy)
        return np.round((kept + self._unsupervised(found)) / 2, 9)

    def segment(self) -> Facts:
        """Frequencies as phrasal segmentation sees them."""
        found = Candidates.load(self.workspace, "quality")
        base = self.base
        nodes = int(self.workspace.read_text("nodes")) if self.language == "zh" else int(
            base.stream.symbol.max(initial=0)) + 1  # fmt: skip
        found["rectified"] = segment_corpus(
            found, base.levels, base.stream.symbol, base.word, base.tag, nodes=nodes,
            tags=len(NAMES[self.language]), rounds=self.parameters.rounds,
            guided=self.parameters.part_of_speech,
            report=functools.partial(self.report, f"{self.language}:segment"),
        )  # fmt: skip
        found.drop("not_segmented", found["rectified"] < self.parameters.min_count)
        return base.save("segment", found, {})

    def rectify(self) -> Facts:
        """The forest's second word, on rectified frequencies and ranks, as far as there are any."""
        found = self._judged("rectify")
        found["first_quality"] = found["quality"]
        found["quality"] = self._judge(found)
        self._last_word("rectify", found)
        return self.base.save("rectify", found, {})

    def decisions(self) -> Facts:
        """The word of the forest that people's decisions teach, if there are enough in this language. The
        list is as long as the seeds' forest would have made it; who is on it is for the decisions to say.
        """
        found = self._judged("decisions")
        facts = {"taught by": 0}
        if not enough(found["decided"]):
            self._last_word("decisions", found)
            return self.base.save("decisions", found, facts)
        facts["taught by"] = int((found["decided"] != 0).sum())
        found["seed_quality"] = found["quality"]
        texts = [self._form(row) for row in self.base.spell(found)]
        own = decided_features(found, self.base, self.knowledge, texts)
        found["quality"] = score_as_decided(
            np.hstack([self.features(found), own]), found["decided"],
            trees=self.parameters.trees, seed=self.parameters.seed,
        )  # fmt: skip
        found["favoured"] = favoured(found["quality"], found["count"], self.parameters.favour_frequent)
        length = int((found["seed_quality"] >= self.parameters.min_quality).sum())
        beyond = np.ones(len(found), bool)
        beyond[np.argsort(-found["favoured"], kind="stable")[:length]] = False
        found.drop("min_quality", beyond)
        return self.base.save("decisions", found, facts)

    def _judged(self, before: str) -> Candidates:
        """The candidates as the last stage before `before` left them."""
        stages = [*self.stages, "select"]
        return Candidates.load(self.workspace, stages[stages.index(before) - 1])

    def mlm(self, pruner: Pruner) -> Facts:
        """A masked language model's word on whether phrases are complete: a cut, or evidence."""
        found = self._judged("mlm")
        ranks = prune(
            found, self.base, pruner, contexts=self.parameters.mlm_contexts,
            report=functools.partial(self.report, f"{self.language}:mlm"),
        )  # fmt: skip
        found.columns |= {"first_rank": ranks["first"], "last_rank": ranks["last"]}
        if self.parameters.mlm_cuts:
            found.drop("incomplete", ~ranks["keep"])
        return self.base.save("mlm", found, {})

    def select(self) -> Facts:
        """Scores for the list; parts of longer phrases go."""
        found = self._judged("select")
        found.drop("absorbed", absorbed(found, self.base.levels, self.parameters.absorb_share))
        found["score"] = found["favoured"] if "favoured" in found.columns else found["quality"]
        found.drop("min_score", found["score"] < self.parameters.min_score)
        return self.base.save("select", found, {})
