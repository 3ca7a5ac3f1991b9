"""Concepts called by their names in the language of the page."""

from collections.abc import Iterable

from django.utils import translation

from graph.models import Concept, Label, Triple

ENDS = ("subject", "object", "scope")


def in_page_language(rows: Iterable[Concept | Triple]) -> None:
    """Give the concepts in these rows the preferred label of the page's language where there is one.

    One query for all. For rows that are only shown: the name changes in memory, so never save them.
    """
    language = (translation.get_language() or "en").partition("-")[0]
    concepts = [concept for row in rows for concept in _concepts_of(row) if concept.language != language]
    labels = Label.objects.filter(
        concept__in={one.pk for one in concepts}, language=language, is_preferred=True
    )
    names = dict(labels.values_list("concept_id", "text")) if concepts else {}
    for concept in concepts:
        if concept.pk in names:
            concept.name, concept.language = names[concept.pk], language


def _concepts_of(row: Concept | Triple) -> list[Concept]:
    if isinstance(row, Concept):
        return [row]
    return [end for name in ENDS if (end := getattr(row, name)) is not None]
