"""Lengths of time and kept words in the language of the page."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from people.templatetags.in_words import in_words, language_names
from people.templatetags.when import spoken


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (0.44, "0.4 s", "0.4秒"),
        (timedelta(seconds=12), "12 s", "12秒"),
        (200, "3 min 20 s", "3分20秒"),
        (180, "3 min", "3分钟"),
        (7500, "2 h 5 min", "2小时5分"),
        (7200, "2 h", "2小时"),
        (None, "–", "–"),
    ],
)
def test_lengths_of_time(length, english, chinese):
    assert spoken(length) == english
    with override("zh-hans"):
        assert spoken(length) == chinese


def test_kept_words_are_said_in_the_language_of_the_page_and_other_texts_stay():
    with override("zh-hans"):
        assert [in_words(kept) for kept in ("verdict", "majority", "", None, "what I wrote")] == [
            "裁决",
            "多数票",
            "",
            "",
            "what I wrote",
        ]
        assert language_names(["zh", "fr"]).endswith(", fr")
    assert in_words("verdict") == "verdict"
