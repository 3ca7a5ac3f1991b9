import json
import re

import pytest
from django.urls import reverse

from annotation.models import Campaign, Pool
from mining.models import Evaluation, Run, RunKind, RunStatus
from tests.factories.learning import answer_some, make_learnable, train_now
from tests.factories.people import make_annotator, make_curator

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(client):
    user = make_curator()
    client.force_login(user)
    return user


def page(campaign):
    return reverse("mining:learning", args=[campaign.pk])


def trained(rounds=1):
    campaign = make_learnable(100, evaluation_share=0.3)
    answer_some(campaign, 20)
    for _ in range(rounds):
        answer_some(campaign, 4)
        answer_some(campaign, 4, pool=Pool.EVALUATION)
        train_now(campaign)
    return campaign


def figures(answer):
    found = re.search(r'<script id="curve-figures" type="application/json">(.*?)</script>', answer.text)
    return json.loads(found.group(1))


def test_without_verdicts_the_page_says_what_to_do(client, curator):
    answer = client.get(page(make_learnable(10)))

    assert "20 more verdicts are needed" in answer.text
    assert "No model yet" in answer.text
    assert re.search(r'<button class="button primary" disabled>', answer.text)


def test_with_enough_verdicts_and_no_model_it_offers_to_train(client, curator):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)

    answer = client.get(page(campaign))

    assert "enough verdicts for a first model" in answer.text
    assert '<button class="button primary">' in answer.text


def test_the_curve_and_the_table_show_every_version(client, curator):
    campaign = trained(rounds=2)

    answer = client.get(page(campaign))

    curve = figures(answer)
    assert [point["labels"] for point in curve["points"]] == [24, 28]
    assert "average_precision" in curve["metrics"]
    assert answer.text.count("badge live") == 1
    assert answer.text.count("Make live") == 1
    assert "left to learn from, fewer than the 50 verdicts that start a training" in answer.text


def said_of_the_next_training(client, campaign):
    text = client.get(page(campaign)).text
    stats = re.search(r'<section class="grid learning-stats".*?</section>', text, re.DOTALL).group()
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", stats.rpartition('<div class="card stat">')[2])).strip()


def test_when_the_next_training_comes_is_told_as_it_is(client, curator):
    campaign = trained()
    row = Campaign.objects.filter(pk=campaign.pk)

    def told(**changes):
        row.update(**{"retrain_every": 8, "status": "running", **changes})
        return said_of_the_next_training(client, campaign)

    assert told() == "8 more verdicts until the next training"
    assert told(retrain_every=0) == "– Training starts on demand only."
    assert told(status="paused") == "– Training starts by itself only while the campaign is running."
    assert "finished" in told(status="finished")
    answer_some(campaign, 8)
    assert told().startswith("– 8 verdicts since the last one There are enough new verdicts")
    train_now(campaign)
    answer_some(campaign, 100)
    assert "is decided: no training will start by itself" in told(retrain_every=90)


def test_one_point_is_explained_and_a_figure_reads_the_same_everywhere(client, curator):
    campaign = trained()
    Evaluation.objects.update(metrics={"size": 4, "average_precision": [0.7650001, 0.1249, 0.9951]})

    text = client.get(page(campaign)).text

    assert "One version is one point; with the next training there is a line." in text
    assert len(re.findall(r"0\.77\b", text)) == 2
    assert len(re.findall(r"\(0\.12–1\.00\)", text)) == 2


def test_the_page_stands_where_nothing_was_measured(client, curator):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)
    train_now(campaign)

    answer = client.get(page(campaign))

    assert "Not measured yet" in answer.text


def test_train_now_starts_one_run_and_a_second_click_none(client, curator):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)
    url = reverse("mining:train", args=[campaign.pk])

    first, second = client.post(url), client.post(url)

    assert first.url == second.url == page(campaign)
    run = Run.objects.get(kind=RunKind.TRAIN)
    assert run.started_by == curator
    assert f"?run={run.pk}" in client.get(page(campaign)).text


def test_train_now_without_labels_says_why_not(client, curator):
    campaign = make_learnable(10)

    answer = client.post(reverse("mining:train", args=[campaign.pk]), follow=True)

    assert 'class="notice error"' in answer.text and "20 more verdicts" in answer.text


def test_the_piece_follows_the_run_and_then_loads_the_page_anew(client, curator):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)
    client.post(reverse("mining:train", args=[campaign.pk]))
    run = Run.objects.get(kind=RunKind.TRAIN)
    piece = reverse("mining:learning-run", args=[campaign.pk]) + f"?run={run.pk}"

    under_way = client.get(piece)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, error="no disk", finished_at=run.created_at)
    ended = client.get(piece)

    assert "hx-trigger" in under_way.text and "HX-Refresh" not in under_way
    assert ended["HX-Refresh"] == "true"
    assert "no disk" in client.get(page(campaign)).text


@pytest.mark.parametrize("run", ["", "x", "²", "9" * 40])
def test_the_piece_survives_nonsense(client, curator, run):
    campaign = make_learnable(2)

    answer = client.get(reverse("mining:learning-run", args=[campaign.pk]), {"run": run})

    assert answer.status_code == 200


def test_an_earlier_version_can_be_made_live(client, curator):
    campaign = trained(rounds=2)
    url = reverse("mining:make-live", args=[campaign.pk, 1])

    answer = client.post(url, follow=True)
    again = client.post(url, follow=True)

    assert "Model 1 is live again" in answer.text
    assert "under way" in again.text
    assert campaign.model_versions.get(is_live=True).number == 1


def test_annotators_are_refused(client):
    campaign = make_learnable(2)
    client.force_login(make_annotator())

    assert client.get(page(campaign)).status_code == 403
    assert client.post(reverse("mining:train", args=[campaign.pk])).status_code == 403
    assert client.post(reverse("mining:make-live", args=[campaign.pk, 1])).status_code == 403


def test_training_needs_a_post(client, curator):
    campaign = make_learnable(2)

    assert client.get(reverse("mining:train", args=[campaign.pk])).status_code == 405


def test_what_is_not_there_is_not_found(client, curator):
    assert client.get(reverse("mining:learning", args=[10**9])).status_code == 404
    assert client.post(reverse("mining:make-live", args=[10**9, 1])).status_code == 404
