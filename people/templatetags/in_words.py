"""Words that the database keeps in English, in the language of the page."""

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()
LANGUAGES = {"en": _("English"), "zh": _("Chinese")}


@register.filter
def in_words(kept: str) -> str:
    """One of our own words, which whoever keeps it marks with gettext_noop; any other text as it is."""
    return gettext(str(kept)) if kept else ""


@register.filter
def language_name(code: str) -> str:
    return str(LANGUAGES.get(code, code))


@register.filter
def language_names(codes: list[str]) -> str:
    return ", ".join(map(language_name, codes))
