"""Parts killed at work: what was acknowledged is there, once, and runs finish (promises 1 and 4)."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from tests.journeys.people import Person, campaign_of, sql
from tests.live import wait_for

ANNOTATORS = 4
OVERLAP = 3


def answer_until(person: Person, campaign: int, stop: threading.Event) -> dict[str, int]:
    """Answer tasks and repeat every request under the same ids until it is acknowledged.

    Returns judgment id -> task of every acknowledged answer.
    """
    acknowledged: dict[str, int] = {}
    waiting: list[dict] = []
    while not stop.is_set() or waiting:
        try:
            answer = person.post(
                f"/api/v1/campaigns/{campaign}/judgments",
                {"judgments": waiting, "size": 0 if stop.is_set() else 3},
            )
            answer.raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)  # the same answers go out again under the same ids
            continue
        told = answer.json()
        sent = {judgment["id"]: judgment["task"] for judgment in waiting}
        acknowledged |= {r["id"]: sent[r["id"]] for r in told["results"] if r["status"] == "saved"}
        waiting = [
            {
                "id": str(uuid.uuid4()),
                "task": task["id"],
                "answer": "accept",
                "took_ms": 900,
                "guideline": told["guideline"],
            }
            for task in told["tasks"]
        ]
        time.sleep(0.05)
    return acknowledged


@pytest.mark.parametrize("part", ["web", "postgres", "redis"])
def test_killing_a_part_loses_and_doubles_no_judgment(demo_stack, part):
    """kill -9 between judgments and their acknowledgements, with several people answering."""
    stack = demo_stack
    campaign = campaign_of(stack, "poi")
    people = [Person.with_token(stack, f"{part}-{number}") for number in range(ANNOTATORS)]
    stop = threading.Event()
    with ThreadPoolExecutor(ANNOTATORS) as pool:
        answering = [pool.submit(answer_until, person, campaign, stop) for person in people]
        time.sleep(2)
        pid = stack.pid(part)
        # The web server's workers are its children; all of them die in the middle of whatever they do.
        for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
            process.kill()
        stack.wait_restarted(part, pid)
        time.sleep(2)
        stop.set()
        acknowledged = [future.result(timeout=120) for future in answering]

    assert all(acknowledged)
    for person, answers in zip(people, acknowledged, strict=True):
        rows = sql(
            stack,
            "select id::text, task_id from annotation_judgment "
            "where annotator_id = %s and withdrawn_at is null",
            [person.pk],
        )
        stored = dict(rows)
        assert {key: stored.get(key) for key in answers} == answers
        assert len(set(stored.values())) == len(stored)
    crowded = sql(
        stack,
        "select task_id from annotation_judgment where is_counted and withdrawn_at is null "
        "group by task_id having count(*) > %s",
        [OVERLAP],
    )
    assert crowded == []


def test_a_killed_worker_does_not_stop_a_run(demo_stack):
    """kill -9 of the worker and its children while it mines; the run goes on, without duplicates."""
    stack = demo_stack
    before = sql(stack, "select count(*) from mining_phrasecandidate")
    admin = Person.with_token(stack, "mining-admin", role="admin")
    started = admin.post("/api/v1/runs", {"kind": "mine_phrases", "parameters": {}})
    assert started.status_code == 201, started.text
    run = f"/api/v1/runs/{started.json()['id']}"
    wait_for(lambda: admin.get(run).json()["status"] == "running", "the run to begin", stack.said)

    pid = stack.pid("worker")
    for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
        process.kill()

    wait_for(lambda: admin.get(run).json()["status"] == "done", "the run to finish", stack.said, patience=120)
    told = admin.get(run).json()
    assert told["attempt"] >= 2
    # The same input gives the same candidates: nothing was added to what the demo's own run had found.
    assert sql(stack, "select count(*) from mining_phrasecandidate") == before
    doubled = sql(
        stack,
        "select candidate_id from mining_runphrase where run_id = %s group by 1 having count(*) > 1",
        [started.json()["id"]],
    )
    assert doubled == []
