"""The known answers of a campaign, as its pages and the API list them."""

from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from annotation.models import Appeal, Campaign, Gold, GoldStatus, GoldUse

FILTERS = {
    "": _("In use"),
    "proposed": _("Proposed"),
    "test": _("Qualification test"),
    "training": _("Training"),
    "retired": _("Retired"),
}


def _length(array: str) -> Func:
    return Func(F(array), function="cardinality", output_field=IntegerField())


def with_shown(rows: QuerySet[Gold]) -> QuerySet[Gold]:
    """With `shown`: to how many people."""
    rows = rows.select_related("task__campaign", "made_by")
    return rows.annotate(shown=_length("task__taken_by") + _length("task__lapsed"))


def listed(campaign: Campaign, shows: str = "") -> QuerySet[Gold]:
    rows = Gold.objects.filter(task__campaign=campaign)
    if shows in (GoldUse.TEST, GoldUse.TRAINING):
        rows = rows.live().filter(use=shows)
    elif shows in ("proposed", "retired"):
        rows = rows.filter(status=shows)
    else:
        rows = rows.live().filter(use=GoldUse.MEASURE)
    return with_shown(rows)


def counts(campaign: Campaign) -> dict[str, int]:
    """How many there are under each filter."""
    wanted = {
        "live": Q(status=GoldStatus.LIVE, use=GoldUse.MEASURE),
        "proposed": Q(status=GoldStatus.PROPOSED),
        "test": Q(status=GoldStatus.LIVE, use=GoldUse.TEST),
        "training": Q(status=GoldStatus.LIVE, use=GoldUse.TRAINING),
        "retired": Q(status=GoldStatus.RETIRED),
    }
    found: dict[str, Any] = Gold.objects.filter(task__campaign=campaign).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in wanted.items()}
    )
    return {"": found.pop("live"), **found}


def appeals_waiting() -> QuerySet[Appeal]:
    return Appeal.objects.open().select_related("task__campaign", "annotator", "judgment")
