"""The phrase miner of AliMe KG, section 4.1.1 (Fig. 4), and the unsupervised baseline of its Table 3.

Frequent n-grams that pass the heuristic rules, judged by a forest that learns from seeds, whose frequencies
phrasal segmentation rectifies; or scored by pointwise mutual information and left and right entropy.
"""

import functools
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from mining.phrases.corpus import Report, read_corpus
from mining.phrases.forest_stages import ForestStages
from mining.phrases.kept.read import read_changes
from mining.phrases.kept.source import Source
from mining.phrases.lexicons.knowledge import Knowledge
from mining.phrases.parameters import LANGUAGES, Parameters, SentenceText
from mining.phrases.pruning import Pruner
from mining.phrases.result import MinedPhrases
from mining.phrases.stages import LanguageStages
from mining.phrases.workspace import Workspace

Step = tuple[str, Callable[[], dict[str, Any]]]


def mine_phrases(
    sentences: Callable[[], Iterable[SentenceText]] | Source,
    *,
    parameters: Parameters,
    work_dir: Path,
    report: Report,
    knowledge: Knowledge | None = None,
    pruner: Pruner | None = None,
    kept: Path | None = None,
) -> MinedPhrases:
    """Mine the sentences; a killed run called again with the same arguments goes on after its last whole
    stage.

    `work_dir` belongs to one state of the corpus: a folder inside it is named by the fingerprint of the
    parameters, and the sentences are read once per folder. Delete it when the result is stored.
    sentences: what reads all of them, or a source that can read those of some documents; then counts may be
    `kept` in a folder, which belongs to one choice of documents: a run reads and counts only what has changed
    since the last one, and finds the same as without.
    `report(stage, done, total)` is called as each stage advances and once it is finished ("read",
    "zh:encode", "zh:count:2" …; total 0 when unknown). It may raise to cancel: what is finished stays
    finished.
    """
    knowledge = knowledge or Knowledge()
    told = (knowledge.digest(), pruner.name if pruner else "")
    root = Workspace(work_dir / parameters.fingerprint(*told))
    timer: dict[str, float] = {}
    read = _run(root, "read", "read", lambda: _read(sentences, kept, root.root, report), report, timer)
    stages: dict[str, dict[str, dict[str, Any]]] = {}
    for language in LANGUAGES:
        workspace = Workspace(root.root / language)
        todo = _steps(language, parameters, workspace, report, knowledge, pruner, kept)
        stages[language] = {
            name: _run(workspace, name, f"{language}:{name}", step, report, timer) for name, step in todo
        }
    for found in stages.values():
        found.pop("keep_counts", None)
    return MinedPhrases(
        files=tuple(root.root / language / "phrases.jsonl" for language in LANGUAGES),
        records=tuple(root.root / language / "record.jsonl" for language in LANGUAGES),
        read=read["read"],
        skipped=read["skipped"],
        documents=read.get("documents", {}),
        documents_read=read.get("documents_read", {}),
        dropped={
            language: {name: facts.pop("dropped") for name, facts in found.items() if "dropped" in facts}
            for language, found in stages.items()
        },
        stages=stages,
        seconds=timer,
    )


def _read(
    sentences: Callable[[], Iterable[SentenceText]] | Source, kept: Path | None, folder: Path, report: Report
) -> dict[str, Any]:
    if callable(sentences):
        return read_corpus(sentences(), folder, report)
    return read_changes(sentences, kept, folder, report)


def _steps(
    language: str,
    parameters: Parameters,
    workspace: Workspace,
    report: Report,
    knowledge: Knowledge,
    pruner: Pruner | None,
    kept: Path | None,
) -> list[Step]:
    longest = parameters.sizes(language)[1]
    stages = LanguageStages(language, parameters, workspace, report)
    counting: list[Step] = [
        (f"count:{size}", functools.partial(stages.count, size)) for size in range(1, longest + 1)
    ]
    keeping: list[Step] = [("keep_counts", functools.partial(stages.keep, kept))] if kept else []
    begin: list[Step] = [
        ("encode", stages.encode), ("sort", stages.sort), *keeping, *counting, ("words", stages.words),
    ]  # fmt: skip
    middle: list[Step]
    if parameters.method == "unsupervised":
        middle = [
            ("cohesion", stages.cohesion),
            ("freedom", stages.freedom),
            ("boundaries", stages.boundaries),
            ("select", stages.select),
        ]
    else:
        forest = ForestStages(stages, knowledge, ranked=pruner is not None)
        later: dict[str, Callable[[], dict[str, Any]]] = {
            "quality": forest.quality,
            "segment": forest.segment,
            "rectify": forest.rectify,
            "decisions": forest.decisions,
        }
        if pruner is not None:
            later["mlm"] = functools.partial(forest.mlm, pruner)
        middle = [
            ("candidates", forest.candidates),
            ("measure", forest.measure),
            *((name, later[name]) for name in forest.stages),
            ("select", forest.select),
        ]
    names = [name for name, _ in middle]
    end: list[Step] = [("describe", stages.describe), ("record", functools.partial(stages.record, names))]
    return [*begin, *middle, *end]


def _run(
    workspace: Workspace,
    name: str,
    stage: str,
    step: Callable[[], dict[str, Any]],
    report: Report,
    timer: dict[str, float],
) -> dict[str, Any]:
    """The facts of a stage: as noted when it has finished before, else after doing it."""
    facts = workspace.finished(name)
    if facts is None:
        began = time.monotonic()
        facts = step()
        facts["seconds"] = round(time.monotonic() - began, 3)
        workspace.finish(name, facts)
        report(stage, 1, 1)
    timer[stage] = facts.pop("seconds")
    return facts
