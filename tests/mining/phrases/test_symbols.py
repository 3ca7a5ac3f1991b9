import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.phrases.symbols import find_symbols


def found(text, language):
    """The symbols, with | where a break lies between two."""
    symbols = find_symbols(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"), text, language)
    pieces = []
    for start, end, breaks in zip(symbols.start, symbols.end, symbols.breaks, strict=True):
        pieces += ["|"] * (bool(breaks) and bool(pieces)) + [text[start:end]]
    return " ".join(pieces)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Soft, long-lasting 3.5 oz men's", "Soft | long-lasting 3.5 oz men's"),
        ("100% cotton - H&M e.g. café", "100% cotton | H&M e | g | café"),
        ("a\tb\nc  d\u00a0e", "a | b | c d e"),
        ("<b>warm</b> wool &amp; silk", "warm | wool | silk"),
        ("see https://a.b/c?d=e now a@b.com or shop.com/x ok", "see | now | or | ok"),
        ("soft 面霜 wool 😍 silk", "soft | wool | silk"),
        ("so\u00adft\u200b wool", "so\u00adft wool"),
    ],
)
def test_english_symbols(text, symbols):
    assert found(text, "en") == symbols


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("保湿BB霜，好 用", "保 湿 BB 霜 | 好 | 用"),
        ("iPhone15手机😍壳", "iPhone15 手 机 | 壳"),
        ("护\u200b肤<br/>品", "护 肤 | 品"),
        ("ＢＢ霜々", "ＢＢ 霜 々"),
        ("これ用", "用"),
    ],
)
def test_chinese_symbols(text, symbols):
    assert found(text, "zh") == symbols


def hashes(text, language="en"):
    return find_symbols(np.frombuffer(text.encode("utf-32-le"), "<u4"), text, language).hash.tolist()


def test_case_width_and_apostrophe_do_not_matter():
    assert hashes("Men’s ＡＢＣ") == hashes("men's abc")
    assert len(set(hashes("soft sotf tofs fost"))) == 4


def test_a_hash_depends_on_the_symbol_alone():
    assert hashes("wool and silk")[2] == hashes("silk")[0]


@given(st.text(max_size=60), st.sampled_from(["zh", "en"]))
def test_symbols_are_ordered_slices_of_any_text(text, language):
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    symbols = find_symbols(points, text, language)

    assert (symbols.start < symbols.end).all() and (symbols.end[:-1] <= symbols.start[1:]).all()
    assert symbols.breaks[:1].all()
