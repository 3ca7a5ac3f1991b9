"""Each rule that the database holds, broken once."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from graph.models import Concept, Evidence, Label, Triple
from tests.factories.graph import make_concept, make_triple

pytestmark = pytest.mark.django_db


def copy_of(row, **fields):
    row.pk = None
    for name, value in fields.items():
        setattr(row, name, value)
    with transaction.atomic():
        row.save(force_insert=True)


def broken(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "graph_concept_key"),
        ({"status": "maybe"}, "concept_status_known"),
        ({"name": ""}, "concept_name_not_empty"),
        ({"language": "English"}, "concept_language_is_a_tag"),
    ],
)
def test_concepts(fields, name):
    concept = make_concept()
    if fields:
        fields["key"] = uuid.uuid4()

    with broken(name):
        copy_of(concept, **fields)


def test_a_catalogue_id_names_one_concept_of_a_class():
    concept = make_concept()
    Concept.objects.filter(pk=concept.pk).update(external_id="c1")

    with broken("concept_external_id_once_per_class"):
        copy_of(concept, key=uuid.uuid4(), external_id="c1")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"text": "", "normal_form": "x"}, "label_not_empty"),
        ({"language": "?", "normal_form": "x"}, "label_language_is_a_tag"),
        ({"normal_form": "other"}, "label_one_preferred"),
        ({"is_preferred": False}, "label_once"),
    ],
)
def test_labels(fields, name):
    label = Label.objects.get(concept=make_concept())

    with broken(name):
        copy_of(label, **fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"key": uuid.uuid4()}, "triple_once"),
        ({"scope_id": 1}, "graph_triple_key"),
        ({"key": uuid.uuid4(), "status": "maybe", "subject_id": None}, "subject_id|triple_status_known"),
    ],
)
def test_triples(fields, name):
    triple = make_triple()
    if "scope_id" in fields:
        fields = {"scope_id": triple.subject_id}

    with broken(name):
        copy_of(triple, **fields)


def test_a_triple_has_a_known_status():
    triple = make_triple()

    with broken("triple_status_known"), transaction.atomic():
        Triple.objects.filter(pk=triple.pk).update(status="maybe")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "evidence_once"),
        ({"concept_id": None}, "evidence_for_a_concept_or_a_triple"),
        ({"start": 5, "end": 5}, "evidence_span_half_open"),
        ({"start": -1, "end": 5}, "evidence_span_half_open"),
        ({"start": 3, "end": None}, "evidence_span_half_open"),
    ],
)
def test_evidence(fields, name):
    evidence = Evidence.objects.get(concept=make_concept())

    with broken(name):
        copy_of(evidence, **fields)
