"""Simulated people at a running server: each asks, answers and asks again, over HTTP like a browser."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from annotation.models import Answer
from annotation.simulation.profiles import Profile
from kgclient import Client, Judgment, Unreachable

# (content of the task, name of the question) -> the true answer
AnswerSource = Callable[[Mapping[str, Any], str], Answer]

TASKS = 10  # held at once, answered in one request
LAST_LOOK = 0.5  # seconds before an empty queue is believed: somebody may give a seat back
PATIENCE = 30.0
SIDES = {"accept", "reject"}


@dataclass(frozen=True)
class Annotator:
    name: str
    token: str
    profile: Profile


@dataclass
class Summary:
    judgments: int = 0
    seconds: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)
    by_annotator: Counter[str] = field(default_factory=Counter)
    right: int = 0  # of those that took a side on a task whose truth is known to
    sided: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.judgments / self.seconds if self.seconds else 0.0


def simulate(
    *,
    url: str,
    campaign: int,
    annotators: Sequence[Annotator],
    truth: AnswerSource,
    most: int | None = None,
    seed: int = 1,
    pace: float = 0.0,
    on_progress: Callable[[Summary], None] | None = None,
) -> Summary:
    """Let everybody answer at once until nothing is left for anybody, or `most` judgments are given.

    `pace` 1 takes as long as people would, 0 goes as fast as the server.
    """
    check_server(url)
    crowd = _Crowd(url, campaign, truth, most, seed, pace, on_progress or (lambda summary: None))
    crowd.busy = {annotator.name for annotator in annotators}
    with ThreadPoolExecutor(len(annotators)) as threads:
        for seat in [threads.submit(crowd.sit, annotator) for annotator in annotators]:
            seat.result()
    return crowd.summary


@dataclass
class _Crowd:
    """What the people of one simulation share."""

    url: str
    campaign: int
    truth: AnswerSource
    left: int | None  # judgments that may still be given
    seed: int
    pace: float
    on_progress: Callable[[Summary], None]
    busy: set[str] = field(default_factory=set)
    summary: Summary = field(default_factory=Summary)
    lock: threading.Lock = field(default_factory=threading.Lock)
    started: float = field(default_factory=time.monotonic)

    def sit(self, annotator: Annotator) -> None:
        """One person at one browser."""
        chance = random.Random(f"{self.seed} {annotator.name}")
        with Client(self.url, token=annotator.token, patience=PATIENCE) as client:
            try:
                question = client.campaign(self.campaign)["question"]
                reply = client.answer(self.campaign, [], size=TASKS)
                while True:
                    tasks = self.allowed(list(reply["tasks"]))
                    if not tasks:
                        if reply["tasks"] or self.everybody_is_idle(annotator):
                            return
                        # Somebody else may skip and give a seat back.
                        time.sleep(LAST_LOOK)
                        reply = client.answer(self.campaign, [], size=TASKS)
                        continue
                    self.busy.add(annotator.name)
                    shown = reply["guideline"]
                    given = [self.judge(task, question, annotator, chance, shown) for task in tasks]
                    reply = client.answer(self.campaign, [judgment for judgment, _true in given], size=TASKS)
                    self.note(annotator, given, reply["results"])
            finally:
                self.busy.discard(annotator.name)

    def judge(self, task, question, annotator, chance, guideline) -> tuple[Judgment, Answer]:
        true = self.truth(task["content"], question)
        took = annotator.profile.took(chance)
        time.sleep(took * self.pace)
        answer = str(annotator.profile.answer(true, chance))
        return Judgment(task["id"], answer, took_ms=round(1000 * took), guideline=guideline), true

    def allowed(self, tasks: list[Any]) -> list[Any]:
        with self.lock:
            if self.left is None:
                return tasks
            tasks = tasks[: self.left]
            self.left -= len(tasks)
            return tasks

    def everybody_is_idle(self, annotator: Annotator) -> bool:
        self.busy.discard(annotator.name)
        return not self.busy

    def note(self, annotator, given: list[tuple[Judgment, Answer]], results) -> None:
        refused = {result["id"]: result["detail"] for result in results if result["status"] == "refused"}
        saved = [(judgment.answer, true) for judgment, true in given if str(judgment.id) not in refused]
        sided = [answer == true for answer, true in saved if {answer, str(true)} <= SIDES]
        with self.lock:
            summary = self.summary
            summary.judgments += len(saved)
            summary.by_annotator[annotator.name] += len(saved)
            summary.answers.update(answer for answer, _true in saved)
            summary.sided += len(sided)
            summary.right += sum(sided)
            summary.refused += refused.values()
            summary.seconds = time.monotonic() - self.started
            self.on_progress(summary)


def check_server(url: str) -> None:
    try:
        httpx.get(f"{url.rstrip('/')}/health", timeout=PATIENCE)
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise Unreachable(url, error) from None
