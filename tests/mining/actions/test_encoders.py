"""Training an encoder as a run: kept in versions, found by name, cancelled, killed and taken up again."""

import pytest
from django.db import IntegrityError, transaction

from mining.actions.encoders import (
    BadEncoderParameters,
    NoEncoder,
    encoder_parameters,
    find_encoder,
    pinned,
    start_encoder_training,
    train_encoder,
)
from mining.actions.runs import cancel_run, create_claimed, do, revive_stalled_runs, start_run, work_on
from mining.encoders.load import EncoderMissing
from mining.encoders.prune import Place, edge_ranks
from mining.models import Encoder, Run, RunKind, RunStatus
from tests.factories.processes import do_and_die, let_time_pass
from tests.factories.runs import run_import, write_lines
from tests.mining.encoders.conftest import corpus

TOLD = {
    "name": "shop", "vocabulary": 400, "steps": 8, "batch_tokens": 256, "evaluations": 2, "max_tokens": 32,
    "precision": "float32", "held_out": 10,
}  # fmt: skip


def told(**changes):
    return encoder_parameters({**TOLD, **changes})


@pytest.fixture(autouse=True)
def one_core(settings):
    settings.TORCH_THREADS = 1


@pytest.fixture
def text(tmp_path):
    """A file of sentences."""
    path = tmp_path / "sentences.txt"
    path.write_text("\n".join(corpus(200)), "utf-8")
    return str(path)


def trained(text, **changes):
    return do(create_claimed(RunKind.TRAIN_ENCODER, told(files=[text], **changes)), train_encoder)


@pytest.mark.django_db
def test_a_run_leaves_a_version_that_mining_finds_by_name(text):
    run = trained(text)

    assert run.status == RunStatus.DONE, run.error
    encoder = Encoder.objects.get()
    assert (str(encoder), encoder.run) == ("shop@1", run)
    assert encoder.corpus["texts"] == 200 and encoder.corpus["source"] == "sentences.txt"
    assert {stage["name"] for stage in run.stages} >= {"read", "tokens", "encode", "train", "keep"}
    assert run.counts["steps"] == 8 and not run.folder.exists()
    assert "perplexity" in "\n".join(run.lines.values_list("text", flat=True))
    assert "shop" in (encoder.folder / "README.md").read_text("utf-8")
    identity, load = find_encoder("shop")
    assert identity.startswith("shop@1 ") and pinned("") == pinned("shop") == "shop@1"
    assert (edge_ranks([Place.alone("皮肤干燥")], load()) > 0).all()


@pytest.mark.django_db
def test_the_same_name_again_makes_the_next_version_with_the_same_weights(text):
    for _ in range(2):
        trained(text)

    first, second = Encoder.objects.all()
    assert (first.number, second.number) == (1, 2) and first.digest == second.digest
    assert find_encoder("shop@1")[0] != find_encoder("shop")[0]


@pytest.mark.django_db
def test_sentences_of_the_corpora_are_read(tmp_path):
    rows = [{"id": f"r{at}", "text": f"{sentence}。"} for at, sentence in enumerate(corpus(120))]
    run_import(write_lines(tmp_path / "docs.jsonl", rows))

    run = do(create_claimed(RunKind.TRAIN_ENCODER, told(language="zh")), train_encoder)

    assert run.status == RunStatus.DONE, run.error
    assert 100 < Encoder.objects.get().corpus["texts"] <= 120


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["", "一句话\n" * 100])
def test_too_little_to_learn_from_is_said(tmp_path, content):
    path = tmp_path / "few.txt"
    path.write_text(content, "utf-8")

    run = trained(str(path))

    assert run.status == RunStatus.FAILED and not Encoder.objects.exists() and not run.folder.exists()
    assert "no sentence to learn from" in run.error or "Only 1 different sentences" in run.error


@pytest.mark.django_db
def test_a_cancelled_training_stops_and_leaves_nothing(text):
    run = create_claimed(RunKind.TRAIN_ENCODER, told(files=[text], steps=10_000))

    def cancel(progress):
        now = Run.objects.get(pk=run.pk)
        if now.cancel_asked_at is None and now.stage == "train":
            cancel_run(run=now)

    ended = do(run, train_encoder, cancel)

    assert ended.status == RunStatus.CANCELLED and not Encoder.objects.exists()
    assert not ended.folder.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "why"),
    [("nobody@3", "There is no encoder “nobody@3”"), ("", "There is no encoder yet")],
)
def test_an_encoder_that_is_not_there_is_said(name, why):
    with pytest.raises(NoEncoder, match=why):
        find_encoder(name)


@pytest.mark.django_db
def test_weights_that_are_gone_or_altered_are_not_loaded(text):
    trained(text)
    weights = Encoder.objects.get().folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\1")

    with pytest.raises(EncoderMissing, match=r"shop@1.*not those that were trained"):
        find_encoder("shop")[1]()
    weights.unlink()
    with pytest.raises(EncoderMissing, match="weights are not there"):
        find_encoder("shop")[1]()


@pytest.mark.django_db
def test_a_name_of_the_setting_is_used_where_none_is_told(settings, tmp_path):
    settings.ENCODER = str(tmp_path / "nothing")

    identity, load = find_encoder("")

    assert identity == settings.ENCODER
    with pytest.raises(EncoderMissing, match="no such folder"):
        load()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "a/b"}, "cannot be the name"),
        ({"name": ""}, "cannot be the name"),
        ({"size": "huge"}, "size must be one of"),
        ({"language": "fr"}, "not “fr”"),
        ({"corpora": [9999]}, "There is no corpus 9999"),
        ({"files": ["/nothing/here"]}, "There is no file /nothing/here"),
        ({"layers": 3}, "There is no parameter layers"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(changes, why):
    with pytest.raises(BadEncoderParameters, match=why):
        told(**changes)


@pytest.mark.django_db
def test_a_second_click_starts_no_second_training():
    first = start_encoder_training(parameters=TOLD)

    assert start_encoder_training(parameters=TOLD) == first
    assert start_encoder_training(parameters={**TOLD, "name": "other"}) != first


@pytest.mark.django_db
def test_the_database_refuses_a_version_twice_and_a_name_that_is_a_path(text):
    trained(text)
    encoder = Encoder.objects.get()

    for change in ({"name": "org/model"}, {"name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Encoder.objects.filter(pk=encoder.pk).update(**change)
    other = create_claimed(RunKind.TRAIN_ENCODER, told())
    with pytest.raises(IntegrityError), transaction.atomic():
        Encoder.objects.create(
            name="shop", number=1, run=other, path="x", digest="x", parameters={}, corpus={}, training={},
            history=[],
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_training_whose_worker_is_killed_ends_as_if_nothing_had_been(text, monkeypatch, settings):
    sent = []
    monkeypatch.setattr(
        "mining.actions.runs.current_app.send_task", lambda name, args, **_: sent.append(name)
    )
    monkeypatch.setenv("TORCH_THREADS", "1")
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    settings.CHECKPOINT_SECONDS = 0
    whole = work_on(start_run(RunKind.TRAIN_ENCODER, told(files=[text])).pk, train_encoder)
    run = start_run(RunKind.TRAIN_ENCODER, told(files=[text]))

    for moment in ("tokens", "train", "keep"):
        do_and_die(run, "mining.actions.encoders.train_encoder", moment)
        let_time_pass(run)
        assert revive_stalled_runs() == [run.pk]
    ended = work_on(run.pk, train_encoder)

    assert ended.status == RunStatus.DONE, ended.error
    assert ended.attempt == 4 and ended.encoder.history == whole.encoder.history
    assert ended.encoder.digest == whole.encoder.digest
    assert set(sent) == {"mining.tasks.encoders.train_encoder"}
