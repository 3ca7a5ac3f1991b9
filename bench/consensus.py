"""Consensus: accuracy of each method, and how many judgments adaptive overlap saves.

Real crowds with known truth (crowd_labels, crowd_product_match below DATA). First every method on all
judgments of each set; then the recorded judgments of each task are replayed in random order, once with a
fixed number of people and once stopping where the posterior is sure, both decided by Dawid-Skene.
SMALL=1 for a minute's look, DATA names the folder of the development data; the last line is one JSON object.
"""

import csv
import json
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np

from annotation.consensus import dawid_skene as ds
from annotation.consensus import methods, naive_bayes

REPO = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("DATA") or REPO.parent / "shared/data")
SMALL = os.environ.get("SMALL") == "1"
SEEDS = (1,) if SMALL else (1, 2, 3, 4, 5)
SETS = ("bluebird", "dog", "rte", "sentiment2", "sentiment_sp", "relevance4", "fact_eval", "product_match")
REPLAYED = ("rte", "dog", "sentiment2", "sentiment_sp", "relevance4")  # enough answers a task to choose from
FIXED = (1, 2, 3, 4, 5, 7, 9)
THRESHOLDS = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
LEAST = 2
FEW = 20_000  # judgments; beyond it, the methods that take minutes are left out of a small run
SLOW = ("glad", "mace", "mmsr")
# People's figures are fitted anew when so much of the whole has come in, as the product does.
REFIT = 0.05


def main() -> int:
    if not (DATA / "crowd_labels").is_dir():
        print(f"skipped: no development data below {DATA}")
        print(json.dumps({"bench": "consensus", "skipped": True}))
        return 0
    figures = {"bench": "consensus", "small": SMALL, "python": platform.python_version(), "sets": {}}
    for name in SETS:
        judgments, truth = read(name)
        figures["sets"][name] = {
            "judgments": len(judgments),
            "tasks": judgments.task_count,
            "methods": accuracy_of_methods(judgments, truth),
        }
        print(name, json.dumps(figures["sets"][name]["methods"]), flush=True)
        if name in REPLAYED:
            figures["sets"][name]["adaptive"] = savings(judgments, truth)
            print(name, json.dumps(figures["sets"][name]["adaptive"]), flush=True)
    figures["million"] = a_million()
    print(json.dumps(figures))
    return 0


def read(name: str) -> tuple[ds.Judgments, np.ndarray]:
    """A set as arrays, and the true class of each task (-1 where nobody knows)."""
    folder = DATA / ("crowd_product_match" if name == "product_match" else f"crowd_labels/{name}")
    with (folder / "label.csv").open(encoding="utf-8") as file:
        rows = [(row["item"], row["worker"], row["label"]) for row in csv.DictReader(file)]
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        known = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    tasks, task_places = np.unique([row[0] for row in rows], return_inverse=True)
    people, person_places = np.unique([row[1] for row in rows], return_inverse=True)
    labels = sorted({row[2] for row in rows} | set(known.values()))
    place = {label: number for number, label in enumerate(labels)}
    answers = np.array([place[row[2]] for row in rows])
    truth = np.array([place.get(known.get(str(task), ""), -1) for task in tasks])
    judgments = ds.Judgments(task_places, person_places, answers, len(tasks), len(people), len(labels))
    return judgments, truth


def accuracy_of_methods(judgments: ds.Judgments, truth: np.ndarray) -> dict[str, dict]:
    figures: dict[str, dict] = {}
    for name in methods.METHODS:
        if SMALL and name in SLOW and len(judgments) > FEW:
            continue
        began = time.monotonic()
        try:
            posteriors = methods.fit(name, judgments).posteriors
        except methods.DidNotFit as error:
            figures[name] = {"failed": str(error)[:80]}
            continue
        seconds = time.monotonic() - began
        figures[name] = {"accuracy": round(accuracy(posteriors, truth), 4), "seconds": round(seconds, 2)}
    figures["dawid_skene_of_crowd_kit"] = theirs(judgments, truth)
    return figures


def theirs(judgments: ds.Judgments, truth: np.ndarray) -> dict[str, float]:
    """crowd-kit's own Dawid-Skene beside ours, in the same run."""
    began = time.monotonic()
    posteriors = methods.by_crowd_kit("DawidSkene", n_iter=100)(judgments).posteriors
    return {
        "accuracy": round(accuracy(posteriors, truth), 4),
        "seconds": round(time.monotonic() - began, 2),
    }


def accuracy(posteriors: np.ndarray, truth: np.ndarray) -> float:
    """Share of right verdicts where the truth is known; a draw is worth its chance of being right."""
    known = truth >= 0
    best = posteriors[known].max(axis=1, keepdims=True)
    winners = posteriors[known] >= best - 1e-9
    hits = winners[np.arange(known.sum()), truth[known]]
    return float((hits / winners.sum(axis=1)).mean())


def savings(judgments: ds.Judgments, truth: np.ndarray) -> dict:
    """Judgments per task and accuracy, fixed and adaptive; medians over seeds; and what is saved."""
    most = int(np.bincount(judgments.tasks).max())
    fixed = {k: [] for k in FIXED if k <= most}
    stopped = {threshold: [] for threshold in THRESHOLDS}
    for seed in SEEDS:
        queues = replay_order(judgments, seed)
        for k, points in fixed.items():
            points.append(
                spent_and_accuracy(judgments, [row for queue in queues for row in queue[:k]], truth)
            )
        for threshold, points in stopped.items():
            rows = adaptive(judgments, queues, threshold, most=min(most, max(fixed)))
            points.append(spent_and_accuracy(judgments, rows, truth))
    curve = {k: medians(points) for k, points in fixed.items()}
    told = {threshold: medians(points) for threshold, points in stopped.items()}
    return {
        "fixed": curve,
        "adaptive": told,
        "saved": {threshold: saved(point, list(curve.values())) for threshold, point in told.items()},
    }


def replay_order(judgments: ds.Judgments, seed: int) -> list[list[int]]:
    """The rows of each task in random order; the first k are what k people would have said."""
    queues: list[list[int]] = [[] for _ in range(judgments.task_count)]
    for row in np.random.default_rng(seed).permutation(len(judgments)):
        queues[judgments.tasks[row]].append(int(row))
    return queues


def adaptive(judgments: ds.Judgments, queues: list[list[int]], stop_at: float, *, most: int) -> list[int]:
    """The rows that are asked for when each task stops by itself.

    Tasks are asked one after the other; people's figures are those of the last fit, as in the product.
    """
    asked: list[int] = []
    counts, prior = None, [1 / judgments.classes] * judgments.classes
    next_fit = REFIT * len(judgments)
    for queue in queues:
        for many, row in enumerate(queue[:most], start=1):
            asked.append(row)
            if many < LEAST:
                continue
            said = [
                (int(judgments.answers[row]), None if counts is None else counts[judgments.annotators[row]])
                for row in queue[:many]
            ]
            if max(naive_bayes.posteriors(said, prior)) >= stop_at:
                break
        if len(asked) >= next_fit:
            part = some(judgments, asked)
            fitted = ds.dawid_skene(part)
            counts = ds.confusion_counts(part, fitted.posteriors).tolist()
            # Tasks that nobody has seen yet are uniform: only those asked about say what is common.
            prior = ds.class_prior(fitted.posteriors[np.unique(part.tasks)]).tolist()
            next_fit = len(asked) * (1 + REFIT * 5)
    return asked


def some(judgments: ds.Judgments, rows: list[int]) -> ds.Judgments:
    return ds.Judgments(
        judgments.tasks[rows],
        judgments.annotators[rows],
        judgments.answers[rows],
        judgments.task_count,
        judgments.annotator_count,
        judgments.classes,
    )


def spent_and_accuracy(judgments: ds.Judgments, rows: list[int], truth: np.ndarray) -> tuple[float, float]:
    posteriors = ds.dawid_skene(some(judgments, rows)).posteriors
    return len(rows) / judgments.task_count, accuracy(posteriors, truth)


def medians(points: list[tuple[float, float]]) -> list[float]:
    return [round(statistics.median(values), 4) for values in zip(*points, strict=True)]


def saved(point: list[float], curve: list[list[float]]) -> float | None:
    """Share of judgments saved against the fixed overlap of equal accuracy, read off between two points
    of its curve; None where no fixed overlap that was tried is so accurate."""
    spent, reached = point
    before = None
    for needed, accuracy_there in sorted(curve):
        if accuracy_there >= reached:
            if before and accuracy_there > before[1]:
                share = (reached - before[1]) / (accuracy_there - before[1])
                needed = before[0] + share * (needed - before[0])
            return round(1 - spent / needed, 3)
        before = (needed, accuracy_there)
    return None


def a_million() -> dict[str, float]:
    """Seconds of a full fit of a million judgments of a made-up crowd."""
    chance = np.random.default_rng(1)
    tasks, people, classes = (20_000, 200, 4) if SMALL else (333_334, 2_000, 4)
    truth = chance.integers(classes, size=tasks)
    of = np.repeat(np.arange(tasks), 3)
    who = chance.integers(people, size=len(of))
    is_right = chance.random(len(of)) < chance.uniform(0.5, 0.98, size=people)[who]
    said = np.where(is_right, truth[of], chance.integers(classes, size=len(of)))
    judgments = ds.Judgments(of, who, said, tasks, people, classes)
    began = time.monotonic()
    fitted = ds.dawid_skene(judgments)
    seconds = time.monotonic() - began
    votes = accuracy(ds.vote_shares(judgments), truth)
    return {
        "judgments": len(judgments),
        "seconds": round(seconds, 2),
        "accuracy": round(accuracy(fitted.posteriors, truth), 4),
        "majority_accuracy": round(votes, 4),
    }


if __name__ == "__main__":
    raise SystemExit(main())
