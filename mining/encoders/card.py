"""A trained encoder on disk: weights, tokenizer, and a card that says where it comes from."""

import dataclasses
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.encoders.parameters import ALGORITHM, TrainingParameters
from mining.encoders.tokenizer import BEGIN, END, MASK, PAD, UNKNOWN

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from mining.encoders.train import Trained

WEIGHTS = "model.safetensors"


def save_encoder(
    trained: "Trained",
    tokenizer: "Tokenizer",
    folder: Path,
    *,
    name: str,
    parameters: TrainingParameters,
    corpus: dict[str, Any],
) -> str:
    """Write a folder that `from_pretrained` reads, whole or not at all; sha256 of the weights in hex."""
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    trained.model.float().save_pretrained(partial)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token=UNKNOWN, pad_token=PAD, cls_token=BEGIN, sep_token=END,
        mask_token=MASK, model_max_length=parameters.max_tokens,
    ).save_pretrained(partial)  # fmt: skip
    facts = {
        "name": name,
        "algorithm": ALGORITHM,
        "parameters": dataclasses.asdict(parameters),
        "corpus": corpus,
        "training": {
            "steps": trained.steps, "pieces_seen": trained.seen, "seconds": round(trained.seconds, 1),
            "pieces_per_second": round(trained.seen / trained.seconds, 1) if trained.seconds else None,
            "device": trained.device, "precision": trained.precision,
            "weights": sum(weights.numel() for weights in trained.model.parameters()),
        },
        "history": trained.history,
    }  # fmt: skip
    (partial / "card.json").write_text(json.dumps(facts, ensure_ascii=False, indent=2), "utf-8")
    (partial / "README.md").write_text(card(facts), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)
    return digest_of(folder)


def digest_of(folder: Path) -> str:
    with (folder / WEIGHTS).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def card(facts: dict[str, Any]) -> str:
    """The model card, for a person."""
    told, corpus, training = facts["parameters"], facts["corpus"], facts["training"]
    last = facts["history"][-1]
    rows = "\n".join(
        f"| {point['step']:,} | {point['loss']:.3f} | {point['perplexity']:.1f} | {point['top1']:.3f} "
        f"| {point['top10']:.3f} |"
        for point in facts["history"]
    )
    return f"""# {facts["name"]}

A masked language model (BERT, size “{told["size"]}”, {training["weights"]:,} weights) that kgcurate trained
from scratch on a corpus of its own. It judges whether phrases are whole; it is no general language model.

- Corpus: {corpus["texts"]:,} different sentences ({corpus.get("source") or "all"}), sha256 of the texts
  `{corpus["fingerprint"]}`
- Tokens: {corpus["vocabulary"]:,}, single Chinese characters and pieces of other words
- Training: {training["steps"]:,} steps, {training["pieces_seen"]:,} pieces of text in
  {training["seconds"]:,} s on {training["device"]} ({training["precision"]}), seed {told["seed"]}
- On {corpus["held_out"]:,} held-out pieces: loss {last["loss"]:.3f} nats per hidden token, perplexity
  {last["perplexity"]:.1f}, right at first guess {100 * last["top1"]:.1f} %,
  among ten {100 * last["top10"]:.1f} %

| step | loss | perplexity | top 1 | top 10 |
|---|---|---|---|---|
{rows}

Parameters: `{json.dumps(told, sort_keys=True)}`
"""
