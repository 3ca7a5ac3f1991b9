"""Users of each role."""

from itertools import count

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from people.models import Role, User
from people.recognising import BACKEND, Recognised, look_up
from people.sessions import SessionStore

PASSWORD = "correct-horse-42"
_numbers = count(1)


def make_user(role: str = Role.ANNOTATOR, **fields) -> User:
    fields.setdefault("username", f"{role}-{next(_numbers)}")
    return User.objects.create_user(password=PASSWORD, role=role, **fields)


def make_annotator(**fields) -> User:
    return make_user(Role.ANNOTATOR, **fields)


def make_curator(**fields) -> User:
    return make_user(Role.CURATOR, **fields)


def make_admin(**fields) -> User:
    return make_user(Role.ADMIN, **fields)


def session_of(user: User) -> str:
    """The key of a session as a login makes it, without the cost of checking a password."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def recognised(user: User) -> Recognised:
    who = look_up(session_of(user))
    assert who is not None
    return who
