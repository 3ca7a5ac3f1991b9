"""Annotators at a running server: an answer and the next task in one round trip, as the task page does it.

One thread, one event loop, HTTP/1.1 by hand: the servers share the machine, so the client has to be cheap.
"""

import asyncio
import json
import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

HELD = 8  # tasks that the page holds


@dataclass
class Seat:
    """One annotator's browser: where they are logged in."""

    cookie: str
    csrf: str
    annotator: int


@dataclass
class Load:
    """What the annotators of one measurement saw."""

    answered: int = 0
    latencies: list[float] = field(default_factory=list)  # seconds, of answer+next round trips
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    empty: int = 0  # replies that left somebody without a task
    seconds: float = 0.0
    client_cpu: float = 0.0  # share of one core

    def figures(self) -> dict[str, Any]:
        ordered = sorted(self.latencies)
        return {
            "per_second": round(self.answered / self.seconds, 1) if self.seconds else 0.0,
            **{f"p{share}_ms": round(1000 * percentile(ordered, share), 1) for share in (50, 95, 99)},
            "answers": self.answered,
            "refused": len(self.refused),
            "empty": self.empty,
            "client_cpu": round(self.client_cpu, 2),
        }


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0


# (task as served) -> its answer
Answering = Callable[[dict[str, Any], random.Random], str]


class Connection:
    """One keep-alive connection, opened again where the server closed it."""

    def __init__(self, host: str, port: int):
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, method: str, path: str, headers: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body; what met a closed connection is sent once more (its ids make it safe)."""
        lines = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        )
        request = lines.encode() + body
        for is_last in (False, True):
            try:
                if self.writer is None or self.writer.is_closing():
                    self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
                self.writer.write(request)
                return await self._answer()
            except (OSError, asyncio.IncompleteReadError):
                self.close()
                if is_last:
                    raise
        raise AssertionError("unreachable")

    async def _answer(self) -> tuple[int, bytes]:
        assert self.reader
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        # What tells no length is an error from before the application; its words do not matter.
        status, length, closes = int(head[9:12]), 0, "content-length:" not in head.lower()
        for line in head.split("\r\n")[1:]:
            name, _colon, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "connection":
                closes = value.strip().lower() == "close"
        body = await self.reader.readexactly(length)
        if closes:
            self.close()
        return status, body

    def close(self) -> None:
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


def measure(
    *,
    host: str,
    port: int,
    campaign: int,
    seats: list[Seat],
    seconds: float,
    warm_up: float,
    answer: Answering,
) -> Load:
    return asyncio.run(_measure(host, port, campaign, seats, seconds, warm_up, answer))


async def _measure(host, port, campaign, seats, seconds, warm_up, answer) -> Load:
    load = Load()
    begins = time.monotonic() + warm_up
    ends = begins + seconds
    busy: list[float] = []

    async def watch() -> None:
        await asyncio.sleep(max(0.0, begins - time.monotonic()))
        busy.append(processor_time())
        await asyncio.sleep(max(0.0, ends - time.monotonic()))
        busy.append(processor_time())

    people = [
        sit(load, host, port, campaign, seat, begins, ends, answer, random.Random(number))
        for number, seat in enumerate(seats)
    ]
    await asyncio.gather(watch(), *people)
    load.seconds = seconds
    load.client_cpu = (busy[1] - busy[0]) / seconds
    return load


def processor_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def sit(load, host, port, campaign, seat, begins, ends, answer, chance) -> None:
    connection = Connection(host, port)
    path = f"/api/v1/campaigns/{campaign}/judgments"
    headers = (
        f"Cookie: sessionid={seat.cookie}; csrftoken={seat.csrf}\r\nX-CSRFToken: {seat.csrf}\r\n"
        f"X-Annotator: {seat.annotator}\r\nContent-Type: application/json\r\n"
    )
    queue: list[dict[str, Any]] = []
    guideline = None
    try:
        while (now := time.monotonic()) < ends:
            given = []
            if queue:
                task = queue.pop(0)
                given = [
                    {
                        "id": str(uuid4()),
                        "task": task["id"],
                        "answer": answer(task, chance),
                        "took_ms": 1500,
                        "guideline": guideline,
                    }
                ]
            have = [task["id"] for task in queue]
            body = json.dumps({"judgments": given, "size": HELD, "have": have, "html": True}).encode()
            status, reply = await connection.send("POST", path, headers, body)
            done = time.monotonic()
            if status != 200:
                load.refused.append(f"{status} {reply[:200]!r}")
                await asyncio.sleep(0.2)
                continue
            told = json.loads(reply)
            queue.extend(told["tasks"])
            guideline = told["guideline"]
            for result in told["results"]:
                if result["status"] != "saved":
                    load.refused.append(result["detail"])
                else:
                    load.acknowledged.append(result["judgment"])
                    if begins <= now and done <= ends:
                        load.answered += 1
                        load.latencies.append(done - now)
            if not queue:
                load.empty += 1
                await asyncio.sleep(0.05)
    finally:
        connection.close()
