"""Issuing and revoking API tokens."""

from django.db import transaction
from django.utils import timezone

from people.models import ApiToken, Change, User


@transaction.atomic
def issue_token(*, user: User, name: str) -> tuple[ApiToken, str]:
    token, secret = ApiToken.issue(user=user, name=name)
    Change.objects.create(
        by=user, action="issue token", entity="token", entity_id=token.pk, after={"name": name}
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """Takes effect with the next request; revoking twice is revoking once."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        Change.objects.create(by=by, action="revoke token", entity="token", entity_id=token.pk)
