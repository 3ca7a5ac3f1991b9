"""Exchange by API and page: started by admins, done by workers, watched by curators."""

import io
import json

import pytest

from annotation.actions.exchanging import UnderWay, revive_exchanges, start_exchange, work_on
from annotation.labelstudio.tasks import task_of
from annotation.models import Exchange, Judgment
from people.errors import UserError
from tests.annotation.labelstudio.test_conversion import annotation, answered
from tests.factories.annotation import give_and_judge, make_campaign
from tests.factories.people import make_admin, make_annotator, make_curator

pytestmark = pytest.mark.django_db


def export_file(*rows):
    file = io.BytesIO(json.dumps(list(rows)).encode())
    file.name = "export.json"
    return file


def test_the_api_exports_imports_and_tells_how_it_went(client):
    client.force_login(make_admin())
    campaign = make_campaign(size=2, overlap=1)
    give_and_judge(campaign.tasks.first(), make_annotator())
    path = f"/api/v1/campaigns/{campaign.pk}"

    exported = client.get(f"{path}/label-studio")
    tasks = json.loads(b"".join(exported.streaming_content))
    assert [len(task["annotations"]) for task in tasks] == [1, 0]
    rows = answered(campaign.tasks.last(), annotation(1)), {"data": {}}
    told = {"file": export_file(*rows), "people": '{"ann@example.org": "nobody-here"}'}
    started = client.post(f"{path}/exchanges/file", told)
    assert started.status_code == 202 and started.json()["status"] == "queued"
    work_on(started.json()["id"])

    done = client.get(f"/api/v1/exchanges/{started.json()['id']}").json()
    assert (done["status"], done["done"], done["counts"]["counted"]) == ("done", 2, 1)
    assert done["problems"][0]["row"] == 2
    assert client.get(f"{path}/exchanges").json()["results"][0]["id"] == done["id"]
    assert client.post(f"{path}/exchanges/file", {}).status_code == 400
    assert client.post(f"{path}/exchanges/file", {**told, "people": "[]"}).status_code == 400


def test_without_a_server_sending_is_refused_in_words(client, settings):
    settings.LABEL_STUDIO_URL = ""
    client.force_login(make_admin())
    path = f"/api/v1/campaigns/{make_campaign(size=1).pk}/exchanges"

    refused = client.post(path, {"action": "deploy"}, content_type="application/json")

    assert refused.status_code == 409 and "LABEL_STUDIO_URL" in refused.json()["detail"]
    assert client.post(path, {"action": "dance"}, content_type="application/json").status_code == 400


def test_only_one_at_a_time_and_answers_only_after_tasks(settings):
    settings.LABEL_STUDIO_URL = "http://127.0.0.1:9"
    campaign = make_campaign(size=1)

    start_exchange(campaign=campaign, action="deploy")

    with pytest.raises(UnderWay):
        start_exchange(campaign=campaign, action="deploy")
    with pytest.raises(UserError, match="Send the campaign's tasks"):
        start_exchange(campaign=campaign, action="recycle")
    assert Exchange.objects.count() == 1


def test_a_job_that_gets_nowhere_is_given_up(settings):
    settings.LABEL_STUDIO_URL, settings.LABEL_STUDIO_TOKEN = "http://127.0.0.1:9", "x"
    exchange = start_exchange(campaign=make_campaign(size=1), action="deploy")

    for _ in range(4):
        assert work_on(exchange.pk).status == "queued"
        assert revive_exchanges() == [exchange.pk]

    assert work_on(exchange.pk).status == "failed"
    assert work_on(exchange.pk) is None and revive_exchanges() == []


def test_the_page_starts_a_job_shows_it_and_refuses_nonsense(client, settings):
    settings.LABEL_STUDIO_URL = ""
    campaign = make_campaign(size=1, overlap=1)
    path = f"/campaigns/{campaign.pk}/label-studio"
    client.force_login(make_curator())
    assert "Nothing yet." in client.get(path).text
    assert client.post(f"{path}/start", {"action": "import"}).status_code == 403

    client.force_login(make_admin())
    assert "No server is named" in client.get(path).text
    assert "Choose a file." in client.post(f"{path}/start", {"action": "import"}).text
    nonsense = {"action": "deploy", "people": "ann"}
    assert "has no e-mail address" in client.post(f"{path}/start", nonsense).text
    assert "LABEL_STUDIO_URL" in client.post(f"{path}/start", {"action": "deploy"}).text
    file = export_file(answered(campaign.tasks.get(), annotation(1)), "x")
    assert client.post(f"{path}/start", {"action": "import", "file": file}).status_code == 302
    exchange = Exchange.objects.get()
    page = client.get(path, headers={"HX-Request": "true"})
    assert "hx-get" in page.text and "<html" not in page.text
    work_on(exchange.pk)
    page = client.get(path)
    assert "1 counted" in page.text and "1 problem" in page.text
    assert 'hx-trigger="every 2s"' not in page.text
    assert Judgment.objects.count() == 1
    downloaded = json.loads(b"".join(client.get(f"{path}/file").streaming_content))
    assert downloaded[0]["data"]["phrase"] == task_of(campaign.tasks.get())["data"]["phrase"]
