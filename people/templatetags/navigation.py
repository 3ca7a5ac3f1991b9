"""The links in the bar, each shown to those whom its route lets in."""

from collections.abc import Callable

from django import template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from people.access import role_needed

register = template.Library()

ENTRIES = [
    (_("Overview"), "mining:overview"),
    (_("Work"), "annotation:work"),
    (_("Corpora"), "mining:corpora"),
    (_("Runs"), "mining:runs"),
    (_("Candidates"), "mining:candidates"),
    (_("Campaigns"), "annotation:campaigns"),
    (_("Disputes"), "annotation:disputes"),
    (_("Review"), "graph:queue"),
    (_("Graph"), "graph:concepts"),
    (_("Releases"), "graph:releases"),
    (_("People"), "people:people"),
    (_("Webhooks"), "people:webhooks"),
    (_("Operations"), "operations"),
]

# route -> how many things wait there, handed in by the room that knows; no number where none waits.
COUNTS: dict[str, Callable[[], int]] = {}
MOST_SHOWN = 99


@register.simple_tag(takes_context=True)
def navigation(context) -> list[dict[str, object]]:
    request = context["request"]
    entries = []
    for label, name in ENTRIES:
        try:
            url = reverse(name)
        except NoReverseMatch:  # a room whose pages are not built yet
            continue
        needed = role_needed(resolve(url).func, "GET")
        if needed and request.user.may(needed):
            is_current = request.path.startswith(url)
            entries.append({"label": label, "url": url, "is_current": is_current, "count": _count(name)})
    return entries


def _count(name: str) -> str:
    count = COUNTS[name]() if name in COUNTS else 0
    if not count:
        return ""
    return str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+"
