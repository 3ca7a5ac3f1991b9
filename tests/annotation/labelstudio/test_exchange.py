"""Exchange by API and page: started by admins, done by workers, watched by curators."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db.models import F

from annotation.actions import exchanging
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


@pytest.fixture
def refusing():
    """A Label Studio that answers everything with its `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'{"detail": "Not today."}'
            self.send_response(server.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "left"), [(503, "queued"), (429, "queued"), (401, "failed"), (400, "failed")]
)
def test_a_busy_server_is_tried_again_and_one_that_refuses_is_not(refusing, settings, status, left):
    settings.LABEL_STUDIO_URL = f"http://127.0.0.1:{refusing.server_port}"
    settings.LABEL_STUDIO_TOKEN, refusing.status = "x", status
    exchange = start_exchange(campaign=make_campaign(size=1), action="deploy")

    told = work_on(exchange.pk)

    assert (told.status, told.error) == (left, f"Label Studio answered {status}: Not today.")
    assert (told.finished_at is None) == (left == "queued")


def imported(campaign):
    rows = [answered(task, annotation(number)) for number, task in enumerate(campaign.tasks.all(), 1)]
    return start_exchange(campaign=campaign, action="import", file=export_file(*rows))


def test_a_file_that_breaks_off_is_said_to_and_what_was_read_stays(client):
    campaign = make_campaign(size=2, overlap=1)
    whole = export_file(answered(campaign.tasks.first(), annotation(1)), "no task").getvalue()
    exchange = start_exchange(campaign=campaign, action="import", file=io.BytesIO(whole[:-1]))

    told = work_on(exchange.pk)

    assert told.status == "failed" and "not a JSON export" in told.error
    assert Judgment.objects.count() == 1
    client.force_login(make_curator())
    page = client.get(f"/campaigns/{campaign.pk}/label-studio")
    assert page.status_code == 200 and "1 problem" in page.text


def file_of(exchange, settings):
    return Path(settings.MEDIA_ROOT) / exchange.parameters["file"]


def test_the_file_stays_until_the_job_has_ended_whoever_dies_before(settings, monkeypatch):
    exchange = imported(make_campaign(size=3, overlap=1))

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        # All is read; the worker dies before it can say so.
        patch.setattr(exchanging.Progress, "end", die)
        with pytest.raises(Killed):
            work_on(exchange.pk)
    assert file_of(exchange, settings).exists() and Judgment.objects.count() == 3
    Exchange.objects.update(beat_at=None)
    done = work_on(exchange.pk)

    assert (done.status, done.counts["known"], done.counts["counted"]) == ("done", 3, 0)
    assert not file_of(exchange, settings).exists()


def test_an_attempt_that_was_taken_over_stops_and_says_nothing(settings, monkeypatch):
    exchange = imported(make_campaign(size=2, overlap=1))
    say = exchanging.Progress.note

    def taken_over(self, *args, **counts):
        # Meanwhile beat thought this worker dead, and another has it.
        Exchange.objects.update(attempt=F("attempt") + 1)
        say(self, *args, **counts)

    monkeypatch.setattr(exchanging.Progress, "note", taken_over)
    told = work_on(exchange.pk)

    assert (told.status, told.attempt, told.error, told.counts) == ("running", 2, "", {})
    assert file_of(exchange, settings).exists(), "the other one needs it"


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
