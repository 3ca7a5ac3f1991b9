import dataclasses

import numpy as np
import pytest

from mining.encoders.batches import Pieces, Plan, cut, hide
from mining.encoders.corpus import TooLittleText, encode_texts, learn_tokens, load_tokens, read_texts
from mining.encoders.parameters import TrainingParameters
from mining.encoders.tokenizer import SPECIAL, train_tokenizer
from mining.encoders.train import Diverged, train
from mining.phrases.workspace import Workspace
from tests.mining.encoders.conftest import SMALL, corpus, quiet

SHORT = dataclasses.replace(SMALL, steps=12, dropout=0.1, accumulate=2)


class Killed(Exception):
    """Stands for a process that is gone."""


def weights(trained):
    return {name: values.numpy() for name, values in trained.model.state_dict().items()}


def test_training_lowers_the_loss_on_sentences_it_never_saw(prepared):
    workspace, vocabulary = prepared()
    told = []

    trained = train(
        workspace, SMALL, vocabulary=vocabulary, threads=1,
        report=lambda stage, done, total: told.append((stage, done, total)),
    )  # fmt: skip

    first, last = trained.history[0], trained.history[-1]
    assert last["loss"] < 0.6 * first["loss"] and last["top10"] > first["top10"] + 0.3
    assert last["perplexity"] == pytest.approx(np.exp(last["loss"]), rel=0.01)
    assert [point["step"] for point in trained.history] == [0, 45, 90]
    assert told[0][1] == 0 and told[-1] == ("train", trained.seen, trained.seen)


def test_a_training_that_was_killed_ends_like_one_that_was_not(prepared):
    workspace, vocabulary = prepared(name="whole", number=300)
    whole = train(workspace, SHORT, vocabulary=vocabulary, report=quiet, threads=1)
    workspace, vocabulary = prepared(name="killed", number=300)

    for moment in (3, 7):

        def die(step, history, moment=moment):
            if step >= moment:
                raise Killed

        with pytest.raises(Killed):
            train(
                workspace, SHORT, vocabulary=vocabulary, report=quiet, threads=1,
                on_checkpoint=die, checkpoint_seconds=0,
            )  # fmt: skip
    resumed_at = []
    again = train(
        workspace, SHORT, vocabulary=vocabulary, threads=1,
        report=lambda stage, done, total: resumed_at.append(done),
    )  # fmt: skip

    assert resumed_at[0] > 0
    assert again.history == whole.history and again.seen == whole.seen
    assert all(np.array_equal(there, weights(whole)[name]) for name, there in weights(again).items())


def test_a_training_that_falls_apart_is_said(prepared):
    workspace, vocabulary = prepared(number=100)
    wild = dataclasses.replace(SMALL, learning_rate=0.1)
    checkpoint = workspace.root / "checkpoint.pt"
    train(workspace, dataclasses.replace(wild, steps=1), vocabulary=vocabulary, report=quiet, threads=1)
    _spoil(checkpoint)

    with pytest.raises(Diverged, match=r"step 1.*lower learning_rate"):
        train(workspace, wild, vocabulary=vocabulary, report=quiet, threads=1)


def _spoil(checkpoint):
    """Weights as a training leaves them that has gone too far."""
    import torch

    there = torch.load(checkpoint, weights_only=True)
    for values in there["model"].values():
        values.mul_(1e30)
    torch.save(there, checkpoint)


def test_the_same_texts_give_the_same_tokens_and_fingerprint(tmp_path):
    made = []
    for name in ("one", "two"):
        workspace = Workspace(tmp_path / name)
        facts = read_texts(corpus(200), workspace, quiet) | learn_tokens(workspace, SMALL, quiet)
        facts |= encode_texts(workspace, SMALL, quiet)
        made.append((facts, workspace.read_text("tokenizer.json"), workspace.array("train", "<u2").tolist()))

    assert made[0] == made[1]


def test_tokens_are_single_characters_and_pieces_of_words():
    texts = ["保湿面霜 moisturizing cream", "保湿精华 moisturizer", "cream and moisturizing"] * 5

    tokenizer = train_tokenizer(texts, vocabulary=150)

    assert tokenizer.encode("保湿面霜").tokens == ["[CLS]", "保", "湿", "面", "霜", "[SEP]"]
    assert len(tokenizer.encode("moisturizing").tokens) < len("moisturizing")
    assert tokenizer.encode("龘").tokens == ["[CLS]", "[UNK]", "[SEP]"]
    assert tokenizer.get_vocab_size() <= 150
    assert [tokenizer.token_to_id(name) for name in SPECIAL] == [0, 1, 2, 3, 4]


def test_repeated_sentences_count_once_and_some_only_measure(tmp_path):
    workspace = Workspace(tmp_path)
    texts = list(corpus(200))

    read_texts([*texts, *texts, *texts], workspace, quiet)
    learn_tokens(workspace, SMALL, quiet)
    facts = encode_texts(workspace, SMALL, quiet)

    assert (facts["texts"], facts["train"], facts["held_out"]) == (200, 198, 2)


@pytest.mark.parametrize("texts", [[], ["一句话"] * 500, ["", " ", "\n"] * 50])
def test_too_little_text_is_said(tmp_path, texts):
    workspace = Workspace(tmp_path)
    read_texts(texts, workspace, quiet)

    with pytest.raises(TooLittleText, match="at least 20"):
        learn_tokens(workspace, SMALL, quiet)


def test_odd_texts_are_read(tmp_path):
    workspace = Workspace(tmp_path)
    odd = ["😀" * 20, "<b>面霜</b>", "a\x00b", "\ud800 lone", "x" * 100_000, "面" * 3_000]

    read_texts([*odd, *corpus(60)], workspace, quiet)
    facts = learn_tokens(workspace, SMALL, quiet) | encode_texts(workspace, SMALL, quiet)

    lengths = workspace.array("train_length", "<i4")
    assert lengths.max() == SMALL.max_tokens - 2 and facts["train"] >= 60 + 3_000 // 30
    assert load_tokens(workspace).get_vocab_size() == facts["vocabulary"]


def test_batches_are_of_one_length_and_hold_every_piece_once():
    rng = np.random.default_rng(5)
    lengths = rng.integers(2, 30, 1_000).astype(np.int32)
    plan = Plan(lengths, batch_tokens=256, seed=3)

    epochs = [[plan.rows(epoch * len(plan) + at) for at in range(len(plan))] for epoch in (0, 1)]

    for batches in epochs:
        assert sorted(np.concatenate(batches).tolist()) == list(range(1_000))
        padding = sum(len(rows) * lengths[rows].max() - lengths[rows].sum() for rows in batches)
        assert padding < 0.05 * lengths.sum()
        assert all(len(rows) * (lengths[rows].max() + 2) <= 256 for rows in batches)
    assert [rows.tolist() for rows in epochs[0]] != [rows.tolist() for rows in epochs[1]]
    assert plan.rows(4).tolist() == Plan(lengths, batch_tokens=256, seed=3).rows(4).tolist()


def test_one_piece_longer_than_the_budget_is_a_batch_of_its_own():
    assert cut(np.array([3, 4, 500]), 32).tolist() == [0, 2, 3]


def test_hidden_tokens_follow_the_shares_of_the_paper():
    pieces = Pieces(np.full(40_000, 77, np.uint16), np.full(1_000, 40, np.int32))
    table = pieces.padded(np.arange(1_000), begin=2, end=3, pad=0)

    hidden, chosen = hide(
        table, special=5, mask=4, vocabulary=5_000, share=0.15, rng=np.random.default_rng(1)
    )

    assert chosen.sum() / 40_000 == pytest.approx(0.15, abs=0.01)
    assert (hidden[chosen] == 4).mean() == pytest.approx(0.8, abs=0.02)
    assert (hidden[chosen] == 77).mean() == pytest.approx(0.1, abs=0.02)
    assert (
        (hidden[~chosen] == table[~chosen]).all() and (table[:, 0] == 2).all() and (table[:, 41] == 3).all()
    )


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"size": "huge"}, "size must be one of tiny"),
        ({"epochs": 0.0}, "epochs must be between"),
        ({"steps": 1.5}, "steps must be a number"),
        ({"precision": "half"}, "precision must be one of"),
    ],
)
def test_parameters_out_of_range_are_refused(told, why):
    with pytest.raises(ValueError, match=why):
        TrainingParameters(**told)
