from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from people.actions.people import (
    InvitationClosed,
    LastAdmin,
    accept_invitation,
    change_person,
    invite,
    revoke_invitation,
)
from people.models import Change, Invitation, Role, User
from tests.factories.people import make_admin, make_annotator

pytestmark = pytest.mark.django_db


def sign_up(secret, username="lin"):
    return accept_invitation(secret=secret, username=username, password="a-long-secret-1", reads=["zh"])


def test_invitation_gives_its_role_and_is_used_up():
    admin = make_admin()
    invitation, secret = invite(role=Role.CURATOR, by=admin)

    user = sign_up(secret)

    assert user.role == Role.CURATOR and user.reads == ["zh"] and user.check_password("a-long-secret-1")
    invitation.refresh_from_db()
    assert invitation.used_by == user
    with pytest.raises(InvitationClosed):
        sign_up(secret, "second")
    assert not User.objects.filter(username="second").exists()


def test_the_secret_is_not_stored():
    _invitation, secret = invite(role=Role.ANNOTATOR, by=make_admin())

    assert secret not in str(Invitation.objects.values().get())


@pytest.mark.parametrize("how", ["revoked", "run out", "unknown"])
def test_closed_invitations_sign_nobody_up(how):
    invitation, secret = invite(role=Role.ANNOTATOR, by=make_admin())
    if how == "revoked":
        revoke_invitation(invitation=invitation, by=invitation.created_by)
    elif how == "run out":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        secret += "x"

    with pytest.raises(InvitationClosed):
        sign_up(secret)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_one_invitation_make_one_user():
    _invitation, secret = invite(role=Role.ANNOTATOR, by=make_admin())

    def click(number):
        try:
            return sign_up(secret, f"lin-{number}").username
        except InvitationClosed:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = [name for name in pool.map(click, range(4)) if name]

    assert len(made) == 1
    assert User.objects.filter(username__startswith="lin-").count() == 1


def test_changing_a_role_leaves_a_trail():
    admin, user = make_admin(), make_annotator()

    change_person(user=user, role=Role.CURATOR, is_active=True, by=admin, reason="knows the catalogue")

    change = Change.objects.get(entity="user", entity_id=user.pk)
    assert (change.by, change.before["role"], change.after["role"]) == (admin, "annotator", "curator")
    assert change.reason == "knows the catalogue"


def test_changing_nothing_leaves_no_trail():
    user = make_annotator()

    change_person(user=user, role=user.role, is_active=True, by=make_admin())

    assert not Change.objects.filter(entity="user").exists()


@pytest.mark.parametrize(("role", "is_active"), [(Role.CURATOR, True), (Role.ADMIN, False)])
def test_the_last_admin_stays(role, is_active):
    admin = make_admin()

    with pytest.raises(LastAdmin):
        change_person(user=admin, role=role, is_active=is_active, by=admin)

    admin.refresh_from_db()
    assert admin.role == Role.ADMIN and admin.is_active


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_demote_each_other_at_once():
    first, second = make_admin(), make_admin()

    def demote(pair):
        by, user = pair
        try:
            change_person(user=user, role=Role.CURATOR, is_active=True, by=by)
        except LastAdmin:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, [(first, second), (second, first)]))

    assert User.objects.filter(role=Role.ADMIN).count() == 1
