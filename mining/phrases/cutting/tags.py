"""Parts of speech per slot of the stream, as small numbers; 0 is a break, 1 an unknown word."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.cutting.dictionary import english, english_rules

UNKNOWN = 1
# jieba's tags by what they begin with, longest first; those not named here count as their first letter.
_ZH = ("n", "nr", "ns", "nt", "nz", "v", "vn", "a", "an", "ad", "b", "c", "d", "e", "f", "g", "h", "i", "j",
       "k", "l", "m", "o", "p", "q", "r", "s", "t", "u", "x", "y", "z", "eng")  # fmt: skip
_EN = ("CC", "CD", "DT", "EX", "FW", "IN", "JJ", "JJR", "JJS", "LS", "MD", "NN", "NNP", "NNPS", "NNS", "PDT",
       "POS", "PRP", "PRP$", "RB", "RBR", "RBS", "RP", "SYM", "TO", "UH", "VB", "VBD", "VBG", "VBN", "VBP",
       "VBZ", "WDT", "WP", "WP$", "WRB")  # fmt: skip
NAMES = {"zh": ("", "?", *_ZH), "en": ("", "?", *_EN)}
# What a word may be to a phrase: nouns, verbs, modifiers, numbers, function words, Latin and unknown ones.
GROUPS = ("noun", "verb", "modifier", "number", "function", "other")
_GROUP_OF = {
    "zh": {0: ("n", "nr", "ns", "nt", "nz", "vn", "an", "i", "j", "l", "s", "t", "g"), 1: ("v",),
           2: ("a", "ad", "b", "z", "h", "k"), 3: ("m", "q"),
           4: ("c", "d", "e", "f", "o", "p", "r", "u", "y")},
    "en": {0: ("NN", "NNP", "NNPS", "NNS"), 1: ("VB", "VBD", "VBP", "VBZ"),
           2: ("JJ", "JJR", "JJS", "VBG", "VBN"), 3: ("CD",),
           4: ("CC", "DT", "EX", "IN", "MD", "PDT", "POS", "PRP", "PRP$", "RB", "RBR", "RBS", "RP", "TO",
               "UH", "WDT", "WP", "WP$", "WRB")},
}  # fmt: skip
_SUFFIXES = (("ing", "VBG"), ("ed", "VBN"), ("ly", "RB"), ("able", "JJ"), ("ible", "JJ"), ("ous", "JJ"),
             ("ful", "JJ"), ("less", "JJ"), ("ive", "JJ"), ("ish", "JJ"), ("proof", "JJ"), ("free", "JJ"),
             ("ss", "NN"), ("s", "NNS"))  # fmt: skip


def tag_numbers(language: str) -> dict[str, int]:
    """Number of each tag of a dictionary, rarer Chinese ones (nrt, vd, zg …) by their first letter."""
    numbers = {name: number for number, name in enumerate(NAMES[language]) if number > UNKNOWN}
    if language == "zh":
        letters = {name: number for name, number in numbers.items() if len(name) == 1}
        for tag in ("nrt", "nrfg", "vd", "vi", "vq", "vg", "ag", "dg", "df", "mg", "mq", "rg", "rr", "rz",
                    "tg", "ud", "ug", "uj", "ul", "uv", "uz", "zg"):  # fmt: skip
            # 很 and its like are tagged zg.
            numbers[tag] = (
                numbers["d"] if tag == "zg" else numbers["nr"] if tag.startswith("nr") else letters[tag[0]]
            )
    return numbers


def group_of_tags(language: str) -> NDArray[np.uint8]:
    """Place in GROUPS per tag number."""
    groups = np.full(len(NAMES[language]), len(GROUPS) - 1, np.uint8)
    for group, names in _GROUP_OF[language].items():
        groups[[NAMES[language].index(name) for name in names]] = group
    return groups


def english_tags(texts: list[str]) -> NDArray[np.uint8]:
    """Most frequent tag of each word, by the dictionary, else by its ending; UNKNOWN without a dictionary."""
    dictionary, numbers = english(), tag_numbers("en")
    known = dict(zip(dictionary.words, dictionary.tags, strict=True))
    if not known:
        return np.full(len(texts), UNKNOWN, np.uint8)
    tags = (numbers.get(known.get(text) or _guess(text), UNKNOWN) for text in texts)
    return np.fromiter(tags, np.uint8, len(texts))


def _guess(word: str) -> str:
    if word[0].isdigit():
        return "CD"
    if "-" in word:
        return "JJ"
    return next(
        (tag for suffix, tag in _SUFFIXES if word.endswith(suffix) and len(word) > len(suffix) + 2), "NN"
    )


def in_context(tag: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Tags after the contextual rules of Brill's tagger that look at tags alone, in their order.

    tag: uint8 per slot of a piece that begins at a break.
    """
    numbers, tag = tag_numbers("en"), tag.copy()
    for old, new, kind, others in english_rules():
        if kind not in _KINDS or old not in numbers or new not in numbers:
            continue
        if any(other not in numbers for other in others):
            continue
        place = np.flatnonzero(tag == numbers[old])
        if len(place):
            place = place[_KINDS[kind](tag, place, [numbers[other] for other in others])]
            tag[place] = numbers[new]
    return tag


def _near(*offsets: int) -> Callable[..., Any]:
    """Any of the words at these distances has the tag; no rule looks across the ends of the piece."""

    def holds(tag: NDArray[np.uint8], place: NDArray[np.intp], others: list[int]) -> NDArray[np.bool_]:
        found = np.zeros(len(place), bool)
        for offset in offsets:
            there = np.clip(place + offset, 0, len(tag) - 1)
            found |= tag[there] == others[0]
        return found

    return holds


def _surrounded(tag: NDArray[np.uint8], place: NDArray[np.intp], others: list[int]) -> NDArray[np.bool_]:
    before, after = tag[np.maximum(place - 1, 0)], tag[np.minimum(place + 1, len(tag) - 1)]
    return (before == others[0]) & (after == others[1])


_KINDS: dict[str, Callable[..., Any]] = {
    "PREVTAG": _near(-1), "NEXTTAG": _near(1), "PREV1OR2TAG": _near(-1, -2), "NEXT1OR2TAG": _near(1, 2),
    "PREV1OR2OR3TAG": _near(-1, -2, -3), "SURROUNDTAG": _surrounded,
}  # fmt: skip
