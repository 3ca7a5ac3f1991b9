"""Loading an encoder, and the ranks it gives, against a computation that masks one token at a time."""

import json
import shutil

import numpy as np
import pytest

from mining.encoders.load import EncoderMissing, load_encoder
from mining.encoders.prune import UNKNOWN, Place, edge_ranks, keeps, pooled
from mining.encoders.pruner import MaskedPruner
from mining.phrases.pruning import Context, PhraseInContext
from tests.mining.encoders.conftest import SUBJECTS, corpus


@pytest.fixture(scope="module")
def encoder(folder):
    return load_encoder(str(folder), name="patterns", threads=1)


def one_at_a_time(place, encoder):
    """The ranks of both edges, each by one forward pass over the whole vocabulary."""
    import torch

    told = encoder.tokenizer(place.text, return_offsets_mapping=True)
    inside = [
        at
        for at, (low, high) in enumerate(told["offset_mapping"])
        if low < place.end and high > place.start and high > low
    ]
    ranks = []
    for at in (inside[0], inside[-1]):
        ids = torch.tensor([told["input_ids"]])
        truth = int(ids[0, at])
        ids[0, at] = encoder.tokenizer.mask_token_id
        with torch.inference_mode():
            scores = encoder.model(input_ids=ids).logits[0, at]
        better = [
            number
            for number in range(len(scores))
            if scores[number] > scores[truth] and number not in encoder.tokenizer.all_special_ids
        ]
        ranks.append(len(better) + 1)
    return ranks


def places():
    for text in list(corpus(400))[:12]:
        subject = next(subject for subject in SUBJECTS if subject in text)
        yield Place(text, text.index(subject), text.index(subject) + 4)
    for phrase in ("皮肤", "头发柔顺", "很满", "the moisturizing", "shiny hair"):
        yield Place.alone(phrase)


def test_ranks_are_those_of_masking_one_token_at_a_time(encoder):
    wanted = list(places())

    found = edge_ranks(wanted, encoder, batch_tokens=60)

    assert found.tolist() == [one_at_a_time(place, encoder) for place in wanted]
    assert np.array_equal(found, edge_ranks(wanted, encoder, batch_tokens=60))
    assert edge_ranks(wanted, encoder, batch_tokens=100_000) == pytest.approx(found, abs=1)


def test_whole_phrases_are_guessed_better_than_fragments(encoder):
    whole = edge_ranks([Place.alone(subject) for subject in SUBJECTS], encoder).max(axis=1)
    broken = edge_ranks([Place.alone(subject[1:3]) for subject in SUBJECTS], encoder).max(axis=1)

    assert np.median(whole) * 3 < np.median(broken)


def test_unknown_characters_and_nothing_at_all_cannot_be_judged_and_stay(encoder):
    ranks = edge_ranks([Place.alone("龘"), Place.alone(""), Place.alone("龘皮肤")], encoder)

    assert ranks[0].tolist() == ranks[1].tolist() == [UNKNOWN, UNKNOWN]
    assert ranks[2, 0] == UNKNOWN and ranks[2, 1] > 0
    assert keeps(ranks[:2], 1).all()
    assert edge_ranks([], encoder).shape == (0, 2)


def test_of_a_long_text_the_part_around_the_phrase_is_read(encoder):
    text = "非常" * 100 + "皮肤干燥" + "真的" * 100

    ranks = edge_ranks([Place(text, 200, 204)], encoder)

    assert (ranks > 0).all()


def test_a_phrase_is_judged_by_the_place_that_speaks_best_for_it():
    ranks = np.array([[5, 9], [2, 8], [0, 1], [3, 3], [0, 0]], np.int32)

    found = pooled(ranks, np.array([0, 0, 0, 1, 2]), 4)

    assert found.tolist() == [[2, 8], [3, 3], [0, 0], [0, 0]]


def test_the_pruner_answers_as_the_miner_asks(encoder):
    text = next(text for text in corpus(50) if text.startswith("头发柔顺"))
    phrases = [
        PhraseInContext("头发柔顺", "zh", (Context(text, 0, 4),)),
        PhraseInContext("发柔", "zh", (Context(text, 1, 3),)),
        PhraseInContext("龘龘", "zh", ()),
    ]
    loaded = []

    def load():
        loaded.append(1)
        return encoder

    alone = MaskedPruner(load, identity="patterns@1", top_n=12)
    within = MaskedPruner(load, identity="patterns@1", top_n=12, way="sentences")
    assert not loaded and alone.name != within.name
    answers = alone(phrases)

    assert [answer.keep for answer in answers] == [True, False, True]
    assert answers[0].first == one_at_a_time(Place.alone("头发柔顺"), encoder)[0] - 1
    assert (answers[2].first, answers[2].last) == (None, None)
    # In its sentence the rest of the word gives a fragment's edge away.
    assert within(phrases)[1].first < answers[1].first
    with pytest.raises(ValueError, match="top_n"):
        MaskedPruner(load, identity="x", top_n=0)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (shutil.rmtree, "there is no such folder"),
        (lambda folder: (folder / "config.json").unlink(), "holds no config.json"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"broken"), "Reason"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "Reason"),
        (lambda folder: _change(folder, model_type="nothing-known"), "nothing-known"),
        (lambda folder: _drop_head(folder), "holds no weights for cls"),
    ],
    ids=["gone", "no config", "broken weights", "broken tokenizer", "strange kind", "no head"],
)
def test_a_folder_that_holds_no_encoder_is_said(folder, tmp_path, spoil, why):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    spoil(broken)

    with pytest.raises(EncoderMissing, match=why) as told:
        load_encoder(str(broken), name="ours")

    words = str(told.value)
    assert "“ours”" in words and str(broken) in words and "train_encoder" in words


def _change(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def _drop_head(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    kept = {name: values for name, values in weights.items() if not name.startswith("cls")}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_hub_that_does_not_answer_is_said_quickly(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")

    with pytest.raises(EncoderMissing, match=r"127\.0\.0\.1:9 does not answer") as told:
        load_encoder("nobody/nothing-of-this-name")

    assert "model hub, under the id nobody/nothing-of-this-name" in str(told.value)
