"""Lines of run logs in the language of the page.

A worker writes its log in English, once, for everybody who reads it later. The sentences it can write
stand here; a line is recognised by its fixed words and said again in the reader's language, with the
numbers and names that it carries. A line that is not here is shown as it was written.
"""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

from people.templatetags.in_words import language_name

LINES = (
    gettext_noop("Done."),
    gettext_noop("Cancelled."),
    gettext_noop("%(file)s: goes on after row %(row)s."),
    gettext_noop("%(count)s sentences read."),
    gettext_noop("%(count)s sentences read; passed over: %(skipped)s."),
    gettext_noop(
        "%(language)s: %(sentences)s different sentences of %(documents)s documents, %(phrases)s phrases."
    ),
    gettext_noop(
        "%(language)s: %(read)s of %(there)s documents read; the counts of the others had been kept."
    ),
    gettext_noop(
        "%(language)s: learnt from %(words)s words of lexicons and %(alone)s noun phrases that stand alone."
    ),
    gettext_noop("%(language)s: %(count)s decisions of people had the last word."),
    gettext_noop(
        "%(language)s: too little to learn from: what holds together and stands freely was kept as well."
    ),
    gettext_noop("%(language)s: no phrase was kept; %(count)s sequences occur too seldom."),
    gettext_noop("%(count)s candidates, %(new)s of them new."),
    gettext_noop("%(training)s labels to learn from, %(evaluation)s to measure with."),
    gettext_noop("Model %(number)s was trained before the run was interrupted."),
    gettext_noop("Model %(number)s was trained in %(seconds)s s."),
    gettext_noop("There are no evaluation verdicts yet: the model cannot be measured."),
    gettext_noop("Model %(number)s is not measured again: %(why)s."),
    gettext_noop("Model %(number)s is live; %(count)s tasks were put first in the queue."),
    gettext_noop("Attempt %(attempt)s: the run is taken up again where it was left."),
    gettext_noop("not calibrated: that takes %(needed)s labels of each answer, there are %(rarer)s"),
    gettext_noop("not calibrated: the labels so far do not tell the two answers apart"),
    gettext_noop("The worker was stopped; the run will be taken up again."),
)
# Classifiers, by the names that model versions keep.
CLASSIFIERS = (gettext_noop("logistic"),)
PLACE = re.compile(r"%\((\w+)\)s")


def in_page_language(line: str) -> str:
    for words, pattern in _patterns():
        if found := pattern.fullmatch(line):
            said = {name: _said(name, value) for name, value in found.groupdict().items()}
            return gettext(words) % said if said else gettext(words)
    return line


def _said(name: str, value: str) -> str:
    return language_name(value) if name == "language" else value


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(words, re.compile(_pattern(words))) for words in LINES]


def _pattern(words: str) -> str:
    """Fixed words as they are; what is put in between is anything, as short as it may be."""
    pieces = PLACE.split(words)
    return "".join(
        f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)
    )
