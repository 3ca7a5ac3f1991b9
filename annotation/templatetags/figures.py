"""Estimates as they are written: a value with its interval and unit."""

from datetime import timedelta
from math import floor, isinf, log10

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def rounded(value: float | None) -> str:
    """Two figures are as much as an estimate deserves: 1,234.5 is 1,200 and 0.0123 is 0.012."""
    if value is None:
        return "–"
    if isinf(value):
        return "∞"
    if value == 0:
        return "0"
    places = 1 - floor(log10(abs(value)))
    return number_format(round(value, places), max(0, min(places, 4)), use_l10n=True, force_grouping=True)


@register.filter
def span(estimate) -> str:
    """120 (90–160)."""
    if estimate is None:
        return "–"
    if estimate.low == estimate.high:
        return rounded(estimate.mean)
    return f"{rounded(estimate.mean)} ({rounded(estimate.low)}–{rounded(estimate.high)})"


@register.filter
def ends(estimate) -> str:
    """90–160; empty where there is no doubt."""
    if estimate is None or estimate.low == estimate.high:
        return ""
    return f"{rounded(estimate.low)}–{rounded(estimate.high)}"


@register.filter
def money(value: float | None) -> str:
    """With cents; a hundredth of a cent matters where an answer costs two."""
    if value is None:
        return "–"
    places = 2 if value >= 1 or value == 0 else 4
    # Rounded here: Django cuts off what does not fit.
    return number_format(round(value, places), places, use_l10n=True, force_grouping=True)


@register.filter
def hours(value: float) -> str:
    """A length of time in hours, in the unit people would say it in."""
    if isinf(value):
        return _("no end in sight")
    if value < 1:
        minutes = max(1, round(60 * value))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if value < 48:
        return _number_of(value, "%(n)s hour", "%(n)s hours")
    return _number_of(value / 24, "%(n)s day", "%(n)s days")


def _number_of(value: float, one: str, many: str) -> str:
    """1 hour, but 1.3 hours."""
    words = rounded(value)
    return ngettext(one, many, 1 if words == "1" else 2) % {"n": words}


@register.filter
def from_now(value: float) -> str:
    """The day and hour that lie so many hours ahead."""
    if isinf(value) or value > 24 * 3650:
        return "–"
    at = timezone.localtime(timezone.now() + timedelta(hours=value))
    return date_format(at, "DATETIME_FORMAT" if value < 72 else "DATE_FORMAT")
