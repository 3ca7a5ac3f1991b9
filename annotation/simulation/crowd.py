"""Simulated people at a running server: each asks, answers and asks again, over HTTP like a browser."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from annotation.models import Answer
from annotation.simulation.profiles import Profile

# (content of the task, name of the question) -> the true answer
AnswerSource = Callable[[Mapping[str, Any], str], Answer]

TASKS = 10  # held at once, answered in one request
LAST_LOOK = 0.5  # seconds before an empty queue is believed: somebody may give a seat back
PATIENCE = 30.0
RETRIES = (0.5, 1, 2, 4, 8)  # seconds
SIDES = {"accept", "reject"}


class NoServer(ConnectionError):
    def __init__(self, url: str, why: object):
        super().__init__(f"no kgcurate server answers on {url} ({why}); start one with `make run`")


class Refused(RuntimeError):
    """The server answered, but not with what was asked for."""

    def __init__(self, response: httpx.Response):
        super().__init__(f"{response.request.url} answered {response.status_code}: {response.text[:300]}")


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
        headers = {"Authorization": f"Bearer {annotator.token}"}
        path = f"/api/v1/campaigns/{self.campaign}/judgments"
        with httpx.Client(base_url=self.url, timeout=PATIENCE, headers=headers) as client:
            try:
                question = _json(client.get(f"/api/v1/campaigns/{self.campaign}"))["question"]
                reply = _send(client, path, [])
                while True:
                    tasks = self.allowed(reply["tasks"])
                    if not tasks:
                        if reply["tasks"] or self.everybody_is_idle(annotator):
                            return
                        # Somebody else may skip and give a seat back.
                        time.sleep(LAST_LOOK)
                        reply = _send(client, path, [])
                        continue
                    self.busy.add(annotator.name)
                    given = [self.judge(task, question, annotator, chance) for task in tasks]
                    judgments = [{**judgment, "guideline": reply["guideline"]} for judgment, _true in given]
                    reply = _send(client, path, judgments)
                    self.note(annotator, given, reply["results"])
            finally:
                self.busy.discard(annotator.name)

    def judge(self, task, question, annotator, chance) -> tuple[dict[str, Any], Answer]:
        true = self.truth(task["content"], question)
        took = annotator.profile.took(chance)
        time.sleep(took * self.pace)
        judgment = {
            "id": str(uuid4()),  # made here, as the browser does
            "task": task["id"],
            "answer": str(annotator.profile.answer(true, chance)),
            "took_ms": round(1000 * took),
        }
        return judgment, true

    def allowed(self, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with self.lock:
            if self.left is None:
                return tasks
            tasks = tasks[: self.left]
            self.left -= len(tasks)
            return tasks

    def everybody_is_idle(self, annotator: Annotator) -> bool:
        self.busy.discard(annotator.name)
        return not self.busy

    def note(
        self, annotator, given: list[tuple[dict[str, Any], Answer]], results: list[dict[str, Any]]
    ) -> None:
        refused = {result["id"]: result["detail"] for result in results if result["status"] == "refused"}
        saved = [(judgment["answer"], true) for judgment, true in given if judgment["id"] not in refused]
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


def _send(client: httpx.Client, path: str, judgments: list[dict[str, Any]]) -> dict[str, Any]:
    """Answers in, tasks out. Sent again where the server is away: the same ids are the same rows."""
    body = {"judgments": judgments, "size": TASKS}
    for pause in RETRIES:
        try:
            response = client.post(path, json=body)
            if response.status_code < 500:
                return _json(response)
        except httpx.TransportError:
            pass
        time.sleep(pause)
    return _json(client.post(path, json=body))


def check_server(url: str) -> None:
    try:
        httpx.get(f"{url.rstrip('/')}/health", timeout=PATIENCE)
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise NoServer(url, error) from None


def _json(response: httpx.Response) -> dict[str, Any]:
    if response.status_code != 200:
        raise Refused(response)
    return response.json()
