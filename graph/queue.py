"""The review queue: what waits for a curator, filtered, in order, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from graph.models import Concept, Evidence, Status, Triple

PAGE = 50
# Counting stops here: whether 3,000 or 30,000 wait is all the same to somebody who reads them.
COUNTED = 1000
# Why curators reject; the words go into the audit trail as they stand on the page.
REASONS = [
    _("Wrong boundary: too long or cut off"),
    _("Wrong kind of thing"),
    _("Does not belong to this category"),
    _("Too vague to help anybody"),
    _("The same as something that is there"),
    _("Not fit to publish"),
]


@dataclass
class Page:
    rows: list[Any]
    next_after: str  # empty on the last page
    total: int  # COUNTED + 1 stands for "more"


def count() -> int:
    """How many triples wait for a curator; counting stops where the bar says "99+"."""
    return Triple.objects.proposed().order_by()[:100].count()


def waiting_triples(wanted: dict[str, Any]) -> QuerySet[Triple]:
    """Proposed triples that match the filter form's cleaned values."""
    rows = _common(Triple.objects.proposed().with_parts(), wanted)
    if relation := wanted.get("relation"):
        rows = rows.filter(relation=relation)
    if language := wanted.get("language"):
        rows = rows.filter(object__language=language)
    if category := wanted.get("category"):
        rows = rows.filter(Q(subject=category) | Q(scope=category))
    if text := wanted.get("q"):
        rows = rows.filter(Q(object__name__icontains=text) | Q(subject__name__icontains=text))
    return rows


def waiting_concepts(wanted: dict[str, Any]) -> QuerySet[Concept]:
    """Proposed concepts that no proposed triple brings along."""
    rows = _common(Concept.objects.on_their_own().select_related("concept_class"), wanted)
    if concept_class := wanted.get("concept_class"):
        rows = rows.filter(concept_class=concept_class)
    if language := wanted.get("language"):
        rows = rows.filter(language=language)
    if text := wanted.get("q"):
        rows = rows.filter(name__icontains=text)
    return rows


def _common(rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
    if (least := wanted.get("least")) is not None:
        rows = rows.filter(posterior__gte=least)
    if wanted.get("simulated") in ("no", "only"):
        rows = rows.filter(is_simulated=wanted["simulated"] == "only")
    return rows


def page_of(rows: QuerySet[Any], *, after: str = "", size: int = PAGE) -> Page:
    """The surest first, then the oldest; `after` is the next_after of the page before."""
    total = rows.order_by()[: COUNTED + 1].count()
    rows = rows.annotate(sure=Coalesce("posterior", -1.0)).order_by("-sure", "id")
    if after:
        sure, pk = _read_key(after)
        # Two questions, each a range of the index: with OR the database reads all that comes before.
        found = list(rows.filter(sure=sure, id__gt=pk)[: size + 1])
        if len(found) <= size:
            found += rows.filter(sure__lt=sure)[: size + 1 - len(found)]
    else:
        found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    add_votes(found)
    return Page(found, f"{found[-1].sure!r}_{found[-1].pk}" if more else "", total)


def _read_key(after: str) -> tuple[float, int]:
    sure, _line, pk = after.partition("_")
    return float(sure), int(pk)


def add_votes(rows: Iterable[Any]) -> None:
    """Give each row the detail of its newest verdict as `verdict`; one query for all of them."""
    rows = list(rows)
    if not rows:
        return
    owner = "triple_id" if isinstance(rows[0], Triple) else "concept_id"
    verdicts = Evidence.objects.filter(kind="verdict", **{f"{owner}__in": [row.pk for row in rows]})
    newest = {getattr(evidence, owner): evidence.detail for evidence in verdicts.order_by("pk")}
    for row in rows:
        row.verdict = newest.get(row.pk)


def consequences(*, concept_ids: Iterable[int], triple_ids: Iterable[int], status: str) -> list[str]:
    """What a decision would do besides, in sentences; the same rules as in actions.curate."""
    if status == Status.APPROVED:
        return _also_approved(list(triple_ids), set(concept_ids))
    return _also_rejected(list(concept_ids)) + _also_withdrawn(list(triple_ids))


def _also_approved(triple_ids: list[int], concept_ids: set[int]) -> list[str]:
    ends = Triple.objects.filter(pk__in=triple_ids).values_list("subject_id", "object_id", "scope_id")
    needed = {pk for row in ends for pk in row if pk} - concept_ids
    undecided = Concept.objects.filter(pk__in=needed, status__in=[Status.PROPOSED, Status.WITHDRAWN])
    return _sentence(
        undecided,
        lambda count: ngettext(
            "Also approves %(count)s concept: %(names)s.",
            "Also approves %(count)s concepts: %(names)s.",
            count,
        ),
    )


def _also_rejected(concept_ids: list[int]) -> list[str]:
    sentences = []
    proposed = Triple.objects.proposed().touching(concept_ids).count()
    if proposed:
        sentences.append(
            ngettext(
                "Also rejects %(count)s proposed triple.",
                "Also rejects %(count)s proposed triples.",
                proposed,
            )
            % {"count": proposed}
        )
    approved = Triple.objects.filter(status=Status.APPROVED).touching(concept_ids).count()
    if approved:
        sentences.append(
            ngettext(
                "%(count)s approved triple leaves the next release with it.",
                "%(count)s approved triples leave the next release with it.",
                approved,
            )
            % {"count": approved}
        )
    return sentences


def _also_withdrawn(triple_ids: list[int]) -> list[str]:
    standing = Triple.objects.filter(status__in=[Status.PROPOSED, Status.APPROVED]).exclude(pk__in=triple_ids)
    held = standing.filter(Q(subject=OuterRef("pk")) | Q(object=OuterRef("pk")) | Q(scope=OuterRef("pk")))
    chosen = Triple.objects.filter(pk__in=triple_ids)
    ends = (
        Q(pk__in=chosen.values("subject"))
        | Q(pk__in=chosen.values("object"))
        | Q(pk__in=chosen.values("scope"))
    )
    lonely = Concept.objects.proposed().filter(ends).exclude(Exists(held))
    return _sentence(
        lonely,
        lambda count: ngettext(
            "Also takes back %(count)s concept, which nothing else proposes: %(names)s.",
            "Also takes back %(count)s concepts, which nothing else proposes: %(names)s.",
            count,
        ),
    )


def _sentence(concepts: QuerySet[Concept], words, *, most: int = 8) -> list[str]:
    count = concepts.count()
    if not count:
        return []
    names = ", ".join(concepts.order_by("pk").values_list("name", flat=True)[:most])
    return [words(count) % {"count": count, "names": names + (" …" if count > most else "")}]
