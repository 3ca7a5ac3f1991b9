import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.sentences.normal_form import _SETTLED, INVISIBLE, _in_full, content_hash, normal_form


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


@given(st.text(alphabet="ab AZ保湿，。！Ａ１ \u3000\t\u200b\ufe0f\u0301ﬁ가の~·×—“”【】①İ\u00ad\U00020000"))
def test_the_short_way_ends_where_the_long_one_does(text):
    assert normal_form(text) == _in_full(text)


def test_settled_characters_are_their_own_fold_and_nothing_invisible_is_settled():
    everything = [chr(at) for at in range(sys.maxunicode + 1) if not 0xD800 <= at <= 0xDFFF]
    settled = [one for one in everything if _SETTLED.fullmatch(one)]
    hidden = re.compile(f"[{INVISIBLE}]")

    assert len(settled) > 27_000
    assert all(_in_full(one) == one.strip() for one in settled)
    assert not [one for one in everything if hidden.match(one) and _SETTLED.fullmatch(one)]


def test_equal_content_has_equal_hashes():
    assert content_hash("保湿  面霜") == content_hash("保湿面霜\n")
    assert content_hash("Soft") != content_hash("Softer")
    assert len(content_hash("\ud800")) == 32
