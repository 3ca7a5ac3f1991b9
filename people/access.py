"""Who may open which route: the one mechanism, for pages and API alike.

Every view declares the least role it needs with `@requires`; `people.middleware.AccessMiddleware` holds
each request against that declaration before the view runs, and a system check refuses to start with a
view that declares nothing. Rows that only some people of a role may see are narrowed by querysets.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from people.models import Role

PUBLIC = "public"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def requires(role: str, *, to_write: str | None = None) -> Callable[[Any], Any]:
    """Declare the least role a view needs, and another one for methods that change something."""
    for name in filter(None, (role, to_write)):
        if name != PUBLIC:
            Role(name)

    def declare(view: Any) -> Any:
        view.access = {"read": role, "write": to_write or role}
        return view

    return declare


def declared(view: Any) -> dict[str, str] | None:
    """What the view behind a URL declares, for functions, classes and DRF's wrappers of either."""
    for place in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        access = getattr(place, "access", None)
        if access:
            return access
    return None


def role_needed(view: Any, method: str) -> str | None:
    access = declared(view)
    if access is None:
        return None
    return access["read"] if method in SAFE_METHODS else access["write"]


def routes(
    resolver: URLResolver | None = None, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """(path, full name, view) for every route of the project."""
    resolver = resolver or get_resolver()
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, path, inner)
        elif isinstance(entry, URLPattern):
            yield path, f"{namespace}{entry.name}", entry.callback


@register()
def every_route_declares_its_role(app_configs, **kwargs):
    return [
        Error(f"/{path} does not say who may open it", hint="Add @requires(…) to its view.", id="people.E001")
        for path, _name, view in routes()
        if declared(view) is None
    ]
