"""Inviting people, signing them up, and changing what they may do. Each writes the trail."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.errors import UserError
from people.models import Change, Invitation, Role, User, digest


class InvitationClosed(UserError):
    def __init__(self):
        super().__init__(_("This invitation was used, revoked or has run out. Ask for a new one."))


class LastAdmin(UserError):
    def __init__(self):
        super().__init__(_("This is the last active admin. Make somebody else an admin first."))


@transaction.atomic
def invite(
    *, role: str, by: User, note: str = "", valid_for: timedelta = timedelta(days=14)
) -> tuple[Invitation, str]:
    """A new invitation and the secret for its link, which is not stored."""
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        digest=digest(secret), role=role, note=note, created_by=by, expires_at=timezone.now() + valid_for
    )
    Change.objects.create(
        by=by,
        action="invite",
        entity="invitation",
        entity_id=invitation.pk,
        after={"role": role, "note": note},
    )
    return invitation, secret


def find_invitation(secret: str) -> Invitation:
    invitation = Invitation.objects.filter(digest=digest(secret)).first()
    if invitation is None or not invitation.is_open:
        raise InvitationClosed
    return invitation


@transaction.atomic
def accept_invitation(
    *, secret: str, username: str, password: str, reads: list[str], page_language: str = ""
) -> User:
    """Sign up once: the row is locked, so that two clicks on one link make one user."""
    invitation = Invitation.objects.select_for_update().filter(digest=digest(secret)).first()
    if invitation is None or not invitation.is_open:
        raise InvitationClosed
    user = User.objects.create_user(
        username=username, password=password, role=invitation.role, reads=reads, page_language=page_language
    )
    invitation.used_by, invitation.used_at = user, timezone.now()
    invitation.save(update_fields=["used_by", "used_at"])
    Change.objects.create(
        by=user,
        action="sign up",
        entity="user",
        entity_id=user.pk,
        after={"role": user.role, "invitation": invitation.pk},
    )
    return user


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    changed = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if changed:
        Change.objects.create(by=by, action="revoke", entity="invitation", entity_id=invitation.pk)


@transaction.atomic
def change_person(*, user: User, role: str, is_active: bool, by: User, reason: str = "") -> User:
    """Change a person's role or let them in or out; never the last admin."""
    # All admins are locked, or two of them could demote each other at once.
    admins = set(
        User.objects.select_for_update()
        .filter(role=Role.ADMIN, is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    user = User.objects.select_for_update().get(pk=user.pk)
    stays_admin = role == Role.ADMIN and is_active
    if admins == {user.pk} and not stays_admin:
        raise LastAdmin
    before = {"role": user.role, "is_active": user.is_active}
    after = {"role": role, "is_active": is_active}
    if before != after:
        user.role, user.is_active = role, is_active
        user.save(update_fields=["role", "is_active"])
        Change.objects.create(
            by=by,
            action="change role",
            entity="user",
            entity_id=user.pk,
            before=before,
            after=after,
            reason=reason,
        )
    return user
