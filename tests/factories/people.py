"""Users of each role."""

from itertools import count

from people.models import Role, User

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
