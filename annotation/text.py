"""How tasks and guidelines are put into words and markup. Everything that people wrote is escaped."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from annotation.models import Answer, Campaign, Guideline, Task


def in_page_language(words: Mapping[str, str] | None) -> str:
    """The words in the language of the page, or in whichever there are."""
    if not words:
        return ""
    language = (get_language() or "en").split("-")[0]
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def question_of(task: Task) -> str:
    """The question about this task, in one sentence: plain text, which templates escape.

    It may use {category} and what the content gives in `words`.
    """
    category = in_page_language(task.content.get("category")) or _("this category")
    words = {name: _said(word) for name, word in task.content.get("words", {}).items()}
    return str(task.campaign.asks.asks).format(**{**words, "category": category})


def _said(word: str | Mapping[str, str]) -> str:
    """A word of a candidate as it stands, or one of ours in the language of the page."""
    return word if isinstance(word, str) else in_page_language(word)


def name_of(content: Mapping[str, Any]) -> str:
    """A candidate in a few words, for lists: the phrase, the pair, or what an image may show."""
    words = content.get("words") or {}
    if "relation" in words:
        return " → ".join(_said(words[name]) for name in ("subject", "relation", "object"))
    return content.get("phrase") or content.get("text") or ""


def render_task(task: Task) -> str:
    """The fragment that the task page shows, the same for page and API."""
    return _rendered(
        task.pk, task.kind.template, question_of(task), json.dumps(task.content), get_language() or "en"
    )


# The people who share a task come for it one soon after the other; this is half the work of handing it out.
# All that it shows is in the key, so that nothing old is ever shown.
@lru_cache(maxsize=1_000)
def _rendered(task_id: int, template: str, asks: str, content: str, language: str) -> str:
    shown = {"task": {"pk": task_id}, "content": json.loads(content), "asks": asks, "template": template}
    return render_to_string("annotation/_task.html", shown)


@lru_cache(maxsize=4_000)
def task_as_json(
    task_id: int, task_language: str, kind: str, question: str, content: str, language: str | None
) -> bytes:
    """A served task (annotation.api.serializers.served) as JSON, from its content as JSON.

    Rendered in the page language `language`; not rendered where that is None.
    """
    html = ""
    if language is not None:
        campaign = Campaign(kind=kind, question=question)
        task = Task(pk=task_id, language=task_language, content=json.loads(content), campaign=campaign)
        with override(language):
            html = render_task(task)
    shown = orjson.Fragment(content if language is None else "{}")
    return orjson.dumps({"id": task_id, "language": task_language, "content": shown, "html": html})


def marked(text: str, start: int, end: int) -> SafeString:
    """The text with its half-open span [start, end), in characters, marked."""
    if not 0 <= start < end <= len(text):
        return escape(text)
    return format_html("{}<mark>{}</mark>{}", text[:start], text[start:end], text[end:])


def in_parts(content: Mapping[str, Any], *names: str) -> list[dict[str, Any]]:
    """A text cut at the spans of its ends: [{"text", "name", "number"}, …], the ends named and numbered.

    Spans that do not fit the text or each other leave it whole.
    """
    text, end = content["text"], 0
    parts: list[dict[str, Any]] = []
    numbered = [(content[name], name, number) for number, name in enumerate(names, start=1)]
    for span, name, number in sorted(numbered, key=lambda place: place[0]["start"]):
        if not end <= span["start"] < span["end"] <= len(text):
            return [{"text": text}]
        parts.append({"text": text[end : span["start"]]})
        end = span["end"]
        parts.append({"text": text[span["start"] : end], "name": name, "number": number})
    return [*parts, {"text": text[end:]}]


def render_guideline(guideline: Guideline) -> SafeString:
    """Blank lines part paragraphs, lines that begin with "- " are list items."""
    return mark_safe("".join(_blocks(in_page_language(guideline.text))))  # noqa: S308 - every piece is escaped


def _blocks(text: str) -> Iterator[SafeString]:
    for is_list, lines in _runs(text.splitlines()):
        if is_list:
            items = format_html_join("", "<li>{}</li>", ((line[2:].strip(),) for line in lines))
            yield format_html("<ul>{}</ul>", items)
        else:
            yield format_html(
                "<p>{}</p>", format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))
            )


def _runs(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    was_list = False
    for line in [*map(str.strip, lines), ""]:
        is_list = line.startswith("- ")
        if run and (not line or is_list != was_list):
            yield was_list, run
            run = []
        if line:
            run.append(line)
        was_list = is_list


def guideline_examples(guideline: Guideline) -> list[dict[str, str]]:
    """The examples in the language of the page; all of them where it has none."""
    language = (get_language() or "en").split("-")[0]
    own = [example for example in guideline.examples if example.get("language") == language]
    return own or guideline.examples


def examples_by_answer(guideline: Guideline) -> list[tuple[Answer, list[dict[str, str]]]]:
    """Good ones, bad ones, and those where nobody can tell, each in the order they were written."""
    examples = guideline_examples(guideline)
    groups = ((answer, [one for one in examples if one.get("answer") == answer]) for answer in Answer)
    return [(answer, group) for answer, group in groups if group]
