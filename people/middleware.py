"""Token login for the API, the access rule, and pages in the language and the time of who reads them."""

from datetime import timedelta
from functools import cache
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone, translation

from people.access import PUBLIC, role_needed
from people.api.errors import refusal
from people.models import ApiToken, digest
from people.throttling import too_many

API = "/api/"


def is_api(request) -> bool:
    return request.path.startswith(API)


class TokenMiddleware:
    """`Authorization: Bearer kgc_…` on an API route acts as the token's user."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.api_token = None
        header = request.headers.get("Authorization", "")
        if is_api(request) and header.startswith("Bearer "):
            token = self.find(header.removeprefix("Bearer ").strip())
            if token is None:
                return too_many(request) or refusal(
                    401, "This token is unknown, revoked or its user inactive."
                )
            request.api_token, request.user = token, token.user
        return self.get_response(request)

    @staticmethod
    def find(secret: str) -> ApiToken | None:
        tokens = ApiToken.objects.select_related("user")
        token = tokens.filter(digest=digest(secret), revoked_at=None, user__is_active=True).first()
        now = timezone.now()
        # Once a minute is enough for "last used", and spares a write on every call.
        if token and (token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1)):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token


class ThrottleMiddleware:
    """Not too many requests to the API from one person, or from one address without a person."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_api(request):
            if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
                return refusal(404 if "\0" in request.path else 400, "NUL characters are not allowed.")
            if refused := too_many(request):
                return refused
        return self.get_response(request)


class AccessMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        needed = role_needed(view, request.method)
        if needed == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return self.ask_to_log_in(request)
        # A view that declares nothing is open to nobody.
        if needed is None or not request.user.may(needed):
            if is_api(request):
                return refusal(403, f"This needs the role {needed}.")
            raise PermissionDenied(needed or "")
        return None

    @staticmethod
    def ask_to_log_in(request):
        if is_api(request):
            return refusal(
                401, "Log in, or send a token as “Authorization: Bearer …”.", **{"WWW-Authenticate": "Bearer"}
            )
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=401)
            response["HX-Redirect"] = f"/login?next={quote(request.headers.get('HX-Current-URL', '/'))}"
            return response
        return redirect_to_login(request.get_full_path())


class OwnLanguageMiddleware:
    """A person's own choice of language goes before what the browser asks for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = getattr(request.user, "page_language", "")
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)


ZONE_COOKIE = "time_zone"  # written by static/base.js


class OwnTimeMiddleware:
    """Days begin where the reader is; the server's TIME_ZONE holds until the browser has told its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        name = unquote(request.COOKIES.get(ZONE_COOKIE, ""))
        if name not in known_zones():
            return self.get_response(request)
        with timezone.override(ZoneInfo(name)):
            return self.get_response(request)


@cache
def known_zones() -> frozenset[str]:
    """Names of places. Others, such as Factory, are unknown to PostgreSQL, which counts days by them too."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")
