"""Sessions and their people, read by prepared statements: both are asked for on every request."""

from functools import lru_cache

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db

from people.models import User
from people.statements import columns, fetch, instances


class SessionStore(db.SessionStore):
    """Django's own in the database; only how a session is looked up differs."""

    def _get_session_from_db(self):
        is_it = "session_key = %(key)s::text AND expire_date > now()"
        session = stored(self.model, is_it, key=self.session_key or "")
        if session is None:
            self._session_key = None
        return session


class Backend(ModelBackend):
    """Passwords as Django checks them."""

    def get_user(self, user_id):
        user = stored(User, "id = %(id)s::bigint", id=int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None


def stored(model, where: str, **values):
    """The row of which this is so, or None."""
    return next(instances(model, fetch(_selecting(model, where), values)), None)


@lru_cache
def _selecting(model, where: str) -> str:
    return f"SELECT {columns(model, 'row')} FROM {model._meta.db_table} AS row WHERE {where}"  # noqa: S608
