import pytest
from django.db import IntegrityError, transaction

from mining.models import Image, ImageCandidate, RelationCandidate
from tests.factories.candidates import make_image, make_image_candidate, make_relation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {"relation": "loves"},
        {"subject_start": -1},
        {"subject_end": 0},
        {"subject_end": 999},
        {"object_end": 999},
        {"object_start": 2, "object_end": 6},
        {"category": None},
        {"subject_text": ""},
    ],
    ids=str,
)
def test_the_database_refuses_a_relation_sentence_that_makes_no_sense(change):
    candidate = make_relation()

    with pytest.raises(IntegrityError), transaction.atomic():
        RelationCandidate.objects.filter(pk=candidate.pk).update(**change)


@pytest.mark.parametrize("field", ["source_id", "fingerprint"])
@pytest.mark.parametrize("make", [make_relation, make_image_candidate])
def test_a_candidate_is_there_once(make, field):
    first, second = make(), make()

    with pytest.raises(IntegrityError), transaction.atomic():
        type(second).objects.filter(pk=second.pk).update(**{field: getattr(first, field)})


@pytest.mark.parametrize(
    "change",
    [{"sha256": "../../etc/passwd"}, {"width": 0}, {"web_height": -1}, {"mime": "image/svg+xml"}],
    ids=str,
)
def test_the_database_refuses_an_image_that_makes_no_sense(change):
    image = make_image()

    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.filter(pk=image.pk).update(**change)


@pytest.mark.parametrize("change", [{"text_class": "Item"}, {"text": ""}], ids=str)
def test_the_database_refuses_an_image_text_that_makes_no_sense(change):
    candidate = make_image_candidate()

    with pytest.raises(IntegrityError), transaction.atomic():
        ImageCandidate.objects.filter(pk=candidate.pk).update(**change)
