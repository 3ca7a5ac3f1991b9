"""Keys that name concepts and triples in every release, and the normal form of words.

A key is derived from what the thing is and never from when it was stored, so that the same input gives
the same IRIs in any workspace.
"""

import json
import unicodedata
import uuid

from graph.models import Concept, ConceptClass, Label, Status

# Chosen once; another value would rename every node of every release.
NAMESPACE = uuid.UUID("6f1c1d0e-8a53-4f0b-9a3e-5d2f7c4b9e10")


def normal_form(text: str) -> str:
    """One form for spellings that mean the same word: width, case and spaces made equal."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _key(*parts: str) -> uuid.UUID:
    # As JSON, because no separator could then be part of a part.
    return uuid.uuid5(NAMESPACE, json.dumps(parts, ensure_ascii=False, separators=(",", ":")))


def phrase_key(class_name: str, language: str, text: str) -> uuid.UUID:
    """Of a concept born from a phrase: its class, language and normal form."""
    return _key("concept", class_name, "phrase", language, normal_form(text))


def catalogue_key(class_name: str, external_id: str) -> uuid.UUID:
    """Of a concept that a catalogue names by an id of its own."""
    return _key("concept", class_name, "catalogue", external_id)


def property_key(name: str) -> uuid.UUID:
    return _key("concept", "Property", "name", normal_form(name))


def property_value_key(name: str, value: str) -> uuid.UUID:
    return _key("concept", "PropertyValue", "name", normal_form(name), normal_form(value))


def triple_key(
    subject: uuid.UUID, relation: str, object: uuid.UUID, scope: uuid.UUID | None = None
) -> uuid.UUID:
    """Of a triple: the keys of its parts, in one string that cannot be read two ways."""
    return uuid.uuid5(NAMESPACE, f"triple {subject} {relation} {object} {scope or '-'}")


EVERYONE = catalogue_key("User", "everyone")
EVERYONE_LABELS = {"en": "All users", "zh": "所有用户"}


def everyone() -> Concept:
    """The user segment that holds everybody, for problems that are not known to be anyone's in particular."""
    concept, created = Concept.objects.get_or_create(
        key=EVERYONE,
        defaults={
            "concept_class": ConceptClass.objects.get(name="User"),
            "status": Status.APPROVED,
            "name": EVERYONE_LABELS["en"],
            "language": "en",
            "external_id": "everyone",
        },
    )
    if created:
        Label.objects.bulk_create(
            (
                Label(
                    concept=concept,
                    language=language,
                    text=text,
                    normal_form=normal_form(text),
                    is_preferred=True,
                )
                for language, text in EVERYONE_LABELS.items()
            ),
            ignore_conflicts=True,
        )
    return concept
