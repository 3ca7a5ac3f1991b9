"""Metrics and shares as they are written on the learning page: a value with its interval."""

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def figure(metric):
    """0.81 (0.74–0.87), or a dash where the metric is undefined."""
    if not metric:
        return "–"
    return format_html('{} <span class="muted">{}</span>', floatformat(metric[0], 2), interval(metric))


@register.simple_tag
def interval(metric):
    if not metric or metric[1] is None:
        return ""
    return f"({floatformat(metric[1], 2)}–{floatformat(metric[2], 2)})"


@register.simple_tag
def share(asked):
    """34 % (28–41 %)."""
    if asked.share is None:
        return "–"
    low, high = (round(100 * edge) for edge in asked.interval)
    return format_html('{} % <span class="muted">({}–{} %)</span>', round(100 * asked.share), low, high)
