"""Times as people say them."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def is_recent(at) -> bool:
    return abs(timezone.now() - at) < timedelta(days=7)


@register.filter
def spoken(duration: timedelta | float | None) -> str:
    """A length of time with one or two units: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if duration is None:
        return "–"
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else float(duration)
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"}
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        words = _("%(minutes)s min %(seconds)s s") if rest else _("%(minutes)s min")
        return words % {"minutes": minutes, "seconds": rest}
    hours, rest = divmod(minutes, 60)
    words = _("%(hours)s h %(minutes)s min") if rest else _("%(hours)s h")
    return words % {"hours": hours, "minutes": rest}
