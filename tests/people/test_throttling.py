"""Requests are counted by person and by address; the rest is asked to wait."""

import pytest
from django.test import Client

from people import throttling
from people.actions.tokens import issue_token
from people.throttling import Limiter
from tests.factories.annotation import make_campaign
from tests.factories.people import make_annotator

pytestmark = pytest.mark.django_db

AT = 1_000_040.0  # 40 seconds before the next minute


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    limiter = Limiter(clock=lambda: AT)
    limiter._redis().flushdb()
    monkeypatch.setattr(throttling, "limiter", limiter)
    return limiter


def test_too_many_requests_of_one_person_wait_and_others_do_not(client, settings):
    settings.API_RATES = {"user": 3, "anonymous": 2, "answers": 0}
    client.force_login(make_annotator())

    answers = [client.get("/api/v1/me") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1]["Retry-After"] == "40"
    assert answers[-1].json()["code"] == "throttled"
    other = Client()
    other.force_login(make_annotator())
    assert other.get("/api/v1/me").status_code == 200


def test_a_token_counts_as_its_user_and_an_unknown_one_as_its_address(client, settings):
    settings.API_RATES = {"user": 2, "anonymous": 2, "answers": 0}
    user = make_annotator()
    tokens = [issue_token(user=user, name=name)[1] for name in ("one", "two")]

    def get(secret):
        return client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert [get(tokens[0]), get(tokens[1]), get(tokens[0])] == [200, 200, 429]
    assert [get("made up"), get("another"), get("third")] == [401, 401, 429]
    assert client.get("/api/v1/me").status_code == 429
    assert client.get("/login").status_code == 200


def test_answers_have_a_rate_of_their_own(client, settings):
    settings.API_RATES = {"user": 1, "anonymous": 1, "answers": 2}
    campaign = make_campaign(size=1)
    client.force_login(make_annotator())

    def answer():
        path = f"/api/v1/campaigns/{campaign.pk}/judgments"
        return client.post(path, {"judgments": []}, content_type="application/json").status_code

    assert client.get("/api/v1/me").status_code == 200
    assert [answer(), answer(), answer()] == [200, 200, 429]


def test_behind_a_proxy_the_address_is_the_one_it_added(client, settings):
    settings.API_RATES = {"user": 1, "anonymous": 1, "answers": 1}
    settings.BEHIND_PROXY = True

    def get(forwarded):
        return client.get("/api/v1/me", headers={"X-Forwarded-For": forwarded}).status_code

    assert [get("1.1.1.1, 9.9.9.9"), get("2.2.2.2, 9.9.9.9"), get("8.8.8.8")] == [401, 429, 401]


def test_processes_share_one_count_and_a_high_rate_asks_redis_seldom(fresh):
    processes = [fresh, Limiter(clock=lambda: AT)]

    allowed = sum(processes[number % 2].seconds_to_wait("user", "7", 1000) == 0 for number in range(1500))

    assert allowed == 1000
    assert fresh._redis().dbsize() == 1


def test_without_redis_nobody_is_refused(settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    limiter = Limiter()

    assert [limiter.seconds_to_wait("user", "7", 1) for _ in range(3)] == [0, 0, 0]
