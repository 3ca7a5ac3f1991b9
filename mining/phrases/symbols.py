"""Text to symbols, whole batches at a time: code points in, offsets and 64-bit hashes out.

A symbol is one Chinese character or one word (letters and digits, with the hyphens, apostrophes and decimal
points inside it). Between two symbols may lie a break that no phrase crosses: punctuation, emoji, markup, the
end of the sentence, and in Chinese also white space.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mining.sentences.normal_form import INVISIBLE

OTHER, SPACE, HAN, LETTER, DIGIT, APOSTROPHE, HYPHEN, POINT, AMPERSAND, PERCENT, IGNORED = range(11)
_UNKNOWN = 255
_MASKED = 0xFFFF  # a code point that Unicode promises never to use
_PUNCTUATION = {"'": APOSTROPHE, "-": HYPHEN, ".": POINT, ",": POINT, "&": AMPERSAND, "%": PERCENT}
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# Nothing in these is prose; they turn into breaks. Every piece is bounded, so the scan is linear.
_MARKUP = re.compile(
    r"<(?:!--.{0,2000}?--|/?[A-Za-z][^<>\n]{0,500})>|&(?:[A-Za-z]{2,8}|#\d{1,6});"
    r"|\b(?:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef]{1,500}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,40}"
    r"|\b[a-z0-9-]{2,40}\.(?:com|net|org|cn|co|de|html?|jpe?g|png)\b(?:/[^\s\u3000-\u9fff]{0,300})?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)

# Per code point, filled when first met: how it is counted, and what it counts as.
_FOLD = np.arange(0x110000, dtype=np.uint32)
_CLASS = np.full(0x110000, _UNKNOWN, np.uint8)


@dataclass(frozen=True)
class Symbols:
    """Columns of the symbols found, in order of the text.

    start, end: int64, half-open offsets into the code points given; hash, surface: uint64, of the folded
    and of the written form; breaks: bool, True where a break lies before the symbol.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    hash: NDArray[np.uint64]
    surface: NDArray[np.uint64]
    breaks: NDArray[np.bool_]


def find_symbols(code_points: NDArray[np.uint32], text: str, language: str) -> Symbols:
    """Symbols of `text`, given also as its code points; its line breaks are breaks in any language."""
    _learn(code_points)
    written = code_points.copy()
    for match in _MARKUP.finditer(text):
        written[match.start() : match.end()] = _MASKED
    classes = np.where(written == _MASKED, OTHER, _CLASS[written]).astype(np.uint8)
    seen = np.flatnonzero(classes != IGNORED)
    written, classes = written[seen], _in_words(classes[seen])
    starts, ends = _edges(classes)
    if language != "zh":
        latin = classes[starts] != HAN
        starts, ends = starts[latin], ends[latin]
    breaks = _breaks(written, classes, starts, ends, language)
    return Symbols(
        start=seen[starts].astype(np.int64),
        end=seen[ends - 1].astype(np.int64) + 1,
        hash=_hash(_FOLD[written], starts, ends),
        surface=_hash(written, starts, ends),
        breaks=breaks,
    )


def _learn(code_points: NDArray[np.uint32]) -> None:
    """Fill the tables for code points not met before (there are a few thousand in any corpus)."""
    met = np.zeros(len(_CLASS), bool)
    met[code_points] = True
    for point in np.flatnonzero(met & (_CLASS == _UNKNOWN)):
        character = chr(point)
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
        folded = "'" if character in "’‘ʼ＇" else folded
        if len(folded) == 1:
            _FOLD[point] = ord(folded)
        _CLASS[point] = _class_of(folded if len(folded) == 1 else character)


def _class_of(character: str) -> int:
    if _INVISIBLE.match(character):
        return IGNORED
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    if character.isspace():
        return SPACE
    point, category = ord(character), unicodedata.category(character)
    if character in "々〇" or (category == "Lo" and unicodedata.name(character, "").startswith("CJK")):
        return HAN
    if category == "Nd":
        return DIGIT
    # Latin letters, and the accents that decomposed text writes after them.
    if (
        (category in ("Ll", "Lu", "Lo") and point < 0x250)
        or 0x1E00 <= point < 0x1F00
        or 0x300 <= point < 0x370
    ):
        return LETTER
    return OTHER


def _in_words(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The classes, with joiners inside a word turned into letters: long-lasting, 3.5, h&m, 100%."""
    before, after = np.roll(classes, 1), np.roll(classes, -1)
    if len(classes):
        before[0] = after[-1] = OTHER
    letters = (before == LETTER) & (after == LETTER)
    digits = (before == DIGIT) & (after == DIGIT)
    alike = np.isin(before, (LETTER, DIGIT)) & np.isin(after, (LETTER, DIGIT))
    joined = (
        letters & ((classes == APOSTROPHE) | (classes == AMPERSAND))
        | digits & (classes == POINT)
        | alike & (classes == HYPHEN)
        | (before == DIGIT) & (classes == PERCENT)
    )
    return np.where(joined, LETTER, classes).astype(np.uint8)


def _edges(classes: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Starts and ends: every Han character by itself, runs of letters and digits together."""
    run = (classes == LETTER) | (classes == DIGIT)
    han = classes == HAN
    padded = np.concatenate([[False], run, [False]])
    begins = np.flatnonzero((padded[1:-1] & ~padded[:-2]) | han)
    finishes = np.flatnonzero((padded[1:-1] & ~padded[2:]) | han) + 1
    return begins, finishes


def _breaks(
    written: NDArray[np.uint32],
    classes: NDArray[np.uint8],
    starts: NDArray[np.intp],
    ends: NDArray[np.intp],
    language: str,
) -> NDArray[np.bool_]:
    """True per symbol when what lies between it and the one before may not be crossed."""
    gap = np.ones(len(starts), bool)
    if language == "zh":
        gap[1:] = starts[1:] != ends[:-1]
        return gap
    # Spaces between words may be crossed; tabs and line breaks separate columns and paragraphs.
    crossed = (classes == SPACE) & (written >= 32) & (written != 0x2028) & (written != 0x2029)
    crossed |= (classes == LETTER) | (classes == DIGIT)
    blocking = np.concatenate([[0], np.cumsum(~crossed)])
    gap[1:] = blocking[starts[1:]] != blocking[ends[:-1]]
    return gap


def _hash(points: NDArray[np.uint32], starts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.uint64]:
    """64-bit hash of each slice: a polynomial over mixed code points, modulo 2^64, mixed once more.

    It depends on the slice alone, so that counts of batches hashed apart can be added up later.
    """
    if not len(starts):
        return np.empty(0, np.uint64)
    lengths = ends - starts
    place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    powers = np.cumprod(np.full(lengths.max(), _BASE, np.uint64))
    terms = mix(points[np.repeat(starts, lengths) + place].astype(np.uint64)) * powers[place]
    return mix(np.add.reduceat(terms, np.cumsum(lengths) - lengths))


_BASE = np.uint64(0x9E3779B97F4A7C15)


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014): spreads every bit over all others."""
    values = (values + _BASE).astype(np.uint64)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
