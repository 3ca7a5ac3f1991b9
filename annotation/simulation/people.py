"""Users for the simulated crowd; everything they answer is marked as simulated."""

from collections.abc import Sequence
from contextlib import contextmanager

from django.utils import timezone

from annotation.simulation.crowd import Annotator
from annotation.simulation.profiles import Profile
from people.models import ApiToken, Role, User


@contextmanager
def seated(profiles: Sequence[Profile]):
    """Annotators with tokens that hold for as long as the simulation runs. The same names come again."""
    tokens: list[ApiToken] = []
    annotators = []
    numbers: dict[str, int] = {}
    for profile in profiles:
        numbers[profile.name] = numbers.get(profile.name, 0) + 1
        user = _user(f"simulated-{profile.name}-{numbers[profile.name]}")
        token, secret = ApiToken.issue(user=user, name="simulated crowd")
        tokens.append(token)
        annotators.append(Annotator(name=user.username, token=secret, profile=profile))
    try:
        yield annotators
    finally:
        ApiToken.objects.filter(pk__in=[token.pk for token in tokens]).update(revoked_at=timezone.now())


def _user(name: str) -> User:
    user, is_new = User.objects.get_or_create(
        username=name, defaults={"role": Role.ANNOTATOR, "is_simulated": True}
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
