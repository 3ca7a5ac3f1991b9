"""Sessions and their people, read by prepared statements: both are asked for on every request."""

from functools import lru_cache

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db

from people.models import User
from people.statements import columns, fetch, instances


class SessionStore(db.SessionStore):
    """Django's own in the database; only how a session is looked up differs."""

    def _get_session_from_db(self):
        sql = _selecting(self.model, "session_key = %(key)s::text AND expire_date > now()")
        found = fetch(sql, {"key": self.session_key or ""})
        for session in instances(self.model, found):
            return session
        self._session_key = None
        return None


class Backend(ModelBackend):
    """Passwords as Django checks them."""

    def get_user(self, user_id):
        found = fetch(_selecting(User, "id = %(id)s::bigint"), {"id": int(user_id)})
        for user in instances(User, found):
            return user if self.user_can_authenticate(user) else None
        return None


@lru_cache
def _selecting(model, where: str) -> str:
    return f"SELECT {columns(model, 'row')} FROM {model._meta.db_table} AS row WHERE {where}"  # noqa: S608
