import pytest

from mining.phrases.duplicates import near_key


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "non-stick pans", "nonstick pan"), ("en", "crew neck", "crew-neck"),
        ("en", "accessories", "accessory"), ("en", "watches", "watch"), ("zh", "酒店的服务", "酒店服务"),
        ("zh", "乾燥肌膚", "干燥肌肤"), ("zh", "酒店的環境", "酒店环境"),
    ],
)  # fmt: skip
def test_spellings_of_one_phrase_are_near(language, one, other):
    assert near_key(one, language) == near_key(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "glass", "glas"), ("en", "bus", "bu"), ("en", "gas", "ga"), ("en", "crew neck", "neck crew"),
        ("zh", "目的", "目"), ("zh", "的士", "士"),
    ],
)  # fmt: skip
def test_other_phrases_are_not(language, one, other):
    assert near_key(one, language) != near_key(other, language)
