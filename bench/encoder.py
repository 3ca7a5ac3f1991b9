"""An encoder trained on the development data, and what it says about whole phrases and fragments of them.

Trains the smallest size on Chinese reviews, queries and advertisements and on English product text, and
measures speed, held-out perplexity, and pruning: how many annotated phrases (which the training never saw as
such) and how many fragments of them pass at each N, alone and in their sentences.
SMALL=1 trains a minute instead of a quarter of an hour; OUT keeps the encoder in that folder; ENCODER takes
one that is there instead of training; THREADS: cores that training may use; EPOCHS: how often it sees each
sentence. The last line is one JSON object.
"""

import csv
import dataclasses
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench import real_input
from mining.encoders.card import save_encoder
from mining.encoders.corpus import encode_texts, learn_tokens, load_tokens, read_texts
from mining.encoders.load import Encoder, load_encoder
from mining.encoders.parameters import TrainingParameters
from mining.encoders.prune import Place, edge_ranks, keeps, pooled
from mining.encoders.train import train
from mining.phrases.workspace import Workspace
from mining.sentences.split import split_sentences

TOPS = (1, 3, 10, 20, 50, 100, 200, 500)
CONTEXTS = 5  # sentences a phrase


def texts(data: Path) -> Iterator[str]:
    """Sentences, as the import cuts them."""
    for language in ("zh", "en"):
        for document in real_input.documents(data, language):
            text = document["text"]
            yield from (text[start:end] for start, end in split_sentences(text, language))
    yield from (data / "zh_search_queries/queries.txt").read_text("utf-8").splitlines()
    with (data / "en_search_queries/wands_queries.tsv").open(encoding="utf-8", newline="") as lines:
        yield from (row["query"] for row in csv.DictReader(lines, delimiter="\t"))


def trained(data: Path, folder: Path, parameters: TrainingParameters) -> dict[str, Any]:
    workspace = Workspace(folder / "work")
    report = _Report()
    began = time.monotonic()
    facts = read_texts(texts(data), workspace, report)
    facts |= learn_tokens(workspace, parameters, report) | encode_texts(workspace, parameters, report)
    prepared = time.monotonic() - began
    threads = int(os.environ.get("THREADS") or 0)
    cpu = time.process_time()
    result = train(workspace, parameters, vocabulary=facts["vocabulary"], report=report, threads=threads)
    cpu = time.process_time() - cpu
    facts["source"] = "Chinese reviews, queries and advertisements, English product text and queries"
    target = Path(os.environ.get("OUT") or folder / "encoder")
    save_encoder(
        result, load_tokens(workspace), target, name="small-shop", parameters=parameters, corpus=facts
    )
    return {
        "folder": str(target),
        "prepare_seconds": round(prepared, 1),
        "train_seconds": round(result.seconds, 1),
        "pieces_per_second": round(result.seen / result.seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "tokens_per_second": round(result.seen / facts["train"] * facts["tokens"] / result.seconds),
        "history": result.history,
        "corpus": facts,
        "weights": sum(weights.numel() for weights in result.model.parameters()),
    }


class _Report:
    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if time.monotonic() - self.last > 20:
            self.last = time.monotonic()
            print(f"{stage}: {done:,} of {total or '?'}", flush=True)


# Phrases that people marked, their fragments, and sentences of each


def chinese_spans(data: Path) -> Iterator[tuple[str, str]]:
    """(review, marked span)"""
    reviews = {row["id"]: row["Reviews"] for row in _csv(data / "zh_cosmetics_opinions/reviews.csv")}
    for row in _csv(data / "zh_cosmetics_opinions/labels.csv"):
        for term in (row["AspectTerms"], row["OpinionTerms"]):
            if "_" not in term and row["id"] in reviews and term in reviews[row["id"]]:
                yield reviews[row["id"]], term


def english_spans(data: Path) -> Iterator[tuple[str, str]]:
    """(title, attribute value of several words that stands in it)"""
    for file in ("en_title_attributes/ae110k.jsonl", "en_title_attributes/oamine.jsonl"):
        for line in (data / file).read_text("utf-8").splitlines():
            row = json.loads(line)
            title = row["input"] if "input" in row else row.get("title", "")
            for values in row["target_scores"].values():
                yield from ((title, value) for value in values if " " in value and value in title)


def fragments(term: str, language: str) -> Iterator[str]:
    if language == "zh" and len(term) >= 3:
        yield from (term[1:], term[:-1])
    if language == "en" and len(words := term.split()) >= 3:
        yield from (" ".join(words[1:]), " ".join(words[:-1]))


def phrases(
    spans: Callable[[Path], Iterator[tuple[str, str]]], data: Path, language: str
) -> tuple[list[str], list[bool], list[list[Place]]]:
    """Phrases of at least two symbols, whether each is whole, and its sentences."""
    whole: dict[str, list[Place]] = {}
    broken: dict[str, list[Place]] = {}
    for text, term in spans(data):
        parts = list(fragments(term, language))
        if len(term) < 2 or not parts:
            continue
        for found, phrase in ((whole, term), *((broken, part) for part in parts)):
            at = text.find(phrase, text.index(term))
            if at < 0:  # written with other spaces
                continue
            seen = found.setdefault(phrase, [])
            start, end = _sentence(text, at, language)
            if len(seen) < CONTEXTS:
                seen.append(Place(text[start:end], at - start, at - start + len(phrase)))
    # Of the words that some people marked, no fragment of others is one.
    marked = {term for _text, term in spans(data)}
    broken = {phrase: places for phrase, places in broken.items() if phrase not in marked}
    both = [*whole.items(), *broken.items()]
    return (
        [phrase for phrase, _ in both],
        [True] * len(whole) + [False] * len(broken),
        [places for _, places in both],
    )


def _sentence(text: str, at: int, language: str) -> tuple[int, int]:
    return next(
        ((start, end) for start, end in split_sentences(text, language) if start <= at < end), (0, len(text))
    )


def pruning(encoder: Encoder, found: tuple[list[str], list[bool], list[list[Place]]]) -> dict[str, Any]:
    """Of whole phrases and fragments the share that passes at each N, and how well the worse rank tells them
    apart (area under the ROC curve: 0.5 is chance)."""
    words, is_whole, places = found
    truth = np.array(is_whole)
    flat = [place for group in places for place in group]
    owner = np.repeat(np.arange(len(words)), [len(group) for group in places])
    result: dict[str, Any] = {"whole": int(truth.sum()), "fragments": int((~truth).sum())}
    began = time.monotonic()
    alone = edge_ranks([Place.alone(word) for word in words], encoder)
    seconds = time.monotonic() - began
    within = edge_ranks(flat, encoder)
    result["phrases_per_second"] = {
        "alone": round(len(words) / seconds),
        "places_in_sentences": round(len(flat) / (time.monotonic() - began - seconds)),
    }
    mean = np.stack([
        np.bincount(owner, np.log(np.maximum(within[:, edge], 1)), len(words))
        / np.bincount(owner, minlength=len(words))
        for edge in (0, 1)
    ], axis=1)  # fmt: skip
    ways = {
        "alone": alone,
        "sentences, the best": pooled(within, owner, len(words)),
        "sentences, the mean": np.exp(mean),
    }
    for name, ranks in ways.items():
        known = (ranks > 0).all(axis=1)
        result[name] = {
            "area": round(area(-np.max(ranks[known], axis=1), truth[known]), 3),
            "passes": {
                str(top): [round(float(keeps(ranks, top)[rows].mean()), 3) for rows in (truth, ~truth)]
                for top in TOPS
            },
        }
    return result


def area(score: Any, truth: Any) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, score))


def _csv(file: Path) -> Iterator[dict[str, str]]:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        yield from csv.DictReader(lines)


def main() -> None:
    data = Path(os.environ.get("DATA") or "../shared/data")
    if absent := real_input.missing(data):
        sys.exit(f"{data} lacks {', '.join(absent)}; DATA names another folder")
    small = os.environ.get("SMALL") == "1"
    parameters = dataclasses.replace(
        TrainingParameters(),
        **({"steps": 200} if small else {"epochs": float(os.environ.get("EPOCHS") or 4)}),
    )
    result: dict[str, Any] = {"machine": platform.processor(), "cores": len(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory() as folder:
        source = os.environ.get("ENCODER")
        if not source:
            result["training"] = trained(data, Path(folder), parameters)
            source = result["training"]["folder"]
        encoder = load_encoder(source)
        for language, spans in (("zh", chinese_spans), ("en", english_spans)):
            result[language] = pruning(encoder, phrases(spans, data, language))
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
