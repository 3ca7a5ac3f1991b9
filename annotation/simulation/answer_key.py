"""The answer key: what a careful person would say, from CSV files.

Columns: phrase, question, category ("*" or ids joined by "|"), answer, note. What is not listed is "reject".
The phrase of a relation sentence is "sentence | subject | object", of an image with a text "title | text".
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from annotation.models import Answer
from graph.identity import normal_form

ANYWHERE = "*"
TRUTHS = {Answer.ACCEPT, Answer.REJECT, Answer.UNSURE}


class BadAnswerKey(ValueError):
    def __init__(self, file: Path, row: int, reason: str):
        self.file, self.row, self.reason = file, row, reason
        super().__init__(f"{file}:{row}: {reason}")


class AnswerKey:
    """Callable: (content of a task, question) -> the true answer."""

    def __init__(self, answers: Mapping[tuple[str, str, str], Answer]):
        self.answers = answers

    def __len__(self) -> int:
        return len(self.answers)

    def __call__(self, content: Mapping[str, Any], question: str) -> Answer:
        phrase = simple_form(phrase_of(content))
        category = content.get("category_id") or ANYWHERE
        # What is said about the category goes before what is said about all of them.
        for place in (category, ANYWHERE):
            if answer := self.answers.get((phrase, question, place)):
                return answer
        return Answer.REJECT

    @classmethod
    def read(cls, files: Iterable[Path]) -> "AnswerKey":
        answers: dict[tuple[str, str, str], Answer] = {}
        for file in files:
            with file.open(encoding="utf-8", newline="") as lines:
                for number, row in enumerate(csv.DictReader(lines), start=2):
                    answers.update(_row(file, number, row))
        return cls(answers)


def _row(file: Path, number: int, row: Mapping[str, str | None]) -> dict[tuple[str, str, str], Answer]:
    phrase, question, category, answer = (
        row.get(name) for name in ("phrase", "question", "category", "answer")
    )
    if not (phrase and question and category):
        raise BadAnswerKey(file, number, "phrase, question and category are needed")
    if answer not in TRUTHS:
        raise BadAnswerKey(file, number, f"the answer is {answer!r}; it must be accept, reject or unsure")
    return {(simple_form(phrase), question, place): Answer(answer) for place in category.split("|")}


def phrase_of(content: Mapping[str, Any]) -> str:
    """What a task's candidate is called in the key."""
    if "phrase" in content:
        return content["phrase"]
    if "subject" in content:
        return " | ".join((content["text"], content["subject"]["text"], content["object"]["text"]))
    return " | ".join((content.get("title", ""), content["text"]))


def simple_form(text: str) -> str:
    """Width, case and spacing aside; spaces between Chinese characters say nothing."""
    form = normal_form(text)
    return form if form.isascii() else form.replace(" ", "")
