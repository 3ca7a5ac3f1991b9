"""Whose answer is it? People of Label Studio as people of ours."""

import hashlib
import re

from people.models import Role, User


class People:
    """Label Studio's names to users. `mapped` says so by hand: {"ann@example.org": "mei"}.

    Who is not mapped and has no user of the same e-mail address gets an account of their own, which
    nobody can log in with: so each counts as one person, and as the same one the next time.
    """

    def __init__(self, mapped: dict[str, str] | None = None):
        self._mapped = {name.casefold(): username for name, username in (mapped or {}).items()}
        self._found: dict[str, User] = {}

    def of(self, name: str) -> User:
        key = name.strip().casefold()
        if key not in self._found:
            self._found[key] = self._find(key) or self._imported(key)
        return self._found[key]

    def ours(self, username: str) -> User:
        """Of an answer that was ours before it went to Label Studio."""
        found = User.objects.filter(username=username).first()
        return found or self.of(username)

    def _find(self, key: str) -> User | None:
        if username := self._mapped.get(key):
            return User.objects.filter(username=username).first()
        if "@" not in key:
            return None
        same = list(User.objects.filter(email__iexact=key)[:2])
        return same[0] if len(same) == 1 else None

    @staticmethod
    def _imported(key: str) -> User:
        plain = re.sub(r"[^a-z0-9@.+-]+", "-", key)[:80] or "unknown"
        # Two names that only look alike once made plain stay two people.
        mark = "" if plain == key else "-" + hashlib.sha256(key.encode()).hexdigest()[:8]
        user, is_new = User.objects.get_or_create(
            username=f"label-studio-{plain}{mark}", defaults={"role": Role.ANNOTATOR, "is_active": False}
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user
