"""The heuristic rules: which frequent n-grams cannot be phrases, and by which rule (AliMe KG, section 4.1.1).

`broken_rule` looks at the text alone. Whether a stop character in a Chinese n-gram is a word or a part of one
(目的, 了解) is for segmentation to say: see `broken_by_words`.
"""

import functools
import re
from collections.abc import Sequence
from pathlib import Path

_NUMBER = re.compile(r"\d[\d.,%-]*")
_QUANTITY = re.compile(
    r"\d[\d.,%-]*(?:x\d+)?(?:[mck]?m|k?g|m[gl]|l|oz|lbs?|ft|in|inch|inches|w|v|mah|[gk]?hz|[gtm]b|k|x|st|nd|rd|th"
    r"|d|pcs?|s|h|pack)?"
)
_ZH_NUMBERS = frozenset("零〇一二两三四五六七八九十百千万亿半几数多第")
_ZH_UNITS = frozenset(
    "个只件条块元角分钱天年月日号点时秒斤克两吨升米寸尺里度张本支瓶盒包袋箱双对台部家间层楼次遍回种款位名岁人口周"
)
_LEADING_ZH_NUMBER = re.compile(r"[0-9.零一二两三四五六七八九十百千万几半多]+")
_RUN = re.compile(r"(.)\1\1")
_HAN = re.compile(r"[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LONGEST_STOP = 3  # characters of a Chinese stop word
_MIN_WORD = 3  # letters of an English single word
_MAX_WORD = 20  # letters of any: longer ones are words that lost their spaces


@functools.cache
def words(name: str) -> frozenset[str]:
    """A list from the folder `words`: any white space separates, lines that begin with # are comments."""
    text = Path(__file__).with_name("words").joinpath(f"{name}.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@functools.cache
def general_words() -> frozenset[str]:
    """English words that are no phrase by themselves, the verbs in all their regular forms."""
    forms = set(words("en_alone"))
    for verb in words("en_verbs"):
        stem = verb.removesuffix("e")
        doubled = verb + verb[-1] if len(verb) <= 5 else verb
        forms |= {verb, verb + "s", verb + "es", verb + "ly"}
        forms |= {base + ending for base in (stem, doubled) for ending in ("ed", "ing", "er", "ers")}
        forms |= {verb[:-1] + ending for ending in ("ies", "ied", "ier", "ily") if verb.endswith("y")}
    return frozenset(forms)


def separators(language: str) -> frozenset[str]:
    """Symbols beside which a phrase is free, as it is beside punctuation: function words."""
    return words("zh_between" if language == "zh" else "en_edge")


def broken_rule(symbols: Sequence[str], language: str) -> str | None:
    """Name of the first rule that an n-gram, given as its symbols, breaks; None when it may be a phrase."""
    if _repeats(symbols):
        return "repeated"
    return _broken_zh(symbols) if language == "zh" else _broken_en(symbols)


def _repeats(symbols: Sequence[str]) -> bool:
    """aaa, 好好好, very very, 很好很好."""
    size, half = len(symbols), len(symbols) // 2
    if any(_RUN.search(symbol) for symbol in symbols if not symbol[0].isdigit()):
        return True
    if any(symbols[at] == symbols[at + 1] == symbols[at + 2] for at in range(size - 2)):
        return True
    # 天天 and 宝宝 are words; two equal English words in a row, or 很好很好, are emphasis or an accident.
    doubled = size % 2 == 0 and symbols[:half] == symbols[half:]
    return doubled and (size > 2 or len(symbols[0]) > 1)


def _broken_zh(symbols: Sequence[str]) -> str | None:
    text = "".join(symbols)
    if not _HAN.search(text):
        return "no_han"
    counted = _LEADING_ZH_NUMBER.sub("", text, count=1)
    if counted in words("zh_units") or all(
        symbol in _ZH_NUMBERS or symbol in _ZH_UNITS or _QUANTITY.fullmatch(symbol) for symbol in symbols
    ):
        return "digits_or_units"
    if _NUMBER.fullmatch(symbols[-1]):
        return "trailing_number"
    return "too_general" if text in words("zh_alone") or text in words("zh_edge") else None


def _broken_en(symbols: Sequence[str]) -> str | None:
    first, last, single = symbols[0], symbols[-1], len(symbols) == 1
    if all(_QUANTITY.fullmatch(symbol) or symbol in words("en_units") for symbol in symbols):
        return "digits_or_units"
    if _QUANTITY.fullmatch(first) and all(
        symbol in words("en_counters") or symbol in words("en_units") for symbol in symbols[1:]
    ):
        return "digits_or_units"
    edge = words("en_edge")
    if (
        first in edge
        or last in edge
        or last in words("en_trail")
        or (not single and first in words("en_lead"))
    ):
        return "stop_word_edge"
    if any(symbol in words("en_inner") for symbol in symbols):
        return "clause"
    if _QUANTITY.fullmatch(last) or (not single and last in words("en_trailing_units")):
        return "trailing_number"
    if single and (len(first) < _MIN_WORD or any(character.isdigit() for character in first)):
        return "too_short"
    if max(map(len, symbols)) > _MAX_WORD:
        return "glued_words"
    general = general_words() if single else words("en_alone")
    return "too_general" if " ".join(symbols) in general else None


def broken_by_words(
    symbols: Sequence[str], shares: Sequence[float], function_words: frozenset[str], *, share: float = 0.5
) -> str | None:
    """The rule that a Chinese n-gram breaks by a stop word that segmentation makes a word of its own.

    shares[k]: share of its occurrences with a word boundary before its k-th symbol (k = size: after the
    last). function_words: what the dictionary tags as adverbs, pronouns, numerals and the like.
    """
    size = len(symbols)
    inside = all(part < share for part in shares[1:size])
    if inside and "".join(symbols) in function_words:
        return "function_word"
    for begin in range(size):
        for end in range(begin + 1, min(begin + _LONGEST_STOP, size) + 1):
            if (
                end - begin == size
                or (begin and shares[begin] < share)
                or (end < size and shares[end] < share)
            ):
                continue
            if rule := _broken_at("".join(symbols[begin:end]), begin == 0, end == size):
                return rule
    return None


def _broken_at(word: str, leads: bool, trails: bool) -> str | None:
    number = len(word) == 2 and word[0] in _ZH_NUMBERS and word[1] in _ZH_UNITS
    if (leads or trails) and word in words("zh_edge"):
        return "stop_word_edge"
    if (leads and word in words("zh_lead")) or (trails and word in words("zh_trail")):
        return "stop_word_edge"
    return "clause" if number or word in words("zh_inner") else None
