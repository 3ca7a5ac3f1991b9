"""Sentences as half-open offsets into the original text, for Chinese and English and texts that mix them.

One left-to-right scan finds the places where a sentence may end (stops, line breaks, speakers of a chat);
small rules decide which of them do. Every character that is not white space lies in exactly one sentence.
"""

import re
from collections.abc import Iterator

MAX_LENGTH = 500

_HAN = r"\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CLOSERS = "\"'”’」』）》】〉)\\]"
_EMOJI = r"\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\u200d\U0001f3fb-\U0001f3ff\u20e3"
_BOUNDARY = re.compile(
    rf"""
    (?P<line>[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+)
  | (?P<stop>[。！？｡!?]+[。！？｡!?…~～]*|…+|⋯+|；|\.+)
    (?P<closers>[{_CLOSERS}]*)
    (?P<emoji>[ ]?[{_EMOJI}]+)?
  | (?<=\s)(?=(?:[买卖商店]家|客服|顾客|[用客]户|[Cc]ustomer|[Aa]gent|[Bb]uyer|[Ss]eller|[Uu]ser)\s?[:：])
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s(（\[“\"']*\Z")
_NEXT = re.compile(rf"\s*[\"'“‘(\[{_EMOJI}]*")
_CUT_AT = re.compile(r"[\s,，、;；:：]")
_MARK = re.compile(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A name or an example follows: never the end.
_BEFORE_NAME = _words(
    "dr mr mrs ms prof st mt sr jr rev gen col capt lt sgt hon messrs e.g eg i.e ie vs v cf viz fig figs "
    "no nos vol pp ch sec art ref"
)
# May end a sentence; it does when a capital follows.
_MAY_END = _words(
    "oz fl lb lbs in ft yd sq cm mm ml qt pt gal hr hrs min mins sec max approx avg qty pkg pc pcs pk ct "
    "dia ea est inc ltd co corp llc dept etc et al a.m p.m am pm u.s u.k u.s.a jan feb mar apr jun jul "
    "aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun ave blvd rd apt tel ext temp wt "
    "ht int adj incl excl assoc bros dist div govt intl natl std tbsp tsp"
)
# After an initial or "U.S." only these begin a sentence: "Vitamin C. It helps" but "J. Smith", "U.S. Army".
_STARTERS = _words(
    "a an the it its this that these those they we i you he she our your my there if when while for with "
    "in on at to no not do does don't is are but and so as also just use great love please made"
)


def split_sentences(text: str, language: str, *, max_length: int = MAX_LENGTH) -> list[tuple[int, int]]:
    """Offsets [start, end) of the sentences, in order, stripped, at most `max_length` characters each."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in _ends(text, language):
        _append(spans, text, start, end, max_length)
        start = end
    _append(spans, text, start, len(text), max_length)
    return spans


def _ends(text: str, language: str) -> Iterator[int]:
    previous = 0
    for match in _BOUNDARY.finditer(text):
        if match["stop"] is None or _is_end(text, match, language, previous):
            previous = match.end()
            yield previous


def _is_end(text: str, match: re.Match[str], language: str, sentence_start: int) -> bool:
    stop, end = match["stop"], match.end()
    after = text[end : end + 1]
    if stop[0] in "。！？｡":
        return True
    if stop == "；":
        return language == "zh"
    if stop[0] in "…⋯" or (len(stop) > 1 and stop[0] == "."):
        return _ellipsis_ends(text, match, language)
    if stop[0] in "!?":
        return _mark_ends(text, match)
    before = text[max(0, match.start() - 1) : match.start()]
    if _is_han(before):
        return not after.isdigit()
    if after and not after.isspace() and not match["emoji"]:
        return _glued(text, match) or (_is_han(after) and not before.isdigit())
    return _period_ends(text, match, sentence_start)


def _ellipsis_ends(text: str, match: re.Match[str], language: str) -> bool:
    """In Chinese a pause that long ends the clause; in English only when a capital follows."""
    before, following = text[max(0, match.start() - 1) : match.start()], _following(text, match.end())
    if language in ("zh", "ja") or _is_han(before):
        return bool(before) and not following.isdigit()
    return following.isupper() and text[match.end() : match.end() + 1].isspace()


def _mark_ends(text: str, match: re.Match[str]) -> bool:
    """It ends in "Wow! Great", "Wow!Great", 好吃!真的; not in "?id=3" and '"Wow!" she said'."""
    after = text[match.end() : match.end() + 1]
    if not after or match["emoji"]:
        return True
    if after.isspace():
        return not (match["closers"] and _following(text, match.end()).islower())
    return not after.isascii() or after.isupper()


def _glued(text: str, match: re.Match[str]) -> bool:
    """A scraped text lost its space, "great.Love it"; but not "www.Example.com", "Node.Js"."""
    before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 40]
    word = _WORD_BEFORE.search(before)
    assert word is not None  # the pattern matches the empty string
    following = re.match(r"(?:[A-Z][a-z']*)(?=[\s,!?])", after)
    if not following or not re.fullmatch(r"[A-Za-z'’,-]*[a-z]{2}", word[0]):
        return False
    return len(following[0]) > 2 or following[0].lower() in _STARTERS


def _period_ends(text: str, match: re.Match[str], sentence_start: int) -> bool:
    """A single period followed by white space or the end of the text."""
    following = _following(text, match.end())
    if not following or match["emoji"]:
        return True
    found = _WORD_BEFORE.search(text, max(sentence_start, match.start() - 40), match.start())
    word = found[0] if found else ""
    if match["closers"]:
        return not following.islower()
    if word.lower() in _BEFORE_NAME:
        return False
    if word.isdigit() and not text[sentence_start : match.start() - len(word)].strip():
        return False  # "1. Wash your hands": the number belongs to what it numbers
    if word.lower() in _MAY_END and not re.fullmatch(r"[A-Za-z](?:\.[A-Za-z])+", word):
        return following.isupper() or _is_han(following)
    if re.fullmatch(r"(?:[A-Za-z]\.)*[A-Za-z]", word):
        rest = re.match(r"[A-Za-z']+", text[_next_word(text, match.end()) :][:40])
        return bool(rest and following.isupper() and rest[0].lower() in _STARTERS)
    return True


def _next_word(text: str, position: int) -> int:
    found = _NEXT.match(text, position)
    return found.end() if found else position


def _following(text: str, position: int) -> str:
    """First character of what comes next, past white space, opening quotes and emoji; "" at the end."""
    return text[(at := _next_word(text, position)) : at + 1]


def _is_han(character: str) -> bool:
    return bool(re.fullmatch(f"[{_HAN}]", character))


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int, max_length: int) -> None:
    """Add [start, end) without white space at its edges, in pieces where it is longer than allowed."""
    while start < end:
        while start < end and text[start].isspace():
            start += 1
        stop = end if end - start <= max_length else _cut(text, start, start + max_length)
        last = stop
        while last > start and text[last - 1].isspace():
            last -= 1
        if last > start:
            spans.append((start, last))
        start = stop


def _cut(text: str, start: int, limit: int) -> int:
    """Where to cut a giant: after the last white space or comma of its second half, else at the limit."""
    middle = (start + limit) // 2
    for position in range(limit - 1, middle, -1):
        if _CUT_AT.match(text, position):
            return position + 1
    # Not between a character and the marks that belong to it, unless it is nothing but marks.
    for position in range(limit, middle, -1):
        if not _MARK.match(text, position) and text[position - 1] != "\u200d":
            return position
    return limit
