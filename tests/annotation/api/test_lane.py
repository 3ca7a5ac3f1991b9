"""The short lane replies as the route does, and leaves to it whatever is not plain."""

import json
from uuid import uuid4

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory

from annotation.actions.campaigns import finish_campaign
from annotation.actions.gold import add_gold
from annotation.api.lane import Lane
from annotation.models import Consensus, Judgment, Lease
from people import throttling
from people.models import User
from people.sessions import SessionStore
from people.throttling import Limiter
from tests.annotation.promises import assert_promises
from tests.factories.annotation import ask, make_annotator, make_campaign
from tests.factories.people import session_of

pytestmark = pytest.mark.django_db

CSRF = "c" * 32


class Browser:
    """One person's page, at a server of its own; `went_on` counts the requests that the lane did not take."""

    def __init__(self, campaign, person):
        self.person, self.cookie = person, session_of(person)
        self.path = f"/api/v1/campaigns/{campaign.pk}/judgments"
        self.went_on = 0
        self.lane = Lane(self.whole_way)
        self.django = WSGIHandler()

    def whole_way(self, environ, start_response):
        self.went_on += 1
        return self.django(environ, start_response)

    def send(self, body, *, by=None, **changes):
        """Status, headers and what the reply says; `changes` are of the WSGI environment."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        cookies = f"sessionid={self.cookie}; csrftoken={CSRF}"
        told = {"HTTP_COOKIE": cookies, "HTTP_X_CSRFTOKEN": CSRF, "HTTP_X_ANNOTATOR": str(self.person.pk)}
        told |= {"SERVER_NAME": "localhost", "HTTP_HOST": "localhost"}
        request = RequestFactory().post(self.path, raw, content_type="application/json")
        environ = {**request.environ, **told, **changes}
        environ = {name: value for name, value in environ.items() if value is not None}
        seen = []
        parts = (by or self.lane)(environ, lambda status, headers: seen.extend((status, headers)))
        reply = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return int(seen[0][:3]), dict(seen[1]), json.loads(reply)

    def opened(self):
        """As the page begins: its tasks, and a reply from which the lane has learnt the headers."""
        status, _headers, told = self.send({"judgments": [], "size": 3})
        assert status == 200
        return [task["id"] for task in told["tasks"]]


@pytest.fixture(autouse=True)
def kept_connection():
    """As Django's test client: a request must not close the connection of the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def campaign():
    return make_campaign(overlap=2, languages=["en", "zh"], source={"languages": ["en", "zh"]})


@pytest.fixture
def browser(campaign):
    return Browser(campaign, make_annotator())


def answer(task, **changes):
    return {"id": str(uuid4()), "task": task, "answer": "accept", "took_ms": 900, **changes}


def body(task, have=(), **changes):
    return {"judgments": [answer(task)], "size": 3, "have": list(have), "html": True, **changes}


def test_it_replies_with_the_headers_and_the_shape_of_the_route(browser, campaign):
    first, *rest = browser.opened()
    second, third = rest
    whole = browser.send(body(first, rest), by=browser.whole_way)
    (new,) = [task["id"] for task in whole[2]["tasks"]]
    went_on = browser.went_on

    short = browser.send(body(second, [third, new]))

    assert browser.went_on == went_on, "the lane did not take it"
    assert short[0] == whole[0] == 200
    assert short[1].keys() == whole[1].keys()
    changing = {"Content-Length"}
    assert {n: v for n, v in short[1].items() if n not in changing} == {
        n: v for n, v in whole[1].items() if n not in changing
    }
    assert list(short[2]) == list(whole[2])
    assert [list(one) for one in short[2]["results"]] == [list(one) for one in whole[2]["results"]]
    assert [list(one) for one in short[2]["tasks"]] == [list(one) for one in whole[2]["tasks"]]
    assert short[2]["results"][0]["is_counted"] is True
    assert_promises(campaign)


@pytest.mark.parametrize("html", [True, False])
@pytest.mark.parametrize("language", ["en", "zh-hans", ""])
def test_its_tasks_look_as_those_of_the_route(browser, campaign, html, language):
    User.objects.filter(pk=browser.person.pk).update(page_language=language)
    told = {"HTTP_ACCEPT_LANGUAGE": "zh-CN"}
    browser.send({"judgments": [], "html": html}, **told)
    went_on = browser.went_on

    shorts = browser.send({"judgments": [], "size": 4, "html": html}, **told)[2]["tasks"]
    assert browser.went_on == went_on
    whole = browser.send({"judgments": [], "size": 4, "html": html}, by=browser.whole_way, **told)[2]["tasks"]

    assert len(shorts) == 4
    assert shorts == whole
    assert {task["language"] for task in shorts} == {"en", "zh"}


def test_known_answers_come_in_between_by_the_whole_actions(campaign):
    campaign.gold_share = 1
    campaign.save()
    gold = campaign.tasks.first()
    add_gold(task=gold, answer="accept", reason="certain")
    browser = Browser(campaign, make_annotator())
    browser.send({"judgments": []})
    went_on = browser.went_on

    tasks = [task["id"] for task in browser.send({"judgments": [], "size": 2})[2]["tasks"]]

    assert browser.went_on == went_on
    assert gold.pk in tasks and len(tasks) == 2
    assert Lease.objects.filter(annotator=browser.person).count() == 2


def test_the_same_answer_twice_is_one_row_and_one_reply(browser):
    first, *rest = browser.opened()
    told = body(first, rest)

    once, again = browser.send(told), browser.send(told)

    assert once[2]["results"] == again[2]["results"]
    assert Judgment.objects.filter(annotator=browser.person).count() == 1


def test_a_verdict_of_other_arithmetic_is_formed_by_the_actions_on_the_way(campaign):
    campaign.consensus, campaign.overlap = Consensus.DAWID_SKENE, 2
    campaign.save()
    task = campaign.tasks.order_by("rank").first()
    ask(task, make_annotator())
    browser = Browser(campaign, make_annotator())
    held = browser.opened()
    went_on = browser.went_on

    (result,) = browser.send(body(task.pk, held[1:]))[2]["results"]
    (again,) = browser.send({"judgments": [answer(task.pk, answer="reject")]})[2]["results"]

    assert browser.went_on == went_on
    assert result["status"] == "saved" and result["is_counted"] is True
    assert again["judgment"] == result["judgment"]
    assert task.verdicts.get().method == Consensus.DAWID_SKENE
    assert_promises(campaign)


def test_a_session_that_ended_is_refused_at_the_next_request(browser):
    first, *_rest = browser.opened()
    assert browser.send(body(first))[0] == 200
    SessionStore(browser.cookie).delete()

    status, _headers, told = browser.send(body(first))

    assert (status, told["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_a_closed_account_or_a_new_password_ends_it_at_once(browser, change):
    first, second, *_rest = browser.opened()
    assert browser.send(body(first))[0] == 200
    User.objects.filter(pk=browser.person.pk).update(**change)

    status, _headers, told = browser.send(body(second))

    assert (status, told["code"]) == (401, "not_authenticated")
    assert not Judgment.objects.filter(task=second).exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"HTTP_X_CSRFTOKEN": None}, 403),
        ({"HTTP_X_CSRFTOKEN": "d" * 32}, 403),
        ({"HTTP_ORIGIN": "https://elsewhere.example"}, 403),
        ({"HTTP_COOKIE": "sessionid=made-up; csrftoken=" + CSRF}, 401),
        ({"HTTP_COOKIE": None}, 401),
        ({"HTTP_AUTHORIZATION": "Bearer kgc_made-up"}, 401),
        ({"HTTP_X_ANNOTATOR": "1"}, 403),
        ({"HTTP_HOST": "elsewhere.example"}, 400),
        ({"CONTENT_TYPE": "text/plain"}, 415),
        ({"HTTP_ACCEPT": "image/png"}, 406),
        ({"CONTENT_TYPE": "application/json; charset=utf-16"}, 400),
    ],
)
def test_what_the_route_refuses_is_refused(browser, changes, status):
    first, *_rest = browser.opened()

    assert browser.send(body(first), **changes)[0] == status
    assert not Judgment.objects.exists()


def test_production_sends_plain_http_away(browser, settings):
    first, *_rest = browser.opened()
    settings.SECURE_SSL_REDIRECT = True
    browser.django = WSGIHandler()  # which reads the setting when it is made
    went_on = browser.went_on

    with pytest.raises(json.JSONDecodeError):
        browser.send(body(first))

    assert browser.went_on == went_on + 1
    assert not Judgment.objects.exists()


STRANGE = [
    b"{",
    b"[]",
    b'{"judgments": 5}',
    b'{"judgments": [], "size": 1e400}',
    b'{"judgments": [], "more": "\\u0000"}',
    b'{"judgments": [], "size": true}',
    b'{"judgments": [], "size": "2"}',
    b'{"judgments": [], "have": ["1"]}',
    b'{"judgments": [], "have": [99999999999999999999]}',
    b"\xff",
]


@pytest.mark.parametrize("raw", STRANGE)
def test_what_is_said_strangely_is_answered_by_the_route(browser, raw):
    browser.opened()
    went_on = browser.went_on

    short = browser.send(raw)
    assert browser.went_on == went_on + 1
    whole = browser.send(raw, by=browser.whole_way)

    assert (short[0], short[2]) == (whole[0], whole[2])


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "skip"},
        {"answer": "bad", "reason": "wrong_boundary"},
        {"answer": "maybe"},
        {"answer": "reject", "typicality": "typical"},
        {"took_ms": -5},
        {"took_ms": 1.5},
        {"took_ms": True},
        {"comment": " spaces "},
        {"comment": "x" * 2001},
        {"id": "no uuid"},
        {"id": str(uuid4()).upper()},
        {"guideline": 0},
        {"task": 2**63},
        {"task": 987654321},
        {"reason": "wrong_boundary"},
        {"extra": 1},
    ],
)
def test_answers_that_are_not_plain_get_the_reply_of_the_route(browser, changes):
    first, *_rest = browser.opened()
    told = {"judgments": [{**answer(first), **changes}]}
    went_on = browser.went_on

    status, _headers, reply = browser.send(told)

    assert status == 200
    assert browser.went_on == went_on + 1
    assert browser.send(told, by=browser.whole_way)[2] == reply


def test_an_id_of_somebody_else_and_a_task_never_given_are_refused(browser, campaign):
    taken = ask(campaign.tasks.first(), make_annotator())
    first, *_rest = browser.opened()
    other = campaign.tasks.exclude(leases__annotator=browser.person).first()

    (stolen,) = browser.send({"judgments": [answer(first, id=str(taken.pk))]})[2]["results"]
    (foreign,) = browser.send({"judgments": [answer(other.pk)]})[2]["results"]

    assert stolen["status"] == foreign["status"] == "refused"
    assert not Judgment.objects.filter(annotator=browser.person).exists()


def test_a_finished_campaign_still_takes_answers_and_hands_out_nothing(browser, campaign):
    first, *_rest = browser.opened()
    finish_campaign(campaign=campaign)

    _status, _headers, told = browser.send(body(first))

    assert told["results"][0]["status"] == "saved"
    assert told["tasks"] == []


def test_one_request_counts_once_towards_the_rate_whichever_way_it_takes(browser, settings, monkeypatch):
    browser.opened()
    settings.API_RATES = {"user": 0, "anonymous": 0, "answers": 4}
    limiter = Limiter(clock=lambda: 7_000_040.0)
    limiter._redis().flushdb()
    monkeypatch.setattr(throttling, "limiter", limiter)

    statuses = [
        browser.send(told)[0]
        for told in ({"judgments": []}, {"judgments": [1]}, {"judgments": []}, {"judgments": [1]}) * 2
    ]

    assert statuses == [200] * 4 + [429] * 4


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_is_replaced_and_the_answer_kept():
    browser = Browser(make_campaign(), make_annotator())
    first, *rest = browser.opened()
    assert browser.send(body(first, rest))[0] == 200
    went_on = browser.went_on
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()

    status, _headers, told = browser.send(body(rest[0]))

    assert (status, told["results"][0]["status"]) == (200, "saved")
    assert browser.went_on == went_on + 1
    assert browser.send(body(rest[1]))[0] == 200
    assert browser.went_on == went_on + 1
