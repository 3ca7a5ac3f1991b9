"""The whole loop on real text: import, mine, ask a simulated crowd, learn, curate, release, export.

Two ways of choosing what to ask run side by side on the same candidates: by the model's doubt with the
campaign's random share, and purely at random. Both are measured after every round on the same tasks,
the evaluation sample that neither learns from, against the data's own annotations.

SMALL=1 for a quick look, DATA names the folder of the development data; without it the bench is skipped
with a word. The last line is one JSON object.
"""

import hashlib
import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

DATA = Path(os.environ.get("DATA") or Path(__file__).resolve().parents[2] / "shared/data")
Say = Callable[[str], None]
# How often each annotator of the simulated crowd is right; three of them answer each task.
CROWD = (0.97, 0.95, 0.95, 0.93, 0.9, 0.85, 0.8, 0.7)
OVERLAP = 3
SERVED = 10
STRATEGIES = {"doubt": 0.2, "random": 1.0}  # the random share of each


@dataclass(frozen=True)
class Scale:
    every: dict[str, int]  # each so manieth document is imported
    candidates: int  # the best-scored ones are asked about
    rounds: int
    step: int  # training labels between two rounds
    seeds: tuple[int, ...]


SMALL = Scale({"zh": 8, "en": 2}, candidates=500, rounds=3, step=40, seeds=(1,))
FULL = Scale({"zh": 1, "en": 1}, candidates=3000, rounds=8, step=60, seeds=(1, 2))


@dataclass
class Loop:
    """What one language's way through the loop left behind."""

    language: str
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    # strategy -> seed -> [(training labels, metrics), …]
    curves: dict[str, dict[int, list[tuple[int, dict[str, float]]]]] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str):
        began = time.monotonic()
        yield
        self.seconds[stage] = round(self.seconds.get(stage, 0) + time.monotonic() - began, 2)


def run_loop(*, data: Path, scale: Scale, folder: Path, say: Say = print) -> dict[str, Any]:
    """The loop for Chinese and English in the workspace at hand, then one release of both."""
    from graph.actions.setup import ensure_default_ontology

    ensure_default_ontology()
    loops = [
        run_language(language, data=data, scale=scale, folder=folder, say=say) for language in ("zh", "en")
    ]
    released = curate_and_export(folder, say)
    return {
        "bench": "loop",
        "languages": {loop.language: report(loop) for loop in loops},
        "release": released,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def run_language(language: str, *, data: Path, scale: Scale, folder: Path, say: Say) -> Loop:
    from bench.real_input import truth

    loop = Loop(language)
    yes = truth(data, language)
    with loop.timed("import"):
        loop.counts["documents"] = import_documents(data, language, scale, folder)
    with loop.timed("mine"):
        loop.counts["candidates"] = mine(language)
    say(f"{language}: {loop.counts['documents']} documents, {loop.counts['candidates']} candidates")
    with loop.timed("fill"):
        campaigns = open_campaigns(language, scale)
    tasks = next(iter(campaigns.values())).tasks
    loop.counts["tasks"] = tasks.count()
    loop.counts["yes among them"] = sum(is_yes(task, yes) for batch in tasks.in_batches() for task in batch)
    for (strategy, seed), campaign in campaigns.items():
        curve = learn(loop, campaign, yes=yes, scale=scale, seed=seed)
        loop.curves.setdefault(strategy, {})[seed] = curve
        points = ", ".join(f"{labels}: {metrics['average_precision']:.3f}" for labels, metrics in curve)
        say(f"{language} {strategy} seed {seed}: average precision by labels {points}")
    with loop.timed("act"):
        act_on_verdicts()
    return loop


def import_documents(data: Path, language: str, scale: Scale, folder: Path) -> int:
    from django.core.management import call_command

    from bench.real_input import documents
    from mining.models import Document

    file = folder / f"{language}.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for document in documents(data, language, every=scale.every[language]):
            lines.write(json.dumps(document, ensure_ascii=False) + "\n")
    with open(os.devnull, "w") as quiet:
        call_command(
            "import_documents", str(file), corpus=f"real {language}", create_categories=True, stdout=quiet
        )
    return Document.objects.filter(language=language).count()


def mine(language: str) -> int:
    from django.core.management import call_command

    from mining.models import PhraseCandidate

    # One category per phrase: a phrase learnt in one category and measured in another would be no test.
    told = {"corpus": [f"real {language}"], "language": language, "categories_per_phrase": 1}
    with open(os.devnull, "w") as quiet:
        call_command("mine_phrases", stdout=quiet, **told)
    return PhraseCandidate.objects.filter(language=language).count()


def open_campaigns(language: str, scale: Scale) -> dict[tuple[str, int], Any]:
    """One campaign per strategy and seed, filled before anybody is asked, so that all have the same tasks.

    The pool of a task hangs on the campaign's seed alone: two campaigns of one seed have the same
    evaluation sample and begin with the same tasks.
    """
    from annotation.actions.campaigns import Policy, create_campaign, start_campaign
    from annotation.actions.filling import fill_campaign

    campaigns = {}
    for seed in scale.seeds:
        for strategy, share in STRATEGIES.items():
            campaign = create_campaign(
                name=f"{language} {strategy} {seed}",
                kind="phrase",
                question="poi",
                languages=[language],
                source={"limit": scale.candidates},
                seed=seed,
                policy=Policy(
                    overlap=OVERLAP, random_share=share, evaluation_share=0.2, retrain_every=scale.step
                ),
                actor="bench",
            )
            campaigns[strategy, seed] = campaign
    for campaign in campaigns.values():
        fill_campaign(campaign, actor="bench")
        start_campaign(campaign=campaign, actor="bench")
    return campaigns


def learn(loop: Loop, campaign: Any, *, yes: set[str], scale: Scale, seed: int) -> list:
    """Rounds of asking and learning; after each, how good the newest model is."""
    from mining.actions.learning import start_training
    from mining.actions.rounds import run_round
    from mining.actions.runs import work_on

    crowd = Crowd(campaign, yes=yes, seed=seed)
    curve = []
    for number in range(1, scale.rounds + 1):
        with loop.timed("ask"):
            labels = crowd.answer_until(number * scale.step)
        if labels < number * scale.step:
            break  # nothing is left to ask
        with loop.timed("learn"):
            run = work_on(start_training(campaign=campaign).pk, run_round)
        if run is None or run.status != "done":
            raise RuntimeError(f"training run failed: {run and run.error}")
        curve.append((labels, measure_newest(campaign, yes)))
    loop.counts["judgments"] = loop.counts.get("judgments", 0) + crowd.given
    return curve


class Crowd:
    """Simulated annotators who are served and answer through the same actions as people."""

    def __init__(self, campaign: Any, *, yes: set[str], seed: int) -> None:
        from people.models import User

        self.campaign, self.yes = campaign, yes
        self.seed = seed
        self.given = 0
        self.annotators = [
            User.objects.get_or_create(username=f"simulated-{number}", defaults={"is_simulated": True})[0]
            for number in range(len(CROWD))
        ]

    def answer_until(self, labels: int) -> int:
        """Answer until there are so many training labels, or nothing is left to answer."""
        from annotation.actions.serving import serve
        from mining.actions.learning import training_labels

        labelled = training_labels(self.campaign)
        while (there := labelled.count()) < labels:
            answered = 0
            for annotator, skill in zip(self.annotators, CROWD, strict=True):
                for task in serve(campaign=self.campaign, annotator=annotator, size=SERVED):
                    self._answer(task, annotator, skill)
                    answered += 1
                if labelled.count() >= labels:
                    break
            if not answered:
                break
        return there

    def _answer(self, task: Any, annotator: Any, skill: float) -> None:
        from annotation.actions.judging import record_judgment
        from annotation.models import Answer

        # Whatever is asked when: the same person errs on the same candidates in both strategies.
        chance = random.Random(f"{self.seed} {annotator.username} {task.candidate_id}")
        says_yes = is_yes(task, self.yes) is (chance.random() < skill)
        record_judgment(
            judgment_id=uuid5(NAMESPACE_OID, f"{task.pk} {annotator.pk}"),
            task=task,
            annotator=annotator,
            answer=Answer.ACCEPT if says_yes else Answer.REJECT,
            took=timedelta(seconds=round(chance.uniform(1, 6), 1)),
        )
        self.given += 1


def is_yes(task: Any, yes: set[str]) -> bool:
    from mining.sentences.normal_form import normal_form

    return normal_form(task.content["phrase"]) in yes


def measure_newest(campaign: Any, yes: set[str]) -> dict[str, float]:
    """The newest version on all of the evaluation sample, against the annotations and not the noisy crowd."""
    import numpy as np

    from annotation import kinds
    from annotation.models import Pool
    from mining.actions.rounds import load
    from mining.classifiers.metrics import values

    tasks = list(campaign.tasks.filter(pool=Pool.EVALUATION).order_by("pk"))
    truth = np.array([is_yes(task, yes) for task in tasks])
    newest = campaign.model_versions.order_by("-number")[0]
    probabilities = load(newest).probabilities(kinds.get(campaign.kind).features(tasks))
    found = values(truth, probabilities)
    return {name: round(value, 4) for name, value in found.items() if value is not None}


def act_on_verdicts() -> None:
    from annotation.tasks import act_on_waiting_verdicts

    act_on_waiting_verdicts()


def curate_and_export(folder: Path, say: Say) -> dict[str, Any]:
    """A curator approves what was proposed; the release is exported twice and must be the same bytes."""
    from graph.actions.curate import decide
    from graph.actions.release import cut_release
    from graph.exports import FORMATS, export
    from graph.models import Status, Triple
    from people.models import Role, User

    curator, _created = User.objects.get_or_create(username="bench-curator", defaults={"role": Role.CURATOR})
    proposed = Triple.objects.filter(status=Status.PROPOSED)
    began = time.monotonic()
    while chosen := list(proposed.order_by("pk").values_list("pk", flat=True)[:500]):
        decide(triple_ids=chosen, status=Status.APPROVED, by=curator, reason="bench")
    release = cut_release(levels=["schema", "instance"], note="bench", by=curator)
    files = {}
    for name, form in FORMATS.items():
        path = folder / form.filename(release)
        with path.open("wb") as file:
            file.writelines(export(release, form))
        again = hashlib.sha256(b"".join(export(release, form))).hexdigest()
        files[name] = {
            "bytes": path.stat().st_size,
            "same_twice": hashlib.sha256(path.read_bytes()).hexdigest() == again,
        }
    seconds = round(time.monotonic() - began, 2)
    say(f"release {release.number}: {release.concepts} concepts, {release.triples} triples in {seconds} s")
    return {"concepts": release.concepts, "triples": release.triples, "seconds": seconds, "files": files}


def report(loop: Loop) -> dict[str, Any]:
    """Curves averaged over the seeds, and what choosing by doubt saves against choosing at random."""
    curves = {strategy: average(list(by_seed.values())) for strategy, by_seed in loop.curves.items()}
    doubt, at_random = curves["doubt"], curves["random"]
    return {
        "counts": loop.counts,
        "seconds": loop.seconds,
        "curves": {
            strategy: [{"labels": labels, **metrics} for labels, metrics in curve]
            for strategy, curve in curves.items()
        },
        "area_under_average_precision": {name: area(curve) for name, curve in curves.items()},
        "labels_to_reach_what_random_reaches": labels_to_reach(doubt, at_random[-1][1]["average_precision"]),
        "labels_random_took": at_random[-1][0],
    }


def average(curves: list[list[tuple[int, dict[str, float]]]]) -> list[tuple[int, dict[str, float]]]:
    rounds = min(map(len, curves))
    points = []
    for at in range(rounds):
        labels = round(sum(curve[at][0] for curve in curves) / len(curves))
        names = set.intersection(*(set(curve[at][1]) for curve in curves))
        means = {
            name: round(sum(curve[at][1][name] for curve in curves) / len(curves), 4)
            for name in sorted(names)
        }
        points.append((labels, means))
    return points


def area(curve: list[tuple[int, dict[str, float]]], metric: str = "average_precision") -> float:
    """Mean height of the curve between its first and last point."""
    if len(curve) < 2:
        return curve[0][1][metric]
    total = sum(
        (after - before) * (high[metric] + low[metric]) / 2
        for (before, low), (after, high) in pairwise(curve)
    )
    return round(total / (curve[-1][0] - curve[0][0]), 4)


def labels_to_reach(curve: list, height: float, metric: str = "average_precision") -> int | None:
    """Training labels at which the curve first comes to a height, between points by a straight line."""
    before = None
    for labels, metrics in curve:
        if metrics[metric] >= height:
            if before is None:
                return labels
            share = (height - before[1]) / (metrics[metric] - before[1])
            return round(before[0] + share * (labels - before[0]))
        before = (labels, metrics[metric])
    return None


def main() -> None:
    from bench.real_input import missing

    if gone := missing(DATA):
        print(f"bench/loop is skipped: DATA ({DATA}) has no {', '.join(gone)}", file=sys.stderr)
        print(json.dumps({"bench": "loop", "skipped": f"no {', '.join(gone)}"}))
        return
    small = bool(os.environ.get("SMALL", "").strip("0"))
    with tempfile.TemporaryDirectory(prefix="kgcurate-bench-") as home:
        os.environ["KGCURATE_VAR"] = f"{home}/var"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kgcurate.settings")
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        from kgcurate import servers

        with servers.for_command(["manage.py", "migrate"]):
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            began = time.monotonic()
            figures = run_loop(data=DATA, scale=SMALL if small else FULL, folder=Path(home), say=tell)
            figures |= {
                "small": small,
                "seconds": round(time.monotonic() - began, 1),
                "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
            }
    print(json.dumps(figures, ensure_ascii=False))


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
