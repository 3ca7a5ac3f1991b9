"""The front door and the pages for things that went wrong."""

from django.shortcuts import redirect, render
from drf_spectacular.views import SpectacularAPIView

from people.access import requires
from people.models import Role


@requires("annotator")
def home(request):
    """Each role starts where its work is."""
    start = {Role.ADMIN: "mining:overview", Role.CURATOR: "graph:queue", Role.ANNOTATOR: "annotation:work"}
    return redirect(start[Role(request.user.role)])


@requires("annotator")
class Schema(SpectacularAPIView):
    """The OpenAPI description of every route below /api/v1/."""


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def failed(request):
    return render(request, "errors/500.html", status=500)
