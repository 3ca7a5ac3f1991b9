"""Curators' changes to the words for a concept: its preferred labels and its aliases."""

from django.db import transaction
from django.utils.translation import gettext as _

from graph.identity import normal_form
from graph.models import Concept, Label
from people.errors import UserError
from people.models import Change

LONGEST = 500


class BadWord(UserError):
    pass


@transaction.atomic
def relabel(*, concept: Concept, language: str, text: str, by, reason: str = "") -> Label:
    """Make a text the preferred label in a language; the one before stays as an alias.

    Imports leave the labels of a concept alone that a curator has relabelled.
    """
    text = _checked(text)
    concept = Concept.objects.select_for_update(no_key=True).get(pk=concept.pk)
    before = concept.labels.filter(language=language, is_preferred=True).first()
    if before and before.text == text:
        return before
    concept.labels.filter(language=language, is_preferred=True).update(is_preferred=False)
    label, _created = Label.objects.update_or_create(
        concept=concept,
        language=language,
        normal_form=normal_form(text),
        defaults={"text": text, "is_preferred": True},
    )
    if language == concept.language:
        concept.name = text
        concept.save(update_fields=["name"])
    _record(
        concept,
        "relabel",
        by,
        reason,
        before={"language": language, "label": before.text} if before else None,
        after={"language": language, "label": text},
    )
    return label


@transaction.atomic
def add_alias(*, concept: Concept, language: str, text: str, by, reason: str = "") -> Label:
    """Another word for the concept; one that is already there stays as it is."""
    text = _checked(text)
    concept = Concept.objects.select_for_update(no_key=True).get(pk=concept.pk)
    label, created = Label.objects.get_or_create(
        concept=concept,
        language=language,
        normal_form=normal_form(text),
        defaults={"text": text},
    )
    if created:
        _record(concept, "add alias", by, reason, before=None, after={"language": language, "alias": text})
    return label


@transaction.atomic
def remove_alias(*, label: Label, by, reason: str = "") -> None:
    """Take an alias away; a preferred label is replaced and not removed."""
    concept = Concept.objects.select_for_update(no_key=True).get(pk=label.concept_id)
    found = concept.labels.filter(pk=label.pk).first()
    if found is None:
        return
    if found.is_preferred:
        raise BadWord(_("This is the preferred label. Choose another one instead of removing it."))
    before = {"language": found.language, "alias": found.text}
    found.delete()
    _record(concept, "remove alias", by, reason, before=before, after=None)


def _checked(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(normal_form(text)) > LONGEST or len(text) > LONGEST:
        raise BadWord(_("A label has 1 to %(longest)s characters.") % {"longest": LONGEST})
    return text


def _record(concept: Concept, action: str, by, reason: str, *, before, after) -> None:
    Change.objects.create(
        by=by,
        action=action,
        entity="concept",
        entity_id=concept.pk,
        before=before,
        after=after,
        reason=reason,
    )
