"""Tasks, answers and guidelines in templates."""

from django import template

from annotation import text
from annotation.models import CLASSES, Answer

register = template.Library()
register.filter("in_page_language", text.in_page_language)
register.filter("candidate_name", text.name_of)
register.filter("guideline_text", text.render_guideline)
register.filter("examples_by_answer", text.examples_by_answer)


@register.filter
def marked(example):
    """An example sentence with its phrase marked."""
    return text.marked(example["text"], example.get("start", 0), example.get("end", 0))


@register.filter
def ends_marked(content):
    """A sentence in pieces, those of its subject and object named."""
    return text.in_parts(content, "subject", "object")


@register.filter
def answer_label(answer: str) -> str:
    return str(Answer(answer).label) if answer in Answer.values else answer


@register.filter
def votes_in_words(votes: dict[str, int] | None) -> str:
    """2 Yes · 1 No: what was answered how often, leaving out what nobody answered."""
    given = ((answer, (votes or {}).get(answer, 0)) for answer in CLASSES)
    return " · ".join(f"{count} {answer_label(answer)}" for answer, count in given if count)


@register.filter
def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


@register.filter
def lookup(mapping, key):
    return mapping.get(key)
