"""The simulated crowd goes through the real routes and leaves marked answers."""

import random
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Answer, Judgment, Verdict
from annotation.simulation.answer_key import AnswerKey, BadAnswerKey, phrase_of
from annotation.simulation.crowd import simulate
from annotation.simulation.people import seated
from annotation.simulation.profiles import PROFILES, crowd
from kgclient import Unreachable
from people.models import ApiToken
from tests.annotation.promises import assert_promises
from tests.factories.annotation import make_campaign, make_task
from tests.factories.candidates import make_image_candidate, make_kind_campaign, make_relation

HEADER = "phrase,question,category,answer,note\n"


def key_file(tmp_path, *rows):
    file = tmp_path / "key.csv"
    file.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def content(phrase, category="face-cream"):
    return {"phrase": phrase, "category_id": category}


def test_the_key_knows_phrases_by_their_normal_form(tmp_path):
    key = AnswerKey.read([key_file(tmp_path, "Oil Control,poi,*,accept,", "保湿补水,poi,*,accept,")])

    assert key(content("ｏｉｌ  control"), "poi") == Answer.ACCEPT
    assert key(content("保湿 补水"), "poi") == Answer.ACCEPT
    assert key(content("oil control"), "problem") == Answer.REJECT
    assert key(content("never heard of"), "poi") == Answer.REJECT


def test_the_key_goes_by_category_first(tmp_path):
    key = AnswerKey.read(
        [
            key_file(
                tmp_path,
                "warm,poi,*,reject,",
                "warm,poi,down-jacket|sweater,accept,",
                "odd,poi,sweater,unsure,",
            )
        ]
    )

    assert key(content("warm", "sweater"), "poi") == Answer.ACCEPT
    assert key(content("warm", "lipstick"), "poi") == Answer.REJECT
    assert key(content("odd", "sweater"), "poi") == Answer.UNSURE
    assert key(content("odd", None), "poi") == Answer.REJECT


@pytest.mark.parametrize("row", ["warm,poi,*,perhaps,", ",poi,*,accept,", "warm,poi,,accept,"])
def test_a_bad_row_of_the_key_is_named(tmp_path, row):
    with pytest.raises(BadAnswerKey, match=r"key\.csv:3: "):
        AnswerKey.read([key_file(tmp_path, "fine,poi,*,accept,", row)])


def test_the_demo_keys_can_be_read(settings):
    assert len(AnswerKey.read(sorted((settings.BASE_DIR / "demo").glob("answer_key_*.csv")))) > 500


def test_profiles_err_as_often_as_they_say():
    chance = random.Random(7)
    given = Counter(PROFILES["careful"].answer(Answer.ACCEPT, chance) for _ in range(5000))

    wrong = given[Answer.REJECT] / (given[Answer.ACCEPT] + given[Answer.REJECT])
    assert wrong == pytest.approx(0.04, abs=0.01)
    assert given[Answer.SKIP]
    assert given[Answer.UNSURE]


def test_some_spammers_always_say_yes():
    always, guessing = crowd({"spamming": 2})
    chance = random.Random(7)

    assert {always.answer(Answer.REJECT, chance) for _ in range(50)} == {Answer.ACCEPT}
    assert len({guessing.answer(Answer.REJECT, chance) for _ in range(50)}) == 2


@pytest.mark.django_db(transaction=True)
def test_the_crowd_answers_everything_through_the_server(live_server):
    campaign = make_campaign(size=15, overlap=3)
    with seated(crowd({"careful": 4, "careless": 1})) as annotators:
        summary = simulate(
            url=live_server.url,
            campaign=campaign.pk,
            annotators=annotators,
            truth=lambda content, question: Answer.ACCEPT,
        )

    judgments = Judgment.objects.all()
    assert summary.judgments == judgments.count() >= 45
    assert not summary.refused
    assert all(judgment.is_simulated for judgment in judgments)
    assert Verdict.objects.standing().count() == 15
    assert_promises(campaign)
    assert not ApiToken.objects.filter(revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_stops_at_its_number_and_says_what_it_did(live_server, capsys):
    campaign = make_campaign(size=20, overlap=3)

    options = {
        "campaign": campaign.name,
        "url": live_server.url,
        "until": "12",
        "profiles": "careful=2,spamming=1",
    }
    call_command("simulate_crowd", **options)

    assert Judgment.objects.count() == 12
    assert "12 judgments in" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_sentences_and_pictures_are_answered_by_their_keys_and_marked(live_server, tmp_path):
    make_relation(text="Cotton, so it breathes.", subject="Cotton", object="breathes")
    make_relation(text="Cotton is not for rain.", subject="Cotton", object="rain")
    make_image_candidate("red", colour="red")
    relations = make_kind_campaign("relation_sentence", "satisfy", overlap=3)
    images = make_kind_campaign("image_text", "shows", overlap=3)
    (picture,) = images.tasks.all()
    key = key_file(
        tmp_path,
        '"Cotton, so it breathes. | Cotton | breathes",satisfy,*,accept,',
        f'"{phrase_of(picture.content)}",shows,*,accept,',
    )

    for campaign in (relations, images):
        told = {"url": live_server.url, "profiles": "careful=5", "answer_key": [key]}
        call_command("simulate_crowd", campaign=str(campaign.pk), **told)

    verdicts = {phrase_of(verdict.task.content): verdict.answer for verdict in Verdict.objects.standing()}
    assert verdicts == {
        "Cotton, so it breathes. | Cotton | breathes": "accept",
        "Cotton is not for rain. | Cotton | rain": "reject",
        phrase_of(picture.content): "accept",
    }
    assert all(one.is_simulated and one.annotator.is_simulated for one in Judgment.objects.all())


@pytest.mark.django_db
def test_without_a_server_the_error_says_so():
    task = make_task()

    with pytest.raises(CommandError, match=r"no kgcurate server answers on http://127\.0\.0\.1:9"):
        call_command("simulate_crowd", campaign=str(task.campaign_id), url="http://127.0.0.1:9")
    with pytest.raises(Unreachable):
        simulate(
            url="http://127.0.0.1:9", campaign=1, annotators=[], truth=lambda content, question: Answer.ACCEPT
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options",
    [
        {"profiles": "lazy=2"},
        {"profiles": "careful"},
        {"until": "soon"},
        {"annotators": 2, "profiles": "careful=3"},
    ],
)
def test_nonsense_options_are_refused(options):
    with pytest.raises(CommandError):
        call_command("simulate_crowd", campaign=str(make_task().campaign_id), **options)


def test_the_key_knows_sentences_with_their_ends_and_pictures_with_their_title(tmp_path):
    key = AnswerKey.read(
        [
            key_file(
                tmp_path,
                '"Cotton, so it breathes. | cotton | breathes",satisfy,t-shirt,accept,',
                "A red dress | red,shows,dress,accept,",
            )
        ]
    )
    sentence = {
        "text": "Cotton, so it breathes.",
        "subject": {"text": "cotton"},
        "object": {"text": "breathes"},
        "category_id": "t-shirt",
    }
    picture = {"title": "A red dress", "text": "red", "category_id": "dress"}

    assert key(sentence, "satisfy") == Answer.ACCEPT
    assert key({**sentence, "object": {"text": "it"}}, "satisfy") == Answer.REJECT
    assert key(picture, "shows") == Answer.ACCEPT
    assert key({**picture, "text": "blue"}, "shows") == Answer.REJECT
