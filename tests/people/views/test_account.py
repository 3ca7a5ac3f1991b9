import pytest
from django.urls import reverse

from people.actions.people import invite
from people.models import ApiToken, Role, User
from tests.factories.people import PASSWORD, make_admin, make_annotator

pytestmark = pytest.mark.django_db
LOGIN = "/login"


def test_login_leads_to_the_page_asked_for(client):
    make_annotator(username="mei")

    answer = client.post(LOGIN, {"username": "mei", "password": PASSWORD, "next": "/account"})

    assert answer.status_code == 302 and answer.url == "/account"


def test_login_does_not_lead_elsewhere(client):
    make_annotator(username="mei")

    answer = client.post(
        LOGIN, {"username": "mei", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )

    assert answer.url == "/"


def test_a_wrong_password_says_so_at_the_form(client):
    make_annotator(username="mei")

    answer = client.post(LOGIN, {"username": "mei", "password": "wrong"})

    assert "do not belong together" in answer.text


def test_too_many_wrong_passwords_lock_the_name_even_for_the_right_one(client, settings):
    make_annotator(username="mei")
    for _try in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post(LOGIN, {"username": "mei", "password": "wrong"})
    assert answer.status_code == 429

    answer = client.post(LOGIN, {"username": "mei", "password": PASSWORD})

    assert answer.status_code == 429 and "Too many tries" in answer.text


def test_somebody_elses_wrong_passwords_lock_nobody_else(client, settings):
    make_annotator(username="mei")
    for _try in range(settings.AXES_FAILURE_LIMIT):
        client.post(LOGIN, {"username": "lin", "password": "wrong"})

    assert client.post(LOGIN, {"username": "mei", "password": PASSWORD}).status_code == 302


def test_sign_up_by_invitation_logs_in(client):
    _invitation, secret = invite(role=Role.ANNOTATOR, by=make_admin())
    url = reverse("people:sign-up", args=[secret])
    assert "annotator" in client.get(url).text.lower()

    answer = client.post(
        url,
        {"username": "lin", "password1": "a-long-secret-1", "password2": "a-long-secret-1", "reads": ["zh"]},
    )

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(username="lin").pk)
    assert client.get(url).status_code == 410


def test_sign_up_without_invitation_is_closed(client):
    assert client.get(reverse("people:sign-up", args=["made-up"])).status_code == 410


def test_sign_up_refuses_weak_passwords_and_taken_names(client):
    make_annotator(username="lin")
    _invitation, secret = invite(role=Role.ANNOTATOR, by=make_admin())

    answer = client.post(
        reverse("people:sign-up", args=[secret]),
        {"username": "lin", "password1": "short", "password2": "short", "reads": ["zh"]},
    )

    assert answer.status_code == 200
    assert "already exists" in answer.text and "too short" in answer.text


def test_a_token_is_shown_once(client):
    client.force_login(make_annotator())

    answer = client.post(reverse("people:account"), {"form": "token", "name": "nightly export"})

    token = ApiToken.objects.get()
    shown = answer.context["secret"]
    assert shown.startswith(token.hint) and shown in answer.text
    assert shown not in client.get(reverse("people:account")).text


def test_nobody_revokes_tokens_of_others(client):
    token, _secret = ApiToken.issue(user=make_annotator(), name="script")
    client.force_login(make_annotator())

    assert client.post(reverse("people:revoke-token", args=[token.pk])).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_revoking_twice_is_revoking_once(client):
    user = make_annotator()
    token, _secret = ApiToken.issue(user=user, name="script")
    client.force_login(user)

    for _click in range(2):
        assert client.post(reverse("people:revoke-token", args=[token.pk])).status_code == 302

    token.refresh_from_db()
    assert token.revoked_at is not None


def test_page_language_is_kept_and_nonsense_is_not(client):
    user = make_annotator()
    client.force_login(user)

    client.post(reverse("people:page-language"), {"language": "zh-hans", "next": "/account"})
    answer = client.post(reverse("people:page-language"), {"language": "xx", "next": "//elsewhere.example"})

    user.refresh_from_db()
    assert user.page_language == "zh-hans"
    assert answer.url == "/"


def test_a_language_chosen_on_the_login_page_is_the_choice_of_who_logs_in(client):
    user = make_annotator(page_language="en")
    user.set_password("correct-horse-9")
    user.save()
    told = {"username": user.username, "password": "correct-horse-9"}

    client.post(reverse("people:page-language"), {"language": "zh-hans", "next": "/login"})
    login_page = client.get("/login").text
    client.post("/login", told)
    first = client.get("/account").text
    client.post("/logout")
    client.post("/login", told)  # without a new choice it stays

    user.refresh_from_db()
    assert 'lang="zh-Hans"' in login_page and 'lang="zh-Hans"' in first
    assert user.page_language == "zh-hans"


def test_logging_in_without_choosing_keeps_the_language_of_the_account(client):
    user = make_annotator(page_language="zh-hans")
    user.set_password("correct-horse-9")
    user.save()

    client.post("/login", {"username": user.username, "password": "correct-horse-9"})

    user.refresh_from_db()
    assert user.page_language == "zh-hans"
    assert 'lang="zh-Hans"' in client.get("/account").text


def test_keys_and_the_goal_are_chosen_on_the_account_page(client):
    person = make_annotator()
    client.force_login(person)

    assert client.post("/account", {"form": "work", "keys": "right", "daily_goal": "60"}).status_code == 302
    person.refresh_from_db()
    assert (person.keys, person.daily_goal) == ("right", 60)
    refused = client.post("/account", {"form": "work", "keys": "feet", "daily_goal": "0"})

    assert "feet" in refused.text and "from 1 to 5000" in refused.text
    person.refresh_from_db()
    assert (person.keys, person.daily_goal) == ("right", 60)


def test_a_preference_changes_only_what_it_names(client):
    person = make_annotator(daily_goal=5)
    client.force_login(person)
    told = "/account/preferences"

    assert client.post(told, {"keys": "left"}).status_code == 204
    assert client.post(told, {"keys": "left"}).status_code == 204
    person.refresh_from_db()
    assert (person.keys, person.daily_goal) == ("left", 5)
    assert client.post(told, {"daily_goal": "", "next": "/work/"}).url == "/work/"
    person.refresh_from_db()
    assert (person.keys, person.daily_goal) == ("left", None)
    assert client.post(told, {"keys": "feet"}).status_code == 400
    assert client.post(told, {"daily_goal": "9999999", "next": "https://elsewhere.example/"}).url == "/"
    person.refresh_from_db()
    assert (person.keys, person.daily_goal) == ("left", None)


def test_strangers_have_no_preferences(client):
    assert client.post("/account/preferences", {"keys": "left"}).url.startswith("/login")
