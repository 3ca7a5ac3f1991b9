"""Who sends a request, for the lanes that are too busy for the whole way through the middleware.

What a session and a password hash prove is worked out once, by Django's own means, and remembered together
with the text it was worked out from. The statement that acts for the person compares that text with the rows
as they are then: whoever logged out, was closed or was given another role since is unknown to it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from rest_framework.authentication import CSRFCheck

from people import throttling
from people.models import Role
from people.sessions import Backend, SessionStore, stored

KNOWN = 10_000  # sessions that a process remembers
BACKEND = f"{Backend.__module__}.{Backend.__qualname__}"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A session and its person as they were read; `person` is the user's id."""

    session_key: str
    session_data: str
    person: int
    password: str  # its hash
    role: str
    page_language: str


_known: dict[str, Recognised] = {}
_csrf = CSRFCheck(lambda request: HttpResponse())


def recognise(request: WSGIRequest, *, role: str, scope: str) -> Recognised | None:
    """The person behind a request that changes something, if nothing about it needs a closer look.

    None where anything is out of the ordinary: the request then goes the whole way, which says what is wrong.
    `role` is what the route needs, `scope` names its rate.
    """
    if "HTTP_AUTHORIZATION" in request.META or (settings.SECURE_SSL_REDIRECT and not request.is_secure()):
        return None
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    who = _known.get(key) or look_up(key)
    if who is None or not Role(who.role).covers(role) or not _is_from_our_pages(request):
        return None
    if throttling.limiter.seconds_to_wait(scope, str(who.person), settings.API_RATES[scope]):
        return None
    request.META[throttling.COUNTED] = scope, who.person
    return who


def forget(who: Recognised) -> None:
    """Something of it is no longer so."""
    _known.pop(who.session_key, None)


def _is_from_our_pages(request: WSGIRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    _csrf.process_request(request)
    return _csrf.process_view(request, HttpResponse, (), {}) is None


def look_up(key: str) -> Recognised | None:
    """Whose session this is, by all that Django's own login asks of it."""
    session = stored(Session, "session_key = %(key)s::text AND expire_date > now()", key=key) if key else None
    if session is None:
        return None
    told = SessionStore().decode(session.session_data)
    if told.get(BACKEND_SESSION_KEY) != BACKEND or BACKEND not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = Backend().get_user(told.get(SESSION_KEY, 0))
    # A hash made with a key that is being replaced takes the whole way, which renews it.
    if user is None or not constant_time_compare(
        told.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    ):
        return None
    if len(_known) >= KNOWN:
        _known.clear()
    who = Recognised(key, session.session_data, user.pk, user.password, user.role, user.page_language)
    _known[key] = who
    return who
