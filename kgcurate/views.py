"""The front door and the pages for things that went wrong."""

from django.shortcuts import redirect, render
from django.urls import is_valid_path
from django.views import defaults
from drf_spectacular.views import SpectacularAPIView

from people.access import SAFE_METHODS, requires
from people.api.errors import refusal
from people.middleware import is_api
from people.models import Role


@requires("annotator")
def home(request):
    """Each role starts where its work is."""
    start = {Role.ADMIN: "mining:overview", Role.CURATOR: "graph:queue", Role.ANNOTATOR: "annotation:work"}
    return redirect(start[Role(request.user.role)])


@requires("annotator")
class Schema(SpectacularAPIView):
    """The OpenAPI description of every route below /api/v1/."""


def _without_slash(path: str) -> str:
    """The address that is meant where one typed a slash too many; empty where there is none."""
    bare = path.rstrip("/")
    return bare if bare != path and is_valid_path(bare) else ""


def bad_request(request, exception=None):
    if is_api(request):
        return refusal(400, "The request cannot be understood, or it has too many fields.")
    return defaults.bad_request(request, exception)


def forbidden(request, exception=None):
    if is_api(request):
        return refusal(403, "This is not allowed.")
    return render(request, "errors/403.html", status=403)


def not_found(request, exception=None):
    bare = _without_slash(request.path)
    if bare and request.method in SAFE_METHODS:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{bare}?{query}" if query else bare, permanent=True)
    if is_api(request):
        words = f"This address ends without a slash: {bare}" if bare else "There is nothing here."
        return refusal(404, words)
    return render(request, "errors/404.html", status=404)


def failed(request):
    if is_api(request):
        return refusal(500, "Something went wrong on our side. Nothing was changed.")
    return render(request, "errors/500.html", status=500)
