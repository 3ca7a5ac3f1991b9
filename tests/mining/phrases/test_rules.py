import pytest

from mining.phrases.rules import broken_by_words, broken_rule, general_words


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        ("machine washable", None), ("soft to the touch", None), ("no white cast", None),
        ("100% cotton", None), ("breathable", None), ("spf 50 sunscreen", None), ("true to size", None),
        ("2 pack", "digits_or_units"), ("a dress", "stop_word_edge"), ("dress with", "stop_word_edge"),
        ("dress is soft", "clause"), ("3.5 oz", "digits_or_units"),
        ("100 capsules", "digits_or_units"), ("2.4 ghz", "digits_or_units"), ("10,000 iu", "digits_or_units"),
        ("fish oil capsules", None), ("capsules", None), ("1000 piece puzzle", None),
        ("50ml", "digits_or_units"),
        ("bottle 50ml", "trailing_number"), ("very very", "repeated"), ("sooo soft", "repeated"),
        ("soft and soft and", "repeated"), ("thing", "too_general"), ("walked", "too_general"),
        ("xs", "too_short"), ("b2b", "too_short"), ("viewshippingratesandpolicies", "glued_words"),
    ],
)  # fmt: skip
def test_english_rules(phrase, rule):
    assert broken_rule(tuple(phrase.split()), "en") == rule


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        ("抗静电", None), ("性价比高", None), ("奶奶", None), ("三件套", None), ("目的地", None),
        ("好好好", "repeated"), ("很好很好", "repeated"), ("三个", "digits_or_units"),
        ("两毫升", "digits_or_units"), ("东西", "too_general"), ("因为", "too_general"),
    ],
)  # fmt: skip
def test_chinese_rules(phrase, rule):
    assert broken_rule(tuple(phrase), "zh") == rule


def test_latin_symbols_in_chinese():
    assert broken_rule(("bb", "霜"), "zh") is None
    assert broken_rule(("air", "max"), "zh") == "no_han"
    assert broken_rule(("型", "号", "270"), "zh") == "trailing_number"
    assert broken_rule(("50ml", "装"), "zh") is None


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("抗静电", None),
        ("不 油腻", None),
        ("目的", None),
        ("面霜 的", "stop_word_edge"),
        ("的 面霜", "stop_word_edge"),
        ("因为 便宜", "stop_word_edge"),
        ("酒店 的 服务", "clause"),
        ("貌似 便宜", None),
        ("永远", "function_word"),
    ],
)
def test_stop_words_count_where_segmentation_sets_them_apart(words, rule):
    symbols = words.replace(" ", "")
    begins = [0.0] * len(symbols) + [1.0]
    place = 0
    for word in words.split():
        begins[place] = 1.0
        place += len(word)

    assert broken_by_words(tuple(symbols), begins, frozenset({"永远"})) == rule


def test_general_verbs_come_in_all_their_forms():
    assert {"carry", "carries", "carried", "carrying", "hide", "hiding", "stopped"} <= general_words()
    assert not {"moisturizing", "padded", "waterproof"} & general_words()
