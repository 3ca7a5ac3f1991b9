"""Mining with a masked language model: fragments go, the record says why, and what is wrong is said early."""

import pytest
from django.core.management import CommandError, call_command

from graph.actions.setup import ensure_default_ontology
from mining.actions.encoders import NoEncoder, encoder_parameters, train_encoder
from mining.actions.mine import mine_phrases, mining_parameters, start_mining
from mining.actions.mine_pruning import PRESETS, BadPruning
from mining.actions.runs import create_claimed, do
from mining.models import Encoder, RunKind, RunStatus
from tests.factories.runs import run_import, write_lines
from tests.mining.actions.test_mine_forest import GOODS, TRAITS

pytestmark = pytest.mark.django_db


@pytest.fixture
def corpus(tmp_path, settings):
    settings.TORCH_THREADS = 1
    ensure_default_ontology()
    rows = [
        {
            "id": str(n),
            "text": f"{GOODS[n % 10]}，{TRAITS[n % 7]}。第{n}次买了{GOODS[(n * 3) % 10]}，"
            f"真的很{TRAITS[(n * 7) % 10]}。{TRAITS[(n * 3) % 10]}效果，保湿效果不错！",
        }
        for n in range(60)
    ]
    run_import(write_lines(tmp_path / "docs.jsonl", rows))


@pytest.fixture
def encoder(corpus):
    told = {"name": "shop", "vocabulary": 300, "steps": 6, "batch_tokens": 256, "precision": "float32"}
    run = do(create_claimed(RunKind.TRAIN_ENCODER, encoder_parameters(told)), train_encoder)
    assert run.status == RunStatus.DONE, run.error
    return Encoder.objects.get()


def mine(**told):
    parameters = mining_parameters({"language": "zh", **told})
    return do(create_claimed(RunKind.MINE_PHRASES, parameters), mine_phrases)


def test_the_encoder_drops_what_it_cannot_guess_and_the_record_tells_its_ranks(encoder):
    whole = mine(preset="rf+seg")
    run = mine(preset="rf+seg+mlm", mlm_top_n=20)

    assert run.status == RunStatus.DONE, run.error
    assert run.parameters["encoder"] == "shop@1"
    gone = run.fates.filter(stage="mlm")
    assert gone and {fate.rule for fate in gone} == {"incomplete"}
    assert all(max(fate.features["first_rank"], fate.features["last_rank"]) >= 20 for fate in gone)
    kept = run.fates.kept()
    assert all(fate.features["last_rank"] < 20 for fate in kept if "last_rank" in fate.features)
    assert kept.count() + gone.count() >= whole.fates.kept().count() > kept.count()
    again = mine(preset="rf+seg+mlm", mlm_top_n=20)
    assert list(again.fates.kept().values_list("text", "score")) == list(kept.values_list("text", "score"))


def test_more_guesses_keep_more(encoder):
    few, all_of_them = (mine(preset="rf+mlm", mlm_top_n=top) for top in (5, 300))

    assert few.fates.kept().count() < all_of_them.fates.kept().count()
    assert not all_of_them.fates.filter(stage="mlm").exists()


def test_as_evidence_the_encoder_drops_nothing_and_its_ranks_are_features_of_the_forest(encoder):
    run = mine(preset="rf+seg+ranks", min_quality=0.0, mlm_top_n=1)

    assert run.status == RunStatus.DONE, run.error
    assert not run.fates.filter(stage="mlm").exists()
    kept = run.fates.kept()
    assert kept and any(fate.features.get("first_rank") for fate in kept)


def test_an_encoder_that_is_gone_ends_the_run_with_its_name(encoder):
    parameters = mining_parameters({"language": "zh", "preset": "rf+mlm"})
    (encoder.folder / "model.safetensors").unlink()

    run = do(create_claimed(RunKind.MINE_PHRASES, parameters), mine_phrases)

    assert run.status == RunStatus.FAILED and "“shop@1” could not be loaded" in run.error


def test_such_runs_are_done_where_the_graphics_card_is(
    encoder, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("mining.actions.runs.current_app.send_task", lambda *_, **told: sent.append(told))

    with django_capture_on_commit_callbacks(execute=True):
        start_mining(parameters={"preset": "rf+mlm"}, by=None)
        start_mining(parameters={"preset": "rf"}, by=None)

    assert [told.get("queue") for told in sent] == ["gpu", None]


def test_presets_are_the_variants_of_the_paper_and_what_is_told_besides_wins(encoder):
    told = {name: mining_parameters({"preset": name}) for name in PRESETS}

    assert [(one["method"], one["segment"], one["mlm"]) for one in told.values()][1:] == [
        ("forest", False, False), ("forest", True, False), ("forest", False, True), ("forest", True, True),
        ("forest", True, True),
    ]  # fmt: skip
    assert (told["unsupervised"]["method"], told["unsupervised"]["mlm"]) == ("unsupervised", False)
    assert [name for name, one in told.items() if not one["mlm_cuts"]] == ["rf+seg+ranks"]
    assert mining_parameters({"preset": "rf+seg", "segment": False})["segment"] is False


@pytest.mark.parametrize(
    ("told", "error", "why"),
    [
        ({"preset": "rf+mlm"}, NoEncoder, "There is no encoder yet"),
        ({"preset": "rf+mlm", "encoder": "shop@9"}, NoEncoder, "no encoder “shop@9”"),
        ({"preset": "magic"}, BadPruning, "no preset “magic”"),
        ({"preset": "rf+mlm", "encoder": "/x", "mlm_top_n": 0}, BadPruning, "mlm_top_n must be"),
        ({"preset": "rf+mlm", "encoder": "/x", "mlm_way": "upside down"}, BadPruning, "mlm_way must be"),
        ({"method": "unsupervised", "mlm": True, "encoder": "/x"}, BadPruning, "choose the method forest"),
        ({"mlm": "yes"}, BadPruning, "mlm must be true or false"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(told, error, why):
    with pytest.raises(error, match=why):
        mining_parameters(told)


def test_the_command_takes_presets_and_says_what_is_missing(corpus, capsys):
    with pytest.raises(CommandError, match="There is no encoder yet"):
        call_command("mine_phrases", preset="rf+mlm")
    with pytest.raises(CommandError, match="no such folder"):
        call_command("mine_phrases", preset="rf+mlm", encoder="/no/encoder", language="zh")
