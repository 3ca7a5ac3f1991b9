"""Import, mine, ask, learn, curate, release and export on real Chinese and English documents."""

import json
import os
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from annotation import kinds
from annotation.models import Judgment, Pool
from annotation.text import render_task
from bench import real_candidates
from bench.loop import Scale, run_loop
from bench.real_candidates import missing as missing_candidates
from bench.real_input import missing
from graph.actions.setup import ensure_default_ontology
from graph.models import Evidence, Status, Triple
from mining.classifiers.logistic import Logistic
from mining.classifiers.metrics import values
from mining.models import LabelSetItem, ModelVersion, RunKind, RunStatus, Split
from tests.factories.candidates import make_kind_campaign
from tests.factories.runs import errors_of, run_import, write_lines

DATA = Path(os.environ.get("DATA") or Path(__file__).resolve().parents[3] / "shared/data")
FEW_HUNDRED = 400
TINY = Scale({"zh": 25, "en": 4}, candidates=150, rounds=2, step=30, seeds=(1,))

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.mark.skipif(bool(missing(DATA)), reason=f"DATA ({DATA}) has no {', '.join(missing(DATA))}")
def test_the_loop_closes_on_real_documents(tmp_path):
    said = []

    figures = run_loop(data=DATA, scale=TINY, folder=tmp_path, say=said.append)

    for language in ("zh", "en"):
        found = figures["languages"][language]
        assert found["counts"]["documents"] > 100
        assert found["counts"]["tasks"] == 150
        assert found["counts"]["yes among them"] > 0
        assert [point["labels"] >= 30 for point in found["curves"]["doubt"]] == [True, True]
        assert all(0 <= point["average_precision"] <= 1 for point in found["curves"]["random"])
    release = figures["release"]
    assert release["triples"] == Triple.objects.filter(status=Status.APPROVED).count() > 0
    assert all(file["same_twice"] and file["bytes"] for file in release["files"].values())
    assert_trail_is_whole()
    assert json.loads(json.dumps(figures)) == figures
    assert any("average precision" in line for line in said)


def assert_trail_is_whole():
    """Every triple rests on a verdict of simulated judgments, and no evaluation label has trained."""
    for triple in Triple.objects.filter(status=Status.APPROVED)[:20]:
        assert triple.evidence.filter(kind="verdict", detail__simulated=True).exists()
        assert triple.evidence.filter(kind="sentence").exists()
    sentence = Evidence.objects.filter(kind="sentence").first()
    assert sentence.text[sentence.start : sentence.end]
    assert not Judgment.objects.filter(is_simulated=False).exists()
    assert ModelVersion.objects.filter(is_live=True).count() == 4
    leaked = LabelSetItem.objects.filter(split=Split.TRAINING, task__pool=Pool.EVALUATION)
    assert not leaked.exists()


@pytest.mark.skipif(
    bool(missing_candidates(DATA)), reason=f"DATA ({DATA}) has no {', '.join(missing_candidates(DATA))}"
)
@pytest.mark.parametrize(
    ("rows", "folder", "kind", "question"),
    [
        (real_candidates.relations, "", "relation_sentence", "satisfy"),
        (real_candidates.groceries, "img_grocery", "image_text", "shows"),
        (real_candidates.colours, "img_fashion_small", "image_text", "shows"),
    ],
    ids=["relations", "groceries", "colours"],
)
def test_real_candidates_come_in_and_are_asked_and_learnt_from(
    tmp_path, settings, rows, folder, kind, question
):
    settings.MEDIA_ROOT = tmp_path / "media"
    ensure_default_ontology()
    labelled = list(islice(rows(DATA), FEW_HUNDRED))
    table = write_lines(tmp_path / "candidates.jsonl", [row for row, _is_true in labelled])
    told = {"images": {"path": str(DATA / folder), "name": folder}} if folder else {}
    run_kind = RunKind.IMPORT_IMAGE_TEXTS if folder else RunKind.IMPORT_RELATIONS

    run = run_import(table, kind=run_kind, create_categories=True, **told)
    again = run_import(table, kind=run_kind, create_categories=True, **told)

    assert run.status == again.status == RunStatus.DONE, run.error
    counts = run.counts
    assert counts["added"] + counts["duplicates"] == len(labelled), errors_of(run)[:3]
    assert counts["added"] > 0.8 * len(labelled)
    assert (again.counts["added"], again.counts["changed"]) == (0, 0)
    campaign = make_kind_campaign(kind, question)
    assert campaign.tasks.count() == counts["added"]
    assert render_task(campaign.tasks.first())
    auc = learnt(campaign, {row["id"]: is_true for row, is_true in labelled})
    print(f"{run.took.total_seconds():.1f} s, {counts}, area under the curve {auc:.3f}")
    assert auc > 0.5 or folder == "img_grocery"  # one photo of a shelf tells colours little


def learnt(campaign, truth):
    """Two thirds of the tasks teach the cold-start classifier, the others measure it."""
    tasks = list(campaign.tasks.order_by("pk"))
    ids = dict(kinds.get(campaign.kind).model.objects.values_list("pk", "source_id"))
    said = np.array([truth[ids[task.candidate_id]] for task in tasks])
    rows = kinds.get(campaign.kind).features(tasks)
    teaches = np.arange(len(tasks)) % 3 > 0
    classifier = Logistic()
    classifier.fit([row for row, one in zip(rows, teaches, strict=True) if one], said[teaches], seed=1)
    found = classifier.probabilities([row for row, one in zip(rows, teaches, strict=True) if not one])
    return values(said[~teaches], found)["auc"]
