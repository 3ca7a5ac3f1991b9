"""The table of candidate kinds, the seam along which kgcurate grows.

A miner describes its kind once, as a frozen `Kind`, and hands it in from its AppConfig; nothing in
this room ever imports the miner. Adding a kind touches its module, its template and its miner.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models

from annotation.models.answer import Answer, BadReason


@dataclass(frozen=True)
class Question:
    """One thing that can be asked about candidates of a kind, with its words."""

    name: str
    title: Any  # lazy translated: "Points of interest"
    # Lazy translated sentence; may use {category} and what the content gives in "words":
    # {"subject": "cotton", "relation": {"en": "brings", "zh": "能带来"}} for {subject} and {relation}.
    asks: Any
    guideline: Mapping[str, str] = field(default_factory=dict)  # language -> first guideline text
    examples: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class NewTask:
    """What a kind's source yields for each candidate to be asked about."""

    candidate_id: int
    revision: int
    language: str
    content: Mapping[str, Any]
    # Candidates that a model could hardly tell apart, such as one phrase in several categories. The
    # evaluation sample takes a group whole: else a version is measured on what it learnt next door.
    group: str = ""
    # Candidates that differ in spelling only have this in common; one of them is asked for all.
    cluster: str = ""


@dataclass(frozen=True)
class Offer:
    """What a campaign of a kind can be narrowed to: ids with the words to pick them by, and the scores."""

    categories: Sequence[tuple[int, str]]
    runs: Sequence[tuple[int, str]]
    scores: tuple[float, float] | None = None  # lowest and highest


@dataclass(frozen=True)
class Kind:
    name: str
    title: Any
    model: type[models.Model]
    template: str
    questions: Mapping[str, Question]
    # source(campaign) yields the candidates that the campaign has not asked about yet, in key order.
    source: Callable[[Any], Iterator[NewTask]]
    # on_accept(verdict) writes what an accepted verdict proposes to the graph; may run twice.
    on_accept: Callable[[Any], None]
    # on_withdraw(verdict) takes it back; raises graph's AlreadyDecided where a curator has decided.
    on_withdraw: Callable[[Any], None]
    # features(tasks) turns a list of tasks into rows for a classifier (plain dicts).
    features: Callable[[list[Any]], list[dict[str, Any]]]
    label_config: str  # Label Studio XML; its answer is the Choices with the name "answer"
    # label_task(task) gives the values of the config's $variables but `question`, under "regions" what is
    # marked from the start; the task's content unless given.
    label_task: Callable[[Any], dict[str, Any]] | None = None
    # on_accept_all(verdicts) does the same for many at once; the keys of those that are done, the others
    # are done one by one.
    on_accept_all: Callable[[Sequence[Any]], Collection[int]] | None = None
    # Why a candidate of this kind can be a bad one; without any, "bad candidate" is no answer here.
    bad_reasons: tuple[BadReason, ...] = ()
    # image(content) is the file of the picture that the annotator saw, for exports.
    image: Callable[[Mapping[str, Any]], Path | None] | None = None
    # count(campaign) tells, by language, how many candidates `source` would yield.
    count: Callable[[Any], dict[str, int]] | None = None
    # left_out(campaign) says in sentences what becomes of the candidates that `count` does not count.
    left_out: Callable[[Any], list[str]] | None = None
    # offer(question) tells what a new campaign can be narrowed to.
    offer: Callable[[str], Offer] | None = None
    answers: Mapping[str, Answer] = field(
        default_factory=lambda: {"j": Answer.ACCEPT, "f": Answer.REJECT, "u": Answer.UNSURE, "s": Answer.SKIP}
    )


_kinds: dict[str, Kind] = {}


class UnknownKind(LookupError):
    def __init__(self, name: str):
        super().__init__(f"no candidate kind {name!r}; there are: {', '.join(sorted(_kinds)) or 'none'}")


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
