"""One spelling for texts that differ only in width, case, spacing or invisible characters."""

import hashlib
import re
import unicodedata

# Invisible: control characters other than white space, zero-width and directional marks, soft hyphen,
# variation selectors, byte order mark, tags.
INVISIBLE = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_CJK = r"\u2e80-\u303f\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# ASCII without capitals, Han and its usual marks: each is its own fold, none joins with a neighbour.
# Folded text of nothing else is settled after one pass; that is nearly all Chinese text.
_SETTLED = re.compile(
    r"[\t-\r\x20-\x40\x5b-\x7e\u00b7\u00d7\u2014\u2018-\u201f\u2022\u3001\u3002\u3008-\u3011\u3014-\u301b"
    r"\u3400-\u4dbf\u4e00-\u9fff]*"
)
_SPACE_IN_CJK = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")


def normal_form(text: str) -> str:
    """NFKC, casefolded, invisible characters removed, white space collapsed (removed between CJK).

    Idempotent: the normal form of a normal form is itself.
    """
    if text.isascii():
        return " ".join(_INVISIBLE.sub("", text).lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    if _SETTLED.fullmatch(folded):
        text = " ".join(folded.split())
        return _SPACE_IN_CJK.sub("", text) if " " in text else text
    return _in_full(text)


def _in_full(text: str) -> str:
    text = _fold(text)
    # A second pass settles what the first one uncovers, as in the NFKC_Casefold of Unicode (UAX 31).
    text = " ".join(_fold(text).split())
    return _SPACE_IN_CJK.sub("", text)


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def content_hash(text: str) -> str:
    """32 hex digits naming the content of a document: equal for texts of equal normal form."""
    return digest(text, size=16).hex()


def digest(text: str, *, size: int) -> bytes:
    """`size` bytes of BLAKE2b over the normal form; lone surrogates count as themselves."""
    return hashlib.blake2b(normal_form(text).encode("utf-8", "surrogatepass"), digest_size=size).digest()
