"""Which key does what."""

import pytest

from annotation.keys import answers_of, key_maps
from annotation.models import Answer
from tests.factories.annotation import make_campaign
from tests.factories.candidates import make_kind_campaign

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["word", "phrase", "relation_sentence", "image_text"])
def test_every_hand_has_a_key_of_its_own_for_everything(kind):
    questions = {"phrase": "poi", "relation_sentence": "satisfy", "image_text": "shows"}
    campaign = make_campaign() if kind == "word" else make_kind_campaign(kind, questions[kind])

    for hand, keys in key_maps(campaign).items():
        single = [key for name, key in keys.items() if name != "second"]
        assert len({*single, *keys["second"]}) == len(single) + len(keys["second"]), hand
        assert set(keys) == {*map(str, answers_of(campaign)), "undo", "guideline", "comment", "second"}


def test_each_hand_reaches_its_keys_alone():
    maps = key_maps(make_campaign())
    left, right = set("qwertasdfgzxcvb12345"), set("yuiophjklnm67890")

    for hand, reach in {"left": left, "right": right}.items():
        pressed = {*maps[hand]["second"], *(key for name, key in maps[hand].items() if name != "second")}
        assert pressed <= reach
    assert maps["both"]["accept"] == "j" and answers_of(make_campaign())[-1] == Answer.SKIP
