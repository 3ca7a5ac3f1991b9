"""Words around two marked places of a text."""

from collections.abc import Iterator
from itertools import pairwise

from mining.classifiers.features import words_of

Span = tuple[int, int]
NEAR = 3


def pair_words(text: str, subject: Span, object_: Span) -> Iterator[str]:
    """Words and pairs of words before, between and behind the two spans, which themselves are left out."""
    first, last = sorted((subject, object_))
    order = "subject first" if subject < object_ else "object first"
    before = words_of(text[: first[0]])[-NEAR:]
    between = words_of(text[first[1] : last[0]])
    behind = words_of(text[last[1] :])[:NEAR]
    yield f"order:{order}"
    for name, words in (("before", before), ("between", between), ("behind", behind)):
        yield from (f"{name}:{word}" for word in words)
        yield from (f"{name}:{one} {next_one}" for one, next_one in pairwise(["|", *words, "|"]))
    # The whole between, where it is short, said in this order: "makes it" is not "it makes".
    if len(between) <= 4:
        yield f"{order}:{' '.join(between)}"
    yield from (f"near:{word}" for word in words_of(text[: first[0]] + " " + text[last[1] :]))
