"""A day of a crowd: 50 people of mixed quality answer 20,000 tasks over HTTP, and the servers die in between.

Some are careful, some careless, some press any key. Adaptive overlap with Dawid-Skene decides. In the middle
web server and PostgreSQL are killed (SIGKILL) and come back by themselves; what was not acknowledged is sent
again, as the page does. Afterwards every id that a person was told is kept is looked for in the database.
Beside it: what fixed three-vote majority would have made of the same people's answers.

SMALL=1 for a look at 600 tasks; MINUTES bounds a full run (15 unless given). The last line is JSON.
"""

import asyncio
import hashlib
import json
import os
import platform
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bench.load import Connection, Seat
from bench.stack import Stack, running_stack

SMALL = os.environ.get("SMALL") == "1"
TASKS, PEOPLE = (600, 20) if SMALL else (20_000, 50)
LIMIT = 60 * float(os.environ.get("MINUTES") or (4 if SMALL else 15))
SHARES = {0.96: 0.6, 0.8: 0.25, 0.5: 0.15}  # accuracy -> share of the people
TOGETHER = 10  # answers in one request, as after a short outage
POLICY = {"overlap": 5, "least_overlap": 2, "stop_at": 0.95, "consensus": "dawid_skene", "lease_seconds": 60}
YES = 0.4
QUIET = 90  # seconds: a lease, and the sweep that ends it
LONGEST_PAUSE = 2.0  # seconds


@dataclass
class Day:
    stack: Stack
    campaign: int
    ends: float
    acknowledged: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    outages: int = 0  # requests that got no answer
    idle: set[int] = field(default_factory=set)
    quiet_since: float = 0.0  # nobody has got anything
    last_kept: float = 0.0

    def is_over(self, people: int) -> bool:
        """Nobody has got anything for as long as a lease whose reply was lost may run."""
        if len(self.idle) < people:
            self.quiet_since = 0.0
            return False
        self.quiet_since = self.quiet_since or time.monotonic()
        return time.monotonic() - self.quiet_since > QUIET


def main() -> int:
    figures: dict[str, Any] = {"bench": "day", "small": SMALL, "python": platform.python_version()}
    with running_stack() as stack:
        seats = [
            Seat(**one) for one in stack.step("bench.workspace:prepare", people=PEOPLE, candidates=TASKS)
        ]
        campaign = stack.step("bench.workspace:open_campaign", name="day", tasks=TASKS, **POLICY)
        day = Day(stack, campaign, time.monotonic() + LIMIT)
        began = time.monotonic()
        figures["restart_seconds"] = asyncio.run(work(day, seats))
        took = day.last_kept - began
        ids = stack.var.parent / "acknowledged"
        ids.write_text("\n".join(day.acknowledged))
        overlap = POLICY["overlap"]
        figures["found"] = stack.step(
            "bench.workspace:check", campaign=campaign, overlap=overlap, acknowledged=str(ids)
        )
        told = stack.step("bench.workspace:verdicts", campaign=campaign)
    figures.update(
        people=PEOPLE,
        tasks=TASKS,
        seconds=round(took),
        acknowledged=len(day.acknowledged),
        requests_without_answer=day.outages,
        refused=dict(day.refused),
        adaptive=quality(told["verdicts"], told["judgments"]),
        three_vote_majority=majority(told["verdicts"], seats),
    )
    print(json.dumps(figures, ensure_ascii=False))
    return 0


async def work(day: Day, seats: list[Seat]) -> float:
    """Everybody until nothing is left; how long the servers were away."""
    away: list[float] = []

    async def kill_servers() -> None:
        while len(day.acknowledged) < TASKS and time.monotonic() < day.ends - LIMIT / 2:
            await asyncio.sleep(0.2)
        print(f"{len(day.acknowledged)} answers kept; the servers are killed now", flush=True)
        began = time.monotonic()
        for part in ("web", "postgres"):
            os.kill(day.stack.pid(part), signal.SIGKILL)
        lost = day.outages
        while day.outages == lost and time.monotonic() < day.ends:
            await asyncio.sleep(0.05)
        kept = len(day.acknowledged)
        while len(day.acknowledged) == kept and time.monotonic() < day.ends:
            await asyncio.sleep(0.1)
        away.append(round(time.monotonic() - began, 1))
        print(f"the next answer was kept {away[0]} s later", flush=True)

    await asyncio.gather(
        kill_servers(), *(sit(day, place, seat, len(seats)) for place, seat in enumerate(seats))
    )
    return away[0]


async def sit(day: Day, place: int, seat: Seat, people: int) -> None:
    """One person: answers are kept until the server has acknowledged them, and sent again until then."""
    connection = Connection(day.stack.host, day.stack.port)
    path = f"/api/v1/campaigns/{day.campaign}/judgments"
    headers = (
        f"Cookie: sessionid={seat.cookie}; csrftoken={seat.csrf}\r\nX-CSRFToken: {seat.csrf}\r\n"
        f"Content-Type: application/json\r\n"
    )
    outbox: list[dict[str, Any]] = []
    pause = 0.05
    while time.monotonic() < day.ends and not day.is_over(people):
        body = json.dumps({"judgments": outbox, "size": TOGETHER, "have": []}).encode()
        try:
            status, reply = await connection.send("POST", path, headers, body)
        except (OSError, asyncio.IncompleteReadError):
            status, reply = 0, b""
        if status != 200:
            day.outages += 1
            pause = min(2 * pause, LONGEST_PAUSE)
            await asyncio.sleep(pause)
            continue
        pause, told = 0.05, json.loads(reply)
        for result in told["results"]:
            if result["status"] == "saved":
                day.acknowledged.append(result["judgment"])
                day.last_kept = time.monotonic()
            else:
                day.refused[result["detail"]] += 1
        outbox = [
            {"id": str(uuid4()), "task": task["id"], "took_ms": 1500, "guideline": told["guideline"],
             "answer": answer_of(place, task["content"]["phrase"])}
            for task in told["tasks"]
        ]  # fmt: skip
        if outbox:
            day.idle.discard(place)
        else:
            day.idle.add(place)
            await asyncio.sleep(3)
    connection.close()


def truth_of(phrase: str) -> str:
    return "accept" if chance(f"truth {phrase}") < YES else "reject"


def accuracy_of(place: int) -> float:
    """The first people are the careful ones; which of them come first to a task is chance."""
    share, reached = (place + 0.5) / PEOPLE, 0.0
    for accuracy, part in SHARES.items():
        reached += part
        if share < reached:
            return accuracy
    return min(SHARES)


def answer_of(place: int, phrase: str) -> str:
    """What this person says of this phrase whenever they are asked."""
    truth = truth_of(phrase)
    if chance(f"answer {place} {phrase}") < accuracy_of(place):
        return truth
    return "reject" if truth == "accept" else "accept"


def chance(name: str) -> float:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest(), "big") / 2**48


def quality(verdicts: dict[str, str], judgments: int) -> dict[str, Any]:
    """A dispute is no verdict yet; it counts as not right."""
    right = sum(answer == truth_of(phrase) for phrase, answer in verdicts.items())
    disputed = sum(answer == "disputed" for answer in verdicts.values())
    decided = max(1, len(verdicts) - disputed)
    return {
        "verdicts": len(verdicts),
        "disputed": disputed,
        "accuracy": round(right / max(1, len(verdicts)), 4),
        "accuracy_where_decided": round(right / decided, 4),
        "judgments_per_verdict": round(judgments / max(1, len(verdicts)), 3),
    }


def majority(verdicts: dict[str, str], seats: list[Seat]) -> dict[str, Any]:
    """Three people drawn for each of the same phrases, the same answers, two of three decide."""
    drawn = random.Random(7)
    said = {}
    for phrase in sorted(verdicts):
        votes = Counter(answer_of(place, phrase) for place in drawn.sample(range(len(seats)), 3))
        said[phrase] = votes.most_common(1)[0][0]
    return quality(said, 3 * len(said))


if __name__ == "__main__":
    raise SystemExit(main())
