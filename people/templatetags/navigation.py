"""The links in the bar, each shown to those whom its route lets in."""

from collections.abc import Callable
from typing import Any

from django import template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from people.access import role_needed

register = template.Library()

# Sections in the bar, and the pages of each: more than seven links in a row are searched, not read.
SECTIONS = [
    (_("Overview"), [(_("Overview"), "mining:overview")]),
    (_("Work"), [(_("Work"), "annotation:work")]),
    (
        _("Mining"),
        [
            (_("Corpora"), "mining:corpora"),
            (_("Runs"), "mining:runs"),
            (_("Candidates"), "mining:candidates"),
            (_("Encoders"), "mining:encoders"),
        ],
    ),
    (_("Campaigns"), [(_("Campaigns"), "annotation:campaigns")]),
    (_("Curate"), [(_("Review"), "graph:queue"), (_("Disputes"), "annotation:disputes")]),
    (_("Graph"), [(_("Concepts"), "graph:concepts"), (_("Releases"), "graph:releases")]),
    (
        _("Manage"),
        [
            (_("People"), "people:people"),
            (_("Webhooks"), "people:webhooks"),
            (_("Operations"), "operations"),
        ],
    ),
]

# route -> how many things wait there, handed in by the room that knows; no number where none waits.
COUNTS: dict[str, Callable[[], int]] = {}
MOST_SHOWN = 99


@register.simple_tag(takes_context=True)
def navigation(context) -> dict[str, list[dict[str, Any]]]:
    """The sections that this person may enter, and the pages of the one they are in."""
    request = context["request"]
    sections: list[dict[str, Any]] = []
    for label, pages in SECTIONS:
        entries = [entry for title, name in pages if (entry := _entry(request, title, name))]
        if entries:
            # One click leads to the section's first page that this person may see.
            badges = [entry["badge"] for entry in entries if entry["badge"]]
            badge = f"all-{badges[0]}" if badges else ""
            sections.append({"label": label, "url": entries[0]["url"], "pages": entries, "badge": badge})
    _mark_where_we_are(request.path, sections)
    for section in sections:
        section["count"] = _shown(sum(page["waiting"] for page in section["pages"]))
    here = [section for section in sections if section["is_current"]]
    return {"sections": sections, "pages": here[0]["pages"] if here and len(here[0]["pages"]) > 1 else []}


def _entry(request, label, name: str) -> dict[str, Any] | None:
    try:
        url = reverse(name)
    except NoReverseMatch:  # a room whose pages are not built yet
        return None
    needed = role_needed(resolve(url).func, "GET")
    if not needed or not request.user.may(needed):
        return None
    waiting = COUNTS[name]() if name in COUNTS else 0
    return {
        "label": label,
        "url": url,
        "waiting": waiting,
        "count": _shown(waiting),
        # The id of its number, written anew where a decision changes it; none where nothing is counted.
        "badge": f"waiting-{name.replace(':', '-')}" if name in COUNTS else "",
        "is_current": False,
    }


def _mark_where_we_are(path: str, sections: list[dict[str, Any]]) -> None:
    """The page whose address is the longest beginning of this one: "campaigns/" holds pages of others."""
    pages = [page for section in sections for page in section["pages"]]
    begun = [page for page in pages if path.startswith(page["url"])]
    if begun:
        max(begun, key=lambda page: len(page["url"]))["is_current"] = True
    for section in sections:
        section["is_current"] = any(page["is_current"] for page in section["pages"])


def _shown(count: int) -> str:
    if not count:
        return ""
    return str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+"
