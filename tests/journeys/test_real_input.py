"""Import, mine, ask, learn, curate, release and export on real Chinese and English documents."""

import json
import os
from pathlib import Path

import pytest

from annotation.models import Judgment, Pool
from bench.loop import Scale, run_loop
from bench.real_input import missing
from graph.models import Evidence, Status, Triple
from mining.models import LabelSetItem, ModelVersion, Split

DATA = Path(os.environ.get("DATA") or Path(__file__).resolve().parents[3] / "shared/data")
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
