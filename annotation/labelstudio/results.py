"""One answer in Label Studio's words and back, without loss. Plain functions without the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from annotation.labelstudio.config import ANSWER, COMMENT, REASON, TYPICALITY
from annotation.models.answer import Answer, BadReason, Typicality

LONGEST_COMMENT = 2000
LONGEST = timedelta(days=365)
OURS = "kgcurate"  # the key of what we add to tasks and results


class BadAnnotation(ValueError):
    """An annotation that is no answer; says why."""


@dataclass(frozen=True)
class Told:
    """An answer as it was given, wherever it was."""

    answer: str
    reason: str = ""
    typicality: str = ""
    comment: str = ""
    took: timedelta = timedelta(0)
    at: datetime | None = None
    # Of an answer that was ours before it went to Label Studio.
    judgment: UUID | None = None
    annotator: str = ""
    guideline: int | None = None


def annotation_of(told: Told, *, about: str) -> dict[str, Any]:
    """The annotation; `about` is the object that the kind's answer is about."""
    ours = {"annotator": told.annotator, "guideline": told.guideline}
    meta = {OURS: ours} if told.judgment else {}
    results = [_result(ANSWER, "choices", {"choices": [str(told.answer)]}, told, about, meta)]
    if told.reason:
        results.append(_result(REASON, "choices", {"choices": [str(told.reason)]}, told, about))
    if told.typicality:
        results.append(_result(TYPICALITY, "choices", {"choices": [str(told.typicality)]}, told, about))
    if told.comment:
        results.append(_result(COMMENT, "textarea", {"text": [told.comment]}, told, about))
    annotation: dict[str, Any] = {
        "result": results,
        "was_cancelled": told.answer == Answer.SKIP,
        "ground_truth": False,
        "lead_time": told.took.total_seconds(),
    }
    if told.at:
        annotation["created_at"] = told.at.isoformat()
    if told.judgment:
        annotation["unique_id"] = str(told.judgment)
    return annotation


def _result(name: str, type_: str, value: dict, told: Told, about: str, meta: dict | None = None) -> dict:
    result = {"from_name": name, "to_name": about, "type": type_, "value": value}
    if told.judgment:
        result["id"] = str(told.judgment)
    return {**result, "meta": meta} if meta else result


def told_by(annotation: Mapping[str, Any]) -> Told:
    """The answer of an annotation; raises BadAnnotation."""
    if not isinstance(annotation, Mapping):
        raise BadAnnotation("the annotation is not an object")
    results = annotation.get("result") or []
    if not isinstance(results, list) or not all(isinstance(result, Mapping) for result in results):
        raise BadAnnotation("its result is not a list of objects")
    named = {str(result.get("from_name")): result for result in reversed(results)}
    answer = _choice(named, ANSWER, Answer.values)
    # What is skipped in Label Studio is cancelled there, whatever was chosen before.
    if annotation.get("was_cancelled"):
        answer = Answer.SKIP.value
    if not answer:
        raise BadAnnotation("it has no answer")
    is_bad, is_yes = answer == Answer.BAD, answer == Answer.ACCEPT
    region = named.get(ANSWER, {})
    ours = _inner(_inner(region, "meta"), OURS)
    judgment = _uuid(region.get("id")) if ours else None
    guideline = ours.get("guideline")
    return Told(
        answer=answer,
        reason=_choice(named, REASON, BadReason.values) if is_bad else "",
        typicality=_choice(named, TYPICALITY, Typicality.values) if is_yes else "",
        comment=_text(named)[:LONGEST_COMMENT],
        took=_took(annotation.get("lead_time")),
        at=_time(annotation.get("created_at")),
        judgment=judgment,
        annotator=str(ours.get("annotator") or "")[:150] if judgment else "",
        guideline=guideline if isinstance(guideline, int) and judgment else None,
    )


def _inner(outer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = outer.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _choice(named: Mapping[str, Mapping], name: str, known: Iterable[str]) -> str:
    value = named.get(name, {}).get("value")
    choices = value.get("choices") if isinstance(value, Mapping) else None
    if not choices:
        return ""
    if not isinstance(choices, list) or len(choices) != 1 or choices[0] not in known:
        raise BadAnnotation(f"{name} is {str(choices)[:80]}; one of {', '.join(known)} is wanted")
    return choices[0]


def _text(named: Mapping[str, Mapping]) -> str:
    value = named.get(COMMENT, {}).get("value")
    text = value.get("text") if isinstance(value, Mapping) else None
    lines = text if isinstance(text, list) else [text]
    return "\n".join(line for line in lines if isinstance(line, str)).replace("\0", "")


def _took(seconds: Any) -> timedelta:
    is_number = isinstance(seconds, int | float | Decimal) and not isinstance(seconds, bool)
    if not is_number or not seconds >= 0:
        return timedelta(0)
    return timedelta(seconds=float(seconds)) if seconds < LONGEST.total_seconds() else LONGEST


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except (AttributeError, TypeError, ValueError):
        return None
