"""Rows of relation sentences: a sentence, where subject and object stand in it, and the relation."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mining.corpora.documents import LONGEST_ID, language_code, word
from mining.corpora.errors import BadRow
from mining.sentences.language import detect_language
from mining.sentences.normal_form import normal_form

LONGEST_SENTENCE, LONGEST_END, LONGEST_TITLE = 2_000, 200, 500
# Relation -> classes of subject and object.
RELATIONS = {
    "satisfy": ("PropertyValue", "POI"),
    "need": ("Problem", "POI"),
    "cause": ("Scenario", "Problem"),
}
SCOPED = ("satisfy",)


@dataclass(frozen=True, slots=True)
class End:
    """One end of the relation: its name, its class, its half-open span in characters."""

    text: str
    class_name: str
    start: int
    end: int


@dataclass(slots=True)
class RelationRow:
    source_id: str
    relation: str
    text: str
    language: str
    subject: End
    object: End
    category: str
    title: str
    score: float
    category_id: int | None = None
    # A relation sentence belongs to no item; the finder of categories asks.
    item: str = ""
    item_id: int | None = None

    @property
    def fingerprint(self) -> bytes:
        """Of what the annotator is asked about; the category by the concept that was found for it."""
        ends = [
            (end.text, end.class_name, str(end.start), str(end.end)) for end in (self.subject, self.object)
        ]
        return digest_of(self.relation, self.language, self.text, *ends[0], *ends[1], str(self.category_id))


def relation_row(
    values: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], *, language: str = ""
) -> RelationRow:
    """Check a row; BadRow says why it cannot be used. Spans that are not told are looked for."""
    raw = word(values, columns, "text", LONGEST_SENTENCE)
    if not raw:
        raise BadRow("the sentence is missing")
    relation = word(values, columns, "relation", 40).lower()
    if relation not in RELATIONS:
        raise BadRow(f"the relation “{relation}” is not known; there are: {', '.join(RELATIONS)}")
    # `word` strips: offsets count from the sentence as it stands in the file.
    told = next((values[name] for name in columns["text"] if values.get(name)), raw)
    cut = len(told) - len(told.lstrip()) if isinstance(told, str) else 0
    subject = _end("subject", values, columns, raw, cut, RELATIONS[relation][0])
    object_ = _end("object", values, columns, raw, cut, RELATIONS[relation][1])
    if subject.start < object_.end and object_.start < subject.end:
        raise BadRow(f"the subject “{subject.text}” and the object “{object_.text}” overlap")
    category = word(values, columns, "category", LONGEST_ID)
    if relation in SCOPED and not category:
        raise BadRow(f"“{relation}” needs a category: what satisfies differs from one to another")
    tag = language_code(word(values, columns, "language", 40))
    row = RelationRow(
        source_id=word(values, columns, "source_id", LONGEST_ID),
        relation=relation,
        text=raw,
        language=tag or language or detect_language(raw),
        subject=subject,
        object=object_,
        category=category,
        title=word(values, columns, "title", LONGEST_TITLE),
        score=score(values, columns),
    )
    if not row.source_id:
        row.source_id = "sha-" + digest_of(row.fingerprint.hex(), row.category).hex()
    return row


def _end(
    name: str,
    values: Mapping[str, Any],
    columns: Mapping[str, tuple[str, ...]],
    sentence: str,
    cut: int,
    class_name: str,
) -> End:
    text = " ".join(word(values, columns, name, LONGEST_END).split())
    if not text:
        raise BadRow(f"the {name} is missing")
    told_class = word(values, columns, f"{name}_class", 100)
    if told_class and told_class != class_name:
        raise BadRow(f"the {name} of this relation is {class_name}, not {told_class}")
    start = _offset(values, columns, f"{name}_start")
    end = _offset(values, columns, f"{name}_end")
    if (start is None) != (end is None):
        raise BadRow(f"of the {name}, start or end is missing")
    if start is None or end is None:
        start = sentence.lower().find(text.lower())
        # Lower case may be longer than what it was made of.
        if start < 0 or normal_form(sentence[start : start + len(text)]) != normal_form(text):
            raise BadRow(f"the {name} “{text}” is not in the sentence")
        return End(text, class_name, start, start + len(text))
    start, end = start - cut, end - cut
    if not 0 <= start < end <= len(sentence):
        raise BadRow(f"the {name} is said to be at {start + cut}–{end + cut}, which is not in the sentence")
    if normal_form(sentence[start:end]) != normal_form(text):
        raise BadRow(f"at {start + cut}–{end + cut} stands “{sentence[start:end]}”, not the {name} “{text}”")
    return End(text, class_name, start, end)


def _offset(values: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], field: str) -> int | None:
    told = word(values, columns, field, 20)
    if told and not told.isdecimal():
        raise BadRow(f"the {field} is “{told}”, not a number of characters")
    return int(told) if told else None


def score(values: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]]) -> float:
    """What the proposer thought of it, 0 to 1; 0 where it says nothing."""
    told = word(values, columns, "score", 40)
    try:
        number = float(told or 0)
    except ValueError:
        number = -1
    if not 0 <= number <= 1:
        raise BadRow(f"the score is “{told}”; it must be between 0 and 1")
    return number


def digest_of(*parts: str) -> bytes:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()
