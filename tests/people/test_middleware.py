from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from people.actions.tokens import issue_token, revoke_token
from people.middleware import OwnTimeMiddleware
from tests.factories.people import make_admin, make_annotator

pytestmark = pytest.mark.django_db


def test_token_acts_as_its_user(client):
    _token, secret = issue_token(user=make_annotator(username="mei"), name="script")

    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 200
    assert answer.json()["username"] == "mei"


def test_revoked_token_is_refused_at_once(client):
    user = make_annotator()
    token, secret = issue_token(user=user, name="script")
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200

    revoke_token(token=token, by=user)

    answer = client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 401
    assert "revoked" in answer.json()["detail"]


def test_token_of_a_closed_account_is_refused(client):
    user = make_annotator()
    _token, secret = issue_token(user=user, name="script")
    user.is_active = False
    user.save()

    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_token_opens_no_page(client):
    _token, secret = issue_token(user=make_admin(), name="script")

    answer = client.get(reverse("people:people"), headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 302
    assert answer.url.startswith("/login")


def test_a_session_needs_the_csrf_token_on_the_api(client):
    client.handler.enforce_csrf_checks = True
    client.force_login(make_annotator())

    assert client.post("/api/v1/tokens", {"name": "script"}).status_code == 403


def test_the_api_asks_strangers_for_a_login_in_json(client):
    answer = client.get("/api/v1/me")

    assert answer.status_code == 401
    assert answer.json() == {
        "code": "not_authenticated",
        "detail": "Log in, or send a token as “Authorization: Bearer …”.",
        "errors": {},
    }


def test_own_page_language_goes_before_the_browser(client):
    client.force_login(make_annotator(page_language="zh-hans"))

    answer = client.get(reverse("people:account"), headers={"Accept-Language": "en"})

    assert 'lang="zh-Hans"' in answer.text


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("Asia/Shanghai", "07:30"),
        ("Asia%2FShanghai", "07:30"),
        ("", "23:30"),
        ("../etc", "23:30"),
        ("Factory", "23:30"),
    ],
)
def test_times_are_told_where_the_reader_is(client, zone, hour):
    client.force_login(make_annotator())
    client.cookies["time_zone"] = zone
    seen = []

    def view(_request):
        seen.append(timezone.localtime(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)))
        return HttpResponse()

    request = RequestFactory().get("/")
    request.COOKIES["time_zone"] = zone
    OwnTimeMiddleware(view)(request)

    assert f"{seen[0]:%H:%M}" == hour
    assert client.get(reverse("annotation:history")).status_code == 200
    assert timezone.get_current_timezone_name() == "UTC"
