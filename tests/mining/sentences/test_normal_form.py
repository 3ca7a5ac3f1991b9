import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.sentences.normal_form import content_hash, normal_form


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Soft \t and\nWarm ", "soft and warm"),
        ("ＢＢ霜　５０ｍｌ", "bb霜 50ml"),
        ("保 湿\n补水", "保湿补水"),
        ("保湿 BB 霜", "保湿 bb 霜"),
        ("护\u200b肤\ufeff", "护肤"),
        ("a\x00b\x7fc", "abc"),
        ("Straße", "strasse"),
        ("ﬁne ①", "fine 1"),
        ("cafe\u0301", "café"),
        ("", ""),
    ],
)
def test_normal_form_of(text, normal):
    assert normal_form(text) == normal


@given(st.text())
def test_normal_form_is_idempotent(text):
    assert normal_form(normal_form(text)) == normal_form(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_ascii_takes_no_other_way(text):
    assert normal_form(text + "é") == normal_form(text + "x")[:-1] + "é"


def test_equal_content_has_equal_hashes():
    assert content_hash("保湿  面霜") == content_hash("保湿面霜\n")
    assert content_hash("Soft") != content_hash("Softer")
    assert len(content_hash("\ud800")) == 32
