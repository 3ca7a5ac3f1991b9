import xml.etree.ElementTree as ElementTree

import pytest
from django.utils.translation import override

from annotation import kinds
from annotation.models import Answer, BadReason
from annotation.text import question_of, render_task
from graph.models import Concept, Evidence, Status, Triple
from mining.kinds.image_text import IMAGE_TEXT
from mining.kinds.image_text.features import features
from mining.kinds.image_text.proposals import on_accept
from tests.factories.annotation import give_and_judge as judge
from tests.factories.candidates import make_image_candidate, make_kind_campaign
from tests.factories.people import make_annotator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def campaign_of(**more):
    return make_kind_campaign("image_text", "shows", **more)


def accepted(**fields):
    candidate = make_image_candidate(**fields)
    task = campaign_of().tasks.get(candidate_id=candidate.pk)
    judge(task, make_annotator(), Answer.ACCEPT)
    verdict = task.verdicts.standing().get()
    on_accept(verdict)
    return verdict


def test_the_kind_is_in_the_table():
    assert kinds.get("image_text") is IMAGE_TEXT
    assert BadReason.WRONG_IMAGE in IMAGE_TEXT.bad_reasons


def test_the_guideline_is_complete_in_both_languages():
    (question,) = IMAGE_TEXT.questions.values()

    for language, text in question.guideline.items():
        assert "{" not in text and text.count("\n- ") >= 10
        examples = [example for example in question.examples if example["language"] == language]
        assert {example["answer"] for example in examples} == {"accept", "reject", "unsure"}


def test_the_label_studio_config_is_valid_and_names_every_answer_by_its_key():
    view = ElementTree.fromstring(IMAGE_TEXT.label_config)  # noqa: S314

    choices = view.findall(".//Choices[@toName='image']/Choice")
    assert {choice.get("hotkey"): choice.get("value") for choice in choices} == dict(IMAGE_TEXT.answers)
    assert view.find(".//Image[@name='image']").get("value") == "$image"


def test_the_page_shows_image_text_title_and_category_with_its_place_kept():
    candidate = make_image_candidate("red <b>", title='A "cream"')

    task = campaign_of().tasks.get()
    html = render_task(task)

    assert f'src="/images/{candidate.image.sha256}" width="64" height="48"' in html
    assert 'alt="Image of: A &quot;cream&quot;"' in html
    assert '<p class="shown" data-said lang="en">red &lt;b&gt;</p>' in html
    assert "Face cream" in html and "Property value" in html and "data-zoom" in html
    assert question_of(task) == "Does this image show “red <b>”?"
    with override("zh-hans"):
        assert question_of(task) == "这张图片是否展示了“red <b>”？"


@pytest.mark.parametrize("text_class", ["POI", "PropertyValue", "Problem", "Scenario"])
def test_acceptance_proposes_that_the_text_has_the_image(text_class):
    verdict = accepted(text_class=text_class)

    triple = Triple.objects.get()
    image = triple.object
    assert (triple.relation.name, triple.subject.concept_class.name) == ("has_image", text_class)
    assert image.concept_class.name == "Image"
    assert image.external_id == verdict.task.content["image"]["sha256"]
    assert image.name == f"A cream in a jar · {image.external_id[:8]}"
    for row in (triple, triple.subject, image):
        evidence = row.evidence.get(kind="image")
        assert evidence.reference == f"image_candidate/{verdict.task.candidate_id}"
        assert evidence.detail["image"]["sha256"] == image.external_id


def test_one_image_of_two_texts_is_one_concept_and_acting_twice_changes_nothing():
    first, second = accepted(), accepted(text="round")
    on_accept(first)
    on_accept(second)

    assert Triple.objects.count() == 2
    assert Concept.objects.filter(concept_class__name="Image").count() == 1
    assert Evidence.objects.count() == 12


def test_a_withdrawn_verdict_takes_its_proposal_back_and_leaves_what_others_say():
    first, second = accepted(), accepted(text="round")

    IMAGE_TEXT.on_withdraw(first)

    assert Triple.objects.get(subject__name="red").status == Status.WITHDRAWN
    assert Triple.objects.get(subject__name="round").status == Status.PROPOSED
    assert Concept.objects.get(concept_class__name="Image").status == Status.PROPOSED
    IMAGE_TEXT.on_withdraw(second)
    assert Concept.objects.get(concept_class__name="Image").status == Status.WITHDRAWN


def test_promise_5_a_rejected_pair_is_not_proposed_again_unless_its_evidence_changed():
    candidate = make_image_candidate()
    judge(campaign_of().tasks.get(), make_annotator(), Answer.REJECT)

    assert not campaign_of().tasks.exists()

    candidate.revision = 1
    candidate.save()
    assert campaign_of().tasks.count() == 1


def test_features_join_the_colours_of_the_picture_with_the_words_of_the_text():
    make_image_candidate("red", title="A red cream", score=0.4)
    make_image_candidate("blue sky", colour="blue", title="", text_class="Scenario")

    red, blue = features(list(campaign_of().tasks.order_by("pk")))

    assert {"colour:red", "red red", "class:PropertyValue"} <= set(red["words"])
    assert {"colour:blue", "blue blue", "blue sky", "class:Scenario"} <= set(blue["words"])
    assert red["numbers"]["red"] > 0.9 and red["numbers"]["score"] == 0.4
    assert (red["numbers"]["share of the text in the title"], red["category"]) == (1.0, "face-cream")
    assert set(red["numbers"]) == set(blue["numbers"])
    assert red["form"] != blue["form"]
