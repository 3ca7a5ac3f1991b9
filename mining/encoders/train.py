"""Masked-language-model training that can be killed anywhere and goes on from its last checkpoint.

Everything that is drawn by chance follows from the seed and the number of the batch, so that a training
that was interrupted sees the same batches, hides the same tokens and ends like one that was not.
"""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mining.encoders.batches import Pieces, Plan, cut, hide
from mining.encoders.corpus import Report
from mining.encoders.device import choose_device, choose_dtype
from mining.encoders.parameters import SIZES, TrainingParameters
from mining.encoders.tokenizer import SPECIAL
from mining.phrases.workspace import Workspace

if TYPE_CHECKING:
    import torch
    from transformers import BertForMaskedLM

CHECKPOINT = "checkpoint.pt"
HIDDEN_AT_ONCE, IGNORED = 128, -100


class Diverged(Exception):
    """The loss is no number any more."""

    def __init__(self, step: int) -> None:
        super().__init__(
            f"The training fell apart at step {step}: its loss is not a number. A lower learning_rate helps."
        )


@dataclass
class Trained:
    """A trained model and how it came about. history: [{"step", "loss", "perplexity", "top1", "top10"}, …],
    measured on the held-out pieces (loss in nats per hidden token); seconds: of training, all attempts.
    """

    model: "BertForMaskedLM"
    steps: int
    seen: int  # pieces, counted each time
    seconds: float
    device: str
    precision: str
    history: list[dict[str, float]] = field(default_factory=list)


def build_model(parameters: TrainingParameters, vocabulary: int) -> "BertForMaskedLM":
    """A BERT with weights that follow from the seed."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    layers, width, heads = SIZES[parameters.size]
    torch.manual_seed(parameters.seed)
    return BertForMaskedLM(
        BertConfig(
            vocab_size=vocabulary,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            intermediate_size=4 * width,
            max_position_embeddings=parameters.max_tokens,
            type_vocab_size=1,
            hidden_dropout_prob=parameters.dropout,
            attention_probs_dropout_prob=parameters.dropout,
            pad_token_id=SPECIAL.index("[PAD]"),
        )
    )


def train(
    workspace: Workspace,
    parameters: TrainingParameters,
    *,
    vocabulary: int,
    report: Report,
    on_checkpoint: Callable[[int, list[dict[str, float]]], None] = lambda step, history: None,
    checkpoint_seconds: float = 60.0,
    threads: int = 0,
) -> Trained:
    """Train on the workspace's `train` pieces, measure on `held_out`.

    `report("train", pieces seen, pieces in all)` after every step; it may raise to cancel.
    `on_checkpoint(step, history)` after each checkpoint is safely on disk.
    """
    return _Training(workspace, parameters, vocabulary, threads).run(
        report, on_checkpoint, checkpoint_seconds
    )


def _decays(name: str) -> bool:
    return not (name.endswith("bias") or "LayerNorm" in name)


class _Training:
    def __init__(
        self, workspace: Workspace, parameters: TrainingParameters, vocabulary: int, threads: int
    ) -> None:
        import torch

        self.torch, self.parameters, self.vocabulary = torch, parameters, vocabulary
        self.path = workspace.root / CHECKPOINT
        self.pieces = _pieces(workspace, "train")
        self.held_out = _pieces(workspace, "held_out")
        self.plan = Plan(
            np.asarray(self.pieces.length), batch_tokens=parameters.batch_tokens, seed=parameters.seed
        )
        self.steps = parameters.steps or max(
            math.ceil(parameters.epochs * len(self.plan) / parameters.accumulate), 1
        )
        self.device = choose_device(threads)
        self.dtype = choose_dtype(parameters.precision, self.device)
        self.model = build_model(parameters, vocabulary)
        self.model.to(self.device)  # type: ignore[arg-type]
        named = list(self.model.named_parameters())
        groups = [
            {"params": [weights for name, weights in named if _decays(name) == decays], "weight_decay": decay}
            for decays, decay in ((True, parameters.weight_decay), (False, 0.0))
        ]
        self.optimizer = torch.optim.AdamW(
            groups, lr=parameters.learning_rate, betas=(0.9, 0.98), eps=1e-6, fused=True
        )
        # float16 has too little room for small gradients; the other formats need no scaling.
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.dtype == torch.float16)
        self.step = self.seen = 0
        self.seconds = 0.0
        self.history: list[dict[str, float]] = []

    # One training

    def run(
        self,
        report: Report,
        on_checkpoint: Callable[[int, list[dict[str, float]]], None],
        checkpoint_seconds: float,
    ) -> Trained:
        self._resume()
        everything = self._pieces_until(self.steps)
        if not self.history:
            self.history.append(self._measure())
        began = saved = time.monotonic()
        while self.step < self.steps:
            # The first report of a resumed training says where it goes on from.
            report("train", self.seen, everything)
            self._update()
            if self._is_due():
                self.history.append(self._measure())
            now = time.monotonic()
            if now - saved >= checkpoint_seconds or self.step == self.steps:
                self.seconds += now - began
                began = saved = now
                self._save()
                on_checkpoint(self.step, self.history)
        report("train", self.seen, everything)
        self.model.eval()
        return Trained(
            model=self.model, steps=self.steps, seen=self.seen, seconds=self.seconds, device=str(self.device),
            precision=str(self.dtype).removeprefix("torch."), history=self.history,
        )  # fmt: skip

    def _pieces_until(self, step: int) -> int:
        """Pieces seen in so many steps; an epoch is cut where the last step ends."""
        epochs, rest = divmod(step * self.parameters.accumulate, len(self.plan))
        tail = sum(len(self.plan.rows(epochs * len(self.plan) + at)) for at in range(rest))
        return epochs * len(self.pieces) + tail

    def _rate(self) -> float:
        """Linear warm-up, then linear decay to 0."""
        warm = self.parameters.warmup * self.steps
        if self.step < warm:
            return self.parameters.learning_rate * (self.step + 1) / max(warm, 1)
        return self.parameters.learning_rate * (self.steps - self.step) / max(self.steps - warm, 1)

    def _update(self) -> None:
        torch = self.torch
        self.model.train()
        # Dropout too follows from the step.
        torch.manual_seed(self.parameters.seed * 1_000_003 + self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        accumulate = self.parameters.accumulate
        for number in range(self.step * accumulate, (self.step + 1) * accumulate):
            rows = self.plan.rows(number)
            rng = np.random.default_rng([self.parameters.seed, 2, number])
            loss, _ = self._loss(self.pieces, rows, rng)
            if not torch.isfinite(loss):
                raise Diverged(self.step)
            self.scaler.scale(loss / accumulate).backward()
            self.seen += len(rows)
        self.scaler.unscale_(self.optimizer)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1

    def _loss(
        self, pieces: Pieces, rows: Any, rng: np.random.Generator
    ) -> tuple["torch.Tensor", tuple["torch.Tensor", "torch.Tensor"]]:
        """Mean loss over the hidden tokens; (scores, what was hidden) for who wants to measure."""
        torch = self.torch
        pad, begin, end, mask = (SPECIAL.index(name) for name in ("[PAD]", "[CLS]", "[SEP]", "[MASK]"))
        table = pieces.padded(rows, begin=begin, end=end, pad=pad)
        hidden, chosen = hide(
            table, special=len(SPECIAL), mask=mask, vocabulary=self.vocabulary,
            share=self.parameters.mask_share, rng=rng,
        )  # fmt: skip
        visible = table != pad
        # Few different shapes, for each of which fast kernels have to be made: the rest is not looked at.
        places = np.flatnonzero(chosen)
        rest = -len(places) % HIDDEN_AT_ONCE
        where = torch.from_numpy(np.append(places, np.zeros(rest, np.int64))).to(self.device)
        truth = torch.from_numpy(np.append(table.flat[places], np.full(rest, IGNORED))).to(self.device)
        with torch.autocast(self.device.type, dtype=self.dtype, enabled=self.dtype != torch.float32):
            states = self.model.bert(
                input_ids=torch.from_numpy(hidden).to(self.device),
                # Pieces of one length need no attention mask, which is the quicker way.
                attention_mask=None if visible.all() else torch.from_numpy(visible).to(self.device),
            ).last_hidden_state
            # The vocabulary is the widest matrix of a small model: only hidden tokens are put through it.
            scores = self.model.cls(states.flatten(0, 1)[where])
        loss = torch.nn.functional.cross_entropy(scores.float(), truth, ignore_index=IGNORED)
        return loss, (scores.detach()[: len(places)], truth[: len(places)])

    # Measuring

    def _is_due(self) -> bool:
        """Evenly spread over the training, the end included."""
        wanted = self.parameters.evaluations
        return self.step == self.steps or (
            self.step * wanted // self.steps > (self.step - 1) * wanted // self.steps
        )

    def _measure(self) -> dict[str, float]:
        """Loss in nats per hidden token, perplexity, and how often the token is the first or among ten."""
        torch = self.torch
        self.model.eval()
        order = np.argsort(np.asarray(self.held_out.length), kind="stable")
        begins = cut(np.asarray(self.held_out.length)[order], self.parameters.batch_tokens)
        rng = np.random.default_rng([self.parameters.seed, 3])
        losses = tokens = first = among = 0.0
        with torch.inference_mode():
            for begin, end in pairwise(begins):
                loss, (scores, truth) = self._loss(self.held_out, order[begin:end], rng)
                number = len(truth)
                best = scores.topk(min(10, scores.shape[1]), dim=1).indices
                hits = best == truth[:, None]
                losses += float(loss) * number
                tokens += number
                first += float(hits[:, 0].sum())
                among += float(hits.sum())
        mean = losses / tokens
        return {
            "step": self.step,
            "loss": round(mean, 4),
            "perplexity": round(math.exp(min(mean, 30.0)), 2),
            "top1": round(first / tokens, 4),
            "top10": round(among / tokens, 4),
        }

    # Checkpoints

    def _save(self) -> None:
        partial = self.path.with_suffix(".partial")
        self.torch.save(
            {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "scaler": self.scaler.state_dict(),
                "step": self.step,
                "seen": self.seen,
                "seconds": self.seconds,
                "history": self.history,
            },
            partial,
        )
        os.replace(partial, self.path)

    def _resume(self) -> None:
        if not self.path.exists():
            return
        there = self.torch.load(self.path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(there["model"])
        self.optimizer.load_state_dict(there["optimizer"])
        if there["scaler"]:
            self.scaler.load_state_dict(there["scaler"])
        self.step, self.seen = there["step"], there["seen"]
        self.seconds, self.history = there["seconds"], there["history"]


def _pieces(workspace: Workspace, name: str) -> Pieces:
    return Pieces(workspace.array(name, "<u2"), workspace.array(f"{name}_length", "<i4"))


def is_checkpointed(folder: Path) -> bool:
    return (folder / CHECKPOINT).exists()
