import pytest
from django.urls import reverse

from people.models import Invitation, Role
from tests.factories.people import make_admin, make_annotator

pytestmark = pytest.mark.django_db


def test_an_invitation_link_is_shown_once_and_works(client):
    client.force_login(make_admin())

    answer = client.post(reverse("people:people"), {"role": "curator", "note": "catalogue team", "days": "7"})

    link = answer.context["link"]
    assert link in answer.text
    assert link not in client.get(reverse("people:people")).text
    client.logout()
    assert client.get(link).status_code == 200


def test_an_invitation_with_a_made_up_role_is_refused(client):
    client.force_login(make_admin())

    answer = client.post(reverse("people:people"), {"role": "owner", "days": "7"})

    assert "owner" in answer.text and not Invitation.objects.exists()


def test_the_last_admin_is_told_why_not(client):
    admin = make_admin()
    client.force_login(admin)

    answer = client.post(reverse("people:person", args=[admin.pk]), {"role": "annotator", "is_active": "on"})

    assert "last active admin" in answer.text
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_people_are_found_by_name(client):
    client.force_login(make_admin())
    make_annotator(username="mei-ling")
    make_annotator(username="otto")

    answer = client.get(reverse("people:people"), {"q": "LING"})

    assert [user.username for user in answer.context["users"]] == ["mei-ling"]
