"""Times as people say them."""

from datetime import timedelta

from django import template
from django.utils import timezone

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
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, seconds = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
