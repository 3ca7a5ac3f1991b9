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
    gettext_noop("%(language)s: what people decided had the last word (decisions: %(count)s)."),
    gettext_noop(
        "%(language)s: too little to learn from: what holds together and stands freely was kept as well."
    ),
    gettext_noop("%(language)s: no phrase was kept; %(count)s sequences occur too seldom."),
    gettext_noop("%(count)s candidates, %(new)s of them new."),
    gettext_noop("Candidates: %(count)s, of them new: %(new)s."),
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
# Of imports: a row or a file, and the reason, which is said in the reader's language as well.
IMPORT_LINES = (
    gettext_noop("%(file)s, row %(row)s (line %(line)s): %(reason)s"),
    gettext_noop("%(file)s, row %(row)s: %(reason)s"),
    gettext_noop("Further rows that cannot be used are listed in the error file only."),
    gettext_noop("None of the %(count)s rows could be used; the error file says why."),
    gettext_noop("%(file)s: there is not a single row in it"),
    gettext_noop("There is no sentence to mine: no document matches what was asked for."),
)
FIELDS = {
    "category": gettext_noop("category"),
    "parent": gettext_noop("parent category"),
    "item": gettext_noop("item"),
    "source_id": gettext_noop("id"),
    "subject": gettext_noop("subject"),
    "object": gettext_noop("object"),
}
REASONS = (
    gettext_noop("the text is missing"),
    gettext_noop("the text is empty"),
    gettext_noop("the text has %(count)s characters; %(most)s are allowed"),
    gettext_noop("the id is missing"),
    gettext_noop("the title is missing"),
    gettext_noop("the image is missing"),
    gettext_noop("the sentence is missing"),
    gettext_noop("there is no label, such as label_en or label_zh"),
    gettext_noop(
        "the %(field)s “%(word)s” is not known; import it first, or import with “Make categories that are "
        "not known yet” (--create-categories)"
    ),
    gettext_noop("the %(field)s “%(word)s” is not known; import it first"),
    gettext_noop("%(count)s categories are called “%(word)s”; use the id of the one that is meant"),
    gettext_noop("“%(tag)s” is no language code, such as zh or en"),
    gettext_noop("the kind “%(word)s” is not known; there are: %(kinds)s"),
    gettext_noop("the relation “%(word)s” is not known; there are: %(relations)s"),
    gettext_noop("the subject “%(subject)s” and the object “%(object)s” overlap"),
    gettext_noop("the %(field)s “%(word)s” is not in the sentence"),
)
ALL = (*LINES, *IMPORT_LINES, *REASONS)
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
    if name == "language":
        return language_name(value)
    if name == "reason":
        return in_page_language(value)
    return gettext(FIELDS[value]) if name == "field" and value in FIELDS else value


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(words, re.compile(_pattern(words))) for words in ALL]


def _pattern(words: str) -> str:
    """Fixed words as they are; what is put in between is anything, as short as it may be."""
    pieces = PLACE.split(words)
    return "".join(
        f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)
    )
