"""The client against a real server: reads, answers, keeps its ids, and says what went wrong."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from annotation.models import Judgment as Row
from annotation.models import Verdict
from kgclient import Client, Conflict, Invalid, Judgment, NotAllowed, NotFound, Throttled, Unreachable
from people.actions.tokens import issue_token
from tests.factories.annotation import make_campaign
from tests.factories.people import PASSWORD, make_admin, make_annotator

pytestmark = pytest.mark.django_db(transaction=True)


def token_of(user):
    return issue_token(user=user, name="client")[1]


def test_it_asks_answers_and_reads_the_verdicts_page_by_page(live_server):
    campaign, one, boss = make_campaign(size=5, overlap=1), make_annotator(), make_admin()

    with Client(live_server.url, token=token_of(one)) as client:
        assert client.me()["username"] == one.username
        assert [row["id"] for row in client.campaigns()] == [campaign.pk]
        asked = client.next_tasks(campaign.pk, size=3)
        judgments = [
            Judgment(task["id"], "accept", took_ms=900, guideline=asked["guideline"])
            for task in asked["tasks"]
        ]
        reply = client.answer(campaign.pk, judgments, size=10)
        again = client.answer(campaign.pk, judgments)
    with Client(live_server.url + "/", token=token_of(boss)) as client:
        verdicts = list(client.pages("verdicts", page_size=2, campaign=campaign.pk))

    assert [result["status"] for result in reply["results"]] == ["saved"] * 3
    assert [result["judgment"] for result in again["results"]] == [str(one.id) for one in judgments]
    assert len(reply["tasks"]) == 2 and Row.objects.count() == 3
    assert [row["id"] for row in verdicts] == list(
        Verdict.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_a_session_logs_in_and_may_change_things(live_server):
    boss = make_admin(username="chen")

    with Client(live_server.url, username="chen", password=PASSWORD) as client:
        assert client.me()["id"] == boss.pk
        made = client.post("campaigns", {"name": "By hand", "kind": "word", "question": "poi"})
        assert client.patch(f"campaigns/{made['id']}", {"name": "Renamed"})["name"] == "Renamed"
        token = client.post("tokens", {"name": "mine"})
        assert client.delete(f"tokens/{token['id']}") is None
    with pytest.raises(NotAllowed, match="do not belong together"):
        Client(live_server.url, username="chen", password="wrong")


def test_errors_are_exceptions_that_say_what_is_wrong(live_server):
    campaign = make_campaign(size=1)
    with Client(live_server.url, token=token_of(make_admin())) as client:
        with pytest.raises(Invalid) as wrong:
            client.post("campaigns", {"name": "x", "kind": "word", "question": "poi", "overlap": 99})
        with pytest.raises(NotFound):
            client.campaign(987654)
        client.post(f"campaigns/{campaign.pk}/finish")
        with pytest.raises(Conflict, match="Finished"):
            client.post(f"campaigns/{campaign.pk}/start")
    with Client(live_server.url, token="kgc_nobody") as client, pytest.raises(NotAllowed) as refused:
        client.me()

    assert "overlap" in wrong.value.errors and wrong.value.code == "invalid"
    assert refused.value.status == 401 and "revoked" in refused.value.detail


@pytest.fixture
def flaky():
    """A server of which each answer is told beforehand; it keeps what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            server = self.server
            server.got.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers = server.plan.pop(0)
            body = b'{"results": [], "tasks": [], "guideline": 1}' if status == 200 else b"<h1>busy</h1>"
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.plan, server.url = [], [], f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_answers_are_sent_again_with_the_ids_they_had(flaky):
    flaky.plan = [(502, {}), (429, {"Retry-After": "7"}), (500, {}), (200, {})]
    slept = []
    judgment = Judgment(1, "accept", id=uuid4())

    with Client(flaky.url, token="x", sleep=slept.append) as client:
        client.answer(1, [judgment])

    assert len(set(flaky.got)) == 1 and str(judgment.id).encode() in flaky.got[0]
    assert slept == [0.5, 7.0, 2.0]


def test_what_might_do_harm_twice_is_sent_once_and_patience_ends(flaky):
    flaky.plan = [(503, {}), (429, {"Retry-After": "4000"}), *[(503, {})] * 6]
    slept = []
    with Client(flaky.url, token="x", sleep=slept.append) as client:
        with pytest.raises(Exception, match="answered 503"):
            client.post("campaigns", {})
        assert (len(flaky.got), slept) == (1, [])
        with pytest.raises(Throttled):
            client.answer(1, [])
        with pytest.raises(Exception, match="answered 503"):
            client.answer(1, [])

    assert len(flaky.got) == 8 and slept == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_where_nobody_answers_it_says_so():
    client = Client("http://127.0.0.1:9", token="x", sleep=lambda _seconds: None)

    with client, pytest.raises(Unreachable, match="no kgcurate server answers"):
        client.me()
