"""Errors have one shape, whoever raises them; what cannot be stored is refused as the caller's mistake."""

import json
from base64 import b64encode
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from annotation.models import Campaign
from tests.factories.annotation import make_campaign
from tests.factories.people import PASSWORD, make_admin, make_annotator

pytestmark = pytest.mark.django_db

NEW = {"name": "Words", "kind": "word", "question": "poi"}


def shape(answer):
    told = answer.json()
    assert set(told) == {"code", "detail", "errors"}
    assert all(isinstance(messages, list) for messages in told["errors"].values())
    return answer.status_code, told["code"]


def test_every_error_has_the_same_shape(client):
    assert shape(client.get("/api/v1/me")) == (401, "not_authenticated")
    assert shape(client.get("/api/v1/me", headers={"Authorization": "Bearer x"})) == (
        401,
        "not_authenticated",
    )

    client.force_login(make_annotator())
    assert shape(client.get("/api/v1/people")) == (403, "permission_denied")
    assert shape(client.get("/api/v1/nowhere")) == (404, "not_found")
    assert shape(client.get("/api/v1/campaigns/987654")) == (404, "not_found")
    assert shape(client.post("/api/v1/me")) == (405, "method_not_allowed")

    client.force_login(make_admin())
    campaign = make_campaign(size=1)
    client.post(f"/api/v1/campaigns/{campaign.pk}/finish")
    assert shape(client.post(f"/api/v1/campaigns/{campaign.pk}/start")) == (409, "conflict")


def test_wrong_fields_are_named_each_with_its_errors(client):
    client.force_login(make_admin())

    answer = client.post(
        "/api/v1/campaigns", {**NEW, "overlap": 99, "languages": ["xx"]}, content_type="application/json"
    )

    assert shape(answer) == (400, "invalid")
    assert {"overlap", "languages.0"} <= set(answer.json()["errors"])
    assert answer.json()["detail"] == 'languages.0: "xx" is not a valid choice.'


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "a\\u0000b", "kind": "word", "question": "poi"}',
        '{"name": "W", "kind": "word", "question": "poi", "source": {"deep": ["\\u0000"]}}',
        '{"name": "W", "kind": "word", "question": "poi", "source": {"half": "\\ud800"}}',
        '{"name": "W", "kind": "word", "question": "poi", "source": {"n": 1e999}}',
        '{"name": "W", "kind": "word", "question": "poi", "source": {"n": NaN}}',
        '{"name": "W", "kind": "word", "question": "poi", "seed": 99999999999999999999}',
        "[" * 100_000,
        "{",
    ],
)
def test_what_cannot_be_stored_is_a_400(client, body):
    client.force_login(make_admin())

    answer = client.post("/api/v1/campaigns", body, content_type="application/json")

    assert answer.status_code == 400 and shape(answer)[0] == 400
    assert not Campaign.objects.exists()


def test_nul_in_the_address_and_made_up_cursors_are_no_server_error(client):
    client.force_login(make_admin())

    assert client.get("/api/v1/candidates?q=%00").status_code == 400
    for position in ("p=x", "p=9e99", f"p={10**30}", "p=%00", "o=-1", "r=1&p=null"):
        cursor = b64encode(position.encode()).decode()
        for path in ("campaigns", "candidates", "judgments", "changes"):
            answer = client.get(f"/api/v1/{path}?" + urlencode({"cursor": cursor}))
            assert answer.status_code in {200, 404}, (path, position, answer.content)


def test_logging_in_by_session_gives_a_cookie_and_what_a_change_needs(client):
    make_admin(username="chen")

    def log_in(password, content_type="application/json"):
        told = {"username": "chen", "password": password}
        words = json.dumps(told) if content_type == "application/json" else urlencode(told)
        return client.post(reverse("api-session"), words, content_type=content_type)

    assert shape(log_in("wrong")) == (403, "permission_denied")
    assert log_in(PASSWORD, "application/x-www-form-urlencoded").status_code == 415
    assert client.get("/api/v1/me").status_code == 401

    answer = log_in(PASSWORD)
    assert answer.json()["user"]["username"] == "chen" and answer.json()["csrf_token"]
    assert client.get("/api/v1/me").json()["username"] == "chen"

    assert client.delete(reverse("api-session")).status_code == 204
    assert client.get("/api/v1/me").status_code == 401


def test_too_many_fields_and_letters_that_no_text_holds_are_refused(client):
    client.force_login(make_admin())

    fields = "&".join(f"f{number}=1" for number in range(1100))
    form = "application/x-www-form-urlencoded"
    assert shape(client.post("/api/v1/decisions", fields, content_type=form)) == (400, "invalid")

    for escape in ("\\ud800", "\\0"):
        told = {"source": f'name: "shop{escape}"\n"version": 1\n'}
        answer = client.post("/api/v1/ontology", told, content_type="application/json")
        assert answer.status_code == 422 and answer.json()["problems"][0]["line"] == 1
