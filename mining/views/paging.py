"""Pages by key, for lists of any length."""

from typing import Any

from django.db.models import Q, QuerySet

PAGE = 50


class Page:
    """One page of a queryset in key order, and the query string of the next one."""

    def __init__(self, rows: list[Any], more: str) -> None:
        self.rows, self.more = rows, more

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def by_id(request: Any, rows: QuerySet, *, newest_first: bool = False) -> Page:
    """The page that `?after=ID` asks for."""
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(Q(pk__lt=int(after)) if newest_first else Q(pk__gt=int(after)))
    found = list(rows.order_by("-pk" if newest_first else "pk")[: PAGE + 1])
    return Page(found[:PAGE], next_page(request, str(found[PAGE - 1].pk)) if len(found) > PAGE else "")


def by_score(request: Any, rows: QuerySet) -> Page:
    """Best first; `?after=SCORE~ID`."""
    score, _tilde, pk = request.GET.get("after", "").partition("~")
    try:
        at, last = float(score), int(pk)
    except ValueError:
        pass
    else:
        if at == at and abs(at) < 1e9 and 0 <= last < 2**63:
            rows = rows.filter(Q(score__lt=at) | Q(score=at, pk__gt=last))
    found = list(rows.order_by("-score", "pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return Page(found, "")
    return Page(found[:PAGE], next_page(request, f"{found[PAGE - 1].score!r}~{found[PAGE - 1].pk}"))


def next_page(request: Any, after: str) -> str:
    """The query string of the page after a key."""
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"
