"""DRF's side of the access rule: the middleware has decided, these two hand its decision on."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission

from people.access import PUBLIC, role_needed


class RequestUserAuthentication(SessionAuthentication):
    """The user that the middleware found; a session must also pass the CSRF check, a token need not."""

    def authenticate(self, request):
        token = getattr(request._request, "api_token", None)
        if token:
            return token.user, token
        return super().authenticate(request)

    def authenticate_header(self, request):
        return "Bearer"


class DeclaredAccess(BasePermission):
    def has_permission(self, request, view):
        needed = role_needed(view, request.method)
        if needed == PUBLIC:
            return True
        return needed is not None and request.user.is_authenticated and request.user.may(needed)


class RequestUserScheme(OpenApiAuthenticationExtension):
    target_class = "people.api.authentication.RequestUserAuthentication"
    name = ["token", "session"]

    def get_security_definition(self, auto_schema):
        return [
            {"type": "http", "scheme": "bearer", "description": "A token made on the account page."},
            {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        ]
