"""Pages and API of encoders: do they work, refuse strangers, refuse nonsense, survive a second click?"""

import pytest
from django.urls import reverse

from mining.models import Run, RunKind
from tests.factories.people import make_admin, make_annotator, make_curator
from tests.factories.runs import run_import, write_lines
from tests.factories.workspace import make_encoder

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_admin()
    client.force_login(user)
    return user


def test_pages_open_on_an_empty_workspace_and_a_full_one(client, admin, tmp_path):
    for name in ("encoders", "train-encoder"):
        assert client.get(reverse(f"mining:{name}")).status_code == 200
    encoder = make_encoder()
    run_import(write_lines(tmp_path / "docs.jsonl", [{"id": "a", "text": "Soft fabric."}]))

    listed = client.get(reverse("mining:encoders")).text
    assert "shop@1" in listed and "54.6" in listed and "Training of an encoder" in listed
    assert "12,000" in client.get(reverse("mining:encoder", args=[encoder.pk])).text
    assert 'name="epochs"' in client.get(reverse("mining:train-encoder")).text
    assert client.get(reverse("mining:encoder", args=[10**9])).status_code == 404


def test_a_training_is_started_once_however_often_one_clicks(client, admin, tmp_path):
    run_import(write_lines(tmp_path / "docs.jsonl", [{"id": "a", "text": "Soft fabric."}]))
    form = client.get(reverse("mining:train-encoder")).context["form"]
    filled = {name: field.initial or "" for name, field in form.fields.items()} | {
        "name": "mine",
        "epochs": "2.5",
    }
    del filled["corpora"]

    answers = [client.post(reverse("mining:train-encoder"), filled) for _ in range(2)]

    run = Run.objects.get(kind=RunKind.TRAIN_ENCODER)
    assert {answer.url for answer in answers} == {reverse("mining:run", args=[run.pk])}
    assert run.parameters["epochs"] == 2.5 and run.parameters["name"] == "mine" and run.started_by == admin
    wrong = client.post(reverse("mining:train-encoder"), {**filled, "name": "a/b", "seed": "x"})
    assert wrong.status_code == 200 and set(wrong.context["form"].errors) == {"name", "seed"}
    large = client.post(reverse("mining:train-encoder"), {**filled, "name": "other", "epochs": "99999"})
    assert "epochs must be between" in large.text


def test_strangers_are_refused(client):
    encoder = make_encoder()
    pages = [reverse("mining:encoders"), reverse("mining:encoder", args=[encoder.pk])]
    for who, seen, may_train in ((None, 302, 302), (make_annotator(), 403, 403), (make_curator(), 200, 403)):
        if who:
            client.force_login(who)
        assert [client.get(page).status_code for page in pages] == [seen, seen]
        assert client.post(reverse("mining:train-encoder"), {"name": "x"}).status_code == may_train
    assert not Run.objects.filter(parameters__name="x").exists()


def test_the_api_lists_shows_and_starts(client, admin):
    encoder = make_encoder()

    listed = client.get("/api/v1/encoders?name=shop").json()["results"]
    one = client.get(f"/api/v1/encoders/{encoder.pk}").json()
    started = client.post("/api/v1/encoders", {"name": "api", "size": "mini"}, "application/json")

    assert [row["reference"] for row in listed] == ["shop@1"]
    assert client.get("/api/v1/encoders?name=nobody").json()["results"] == []
    assert one["history"][-1]["perplexity"] == 54.6
    assert started.status_code == 201 and started.json()["parameters"]["size"] == "mini"
    for wrong in ({"name": "a/b"}, {"name": "x", "layers": 3}, {"name": "x", "size": "huge"}, {}):
        assert client.post("/api/v1/encoders", wrong, "application/json").status_code == 400, wrong
