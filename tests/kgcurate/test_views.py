"""Addresses that are nearly right."""

import pytest

from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/api/v1/campaigns/?page_size=2", "/api/v1/campaigns?page_size=2"),
        ("/graph/concepts/", "/graph/concepts"),
        ("/api/v1/schema", "/api/v1/schema/"),
        ("/campaigns", "/campaigns/"),
    ],
)
def test_a_slash_too_many_or_too_few_leads_to_the_page_that_is_meant(client, typed, meant):
    client.force_login(make_admin())

    answer = client.get(typed, follow=True)

    assert answer.redirect_chain == [(meant, 301)]
    assert answer.status_code == 200


def test_a_change_sent_to_an_address_with_a_slash_is_told_the_right_one(client):
    client.force_login(make_admin())

    answer = client.post("/api/v1/campaigns/", {}, content_type="application/json")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "This address ends without a slash: /api/v1/campaigns"


@pytest.mark.parametrize("path", ["/nowhere/", "/%2Fexample.org/", "/api/v1/nowhere/", "/graph/nothing/"])
def test_what_is_nowhere_stays_nowhere(client, path):
    client.force_login(make_admin())

    assert client.get(path).status_code == 404
