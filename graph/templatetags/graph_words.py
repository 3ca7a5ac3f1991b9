"""References in templates."""

from django import template

from graph.words import reference_words

register = template.Library()
register.filter(reference_words)
