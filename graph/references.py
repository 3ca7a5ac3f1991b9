"""Where the sources of evidence can be read.

The graph knows no other room: a reference such as "verdict/17" is an address below /api/v1/, and where a
room has a page for it, that page.
"""

from django.urls import NoReverseMatch, Resolver404, resolve, reverse

API = "/api/v1"
COLLECTIONS = {
    "verdict": "verdicts",
    "sentence": "sentences",
    "run": "runs",
    "campaign": "campaigns",
    "model_version": "model-versions",
    "document": "documents",
    "release": "releases",
    "relation_candidate": "relation-candidates",
    "image_candidate": "image-candidates",
}
PAGES = {"run": "mining:run", "campaign": "annotation:campaign", "document": "mining:document"}


def api_url(reference: str) -> str | None:
    """The API address of a reference; None for one that no room knows."""
    kind, _slash, number = reference.partition("/")
    return f"{API}/{COLLECTIONS[kind]}/{number}" if kind in COLLECTIONS and number.isdecimal() else None


def page_url(reference: str) -> str | None:
    """The page about a reference, or its API address where there is no page but the address is known."""
    kind, _slash, number = reference.partition("/")
    if kind in PAGES and number.isdecimal():
        try:
            return reverse(PAGES[kind], args=[int(number)])
        except NoReverseMatch:  # a room whose page has another shape
            pass
    url = api_url(reference)
    if url is None:
        return None
    try:
        resolve(url)
    except Resolver404:
        return None
    return url
