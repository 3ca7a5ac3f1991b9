import pytest

from annotation.models import Pool
from mining.models import Run, RunKind
from tests.factories.learning import answer_some, make_learnable, train_now
from tests.factories.people import make_annotator, make_curator

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(client):
    user = make_curator()
    client.force_login(user)
    return user


def trained():
    campaign = make_learnable(80, evaluation_share=0.3)
    answer_some(campaign, 24)
    answer_some(campaign, 6, pool=Pool.EVALUATION)
    train_now(campaign)
    return campaign


def test_versions_labels_and_verdicts_are_one_call_each(client, curator):
    campaign = trained()

    (listed,) = client.get(f"/api/v1/campaigns/{campaign.pk}/model-versions").json()["results"]
    version = client.get(f"/api/v1/model-versions/{listed['id']}").json()
    label_set = client.get(f"/api/v1/label-sets/{version['label_set']}").json()
    items = client.get(f"/api/v1/label-sets/{version['label_set']}/items").json()["results"]

    assert version == listed
    assert (version["number"], version["is_live"], len(version["digest"])) == (1, True, 64)
    assert version["evaluations"][0]["metrics"]["size"] == 6
    assert (label_set["training"], label_set["evaluation"], label_set["run"]) == (24, 6, version["run"])
    assert len(items) == 30
    assert {item["split"] for item in items} == {"training", "evaluation"}


def test_training_is_started_once(client, curator):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)

    first = client.post(f"/api/v1/campaigns/{campaign.pk}/train", content_type="application/json")
    again = client.post(f"/api/v1/campaigns/{campaign.pk}/train", content_type="application/json")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert Run.objects.get(kind=RunKind.TRAIN).started_by == curator


def test_too_few_labels_are_a_conflict_that_says_what_is_missing(client, curator):
    campaign = make_learnable(20)

    answer = client.post(f"/api/v1/campaigns/{campaign.pk}/train", content_type="application/json")

    assert answer.status_code == 409
    assert "20 more verdicts" in answer.json()["detail"]


def test_an_unknown_classifier_is_refused(client, curator):
    campaign = make_learnable(20)

    answer = client.post(
        f"/api/v1/campaigns/{campaign.pk}/train", {"classifier": "oracle"}, content_type="application/json"
    )

    assert answer.status_code == 400 and "classifier" in answer.json()["errors"]


def test_a_version_is_made_live_with_a_run_that_rescores(client, curator):
    campaign = trained()
    train_now(campaign)
    first = campaign.model_versions.get(number=1)

    answer = client.post(f"/api/v1/model-versions/{first.pk}/live")
    again = client.post(f"/api/v1/model-versions/{first.pk}/live")

    assert answer.status_code == 202 and answer.json()["parameters"]["rescore"] == first.pk
    assert again.status_code == 409  # the run that rescores is under way


def test_the_live_version_made_live_changes_nothing(client, curator):
    version = trained().model_versions.get()

    assert client.post(f"/api/v1/model-versions/{version.pk}/live").status_code == 204


@pytest.mark.parametrize("path", ["campaigns/{}/model-versions", "model-versions/{}", "label-sets/{}"])
def test_what_is_not_there_is_not_found(client, curator, path):
    assert client.get("/api/v1/" + path.format(10**7)).status_code == 404
    assert client.get("/api/v1/" + path.format(10**30)).status_code == 404


def test_annotators_are_refused(client):
    campaign = make_learnable(4)
    client.force_login(make_annotator())

    assert client.get(f"/api/v1/campaigns/{campaign.pk}/model-versions").status_code == 403
    assert client.post(f"/api/v1/campaigns/{campaign.pk}/train").status_code == 403
