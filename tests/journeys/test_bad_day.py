"""Parts killed at work: what was acknowledged is there, once, and runs finish (promises 1 and 4)."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import psutil
import pytest

from tests.journeys.people import Person, campaign_of, sql
from tests.live import wait_for

ANNOTATORS = 4
OVERLAP = 3


@pytest.fixture
def make_person():
    with ExitStack() as leaving:

        def make(stack, username, role="annotator"):
            person = Person.with_token(stack, username, role)
            leaving.callback(person.close)
            return person

        yield make


def answer_until(person: Person, campaign: int, stop: threading.Event, acknowledged: dict[str, int]) -> None:
    """Answer tasks and repeat every request under the same ids until it is acknowledged.

    Writes judgment id -> task of every acknowledged answer.
    """
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
        acknowledged.update({r["id"]: sent[r["id"]] for r in told["results"] if r["status"] == "saved"})
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


@pytest.mark.parametrize("part", ["web", "postgres", "redis"])
def test_killing_a_part_loses_and_doubles_no_judgment(demo_stack, make_person, part):
    """kill -9 between judgments and their acknowledgements, with several people answering."""
    stack = demo_stack
    campaign = campaign_of(stack, "poi")
    people = [make_person(stack, f"{part}-{number}") for number in range(ANNOTATORS)]
    acknowledged: list[dict[str, int]] = [{} for _ in people]
    stop = threading.Event()
    with ThreadPoolExecutor(ANNOTATORS) as pool:
        answering = [
            pool.submit(answer_until, person, campaign, stop, answers)
            for person, answers in zip(people, acknowledged, strict=True)
        ]
        try:
            # Not by the clock: on a busy machine somebody may wait seconds for a first task.
            wait_for(lambda: all(acknowledged), "everybody to answer", stack.said, patience=120)
            pid = stack.kill_whole(part)
            stack.wait_restarted(part, pid)
            so_far = [len(answers) for answers in acknowledged]
            wait_for(
                lambda: all(len(answers) > n for answers, n in zip(acknowledged, so_far, strict=True)),
                "everybody to go on",
                stack.said,
                patience=120,
            )
        finally:
            stop.set()
        for future in answering:
            future.result(timeout=120)

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


def mine_and_kill(stack, admin: Person) -> dict:
    """A mining run whose worker and its children are killed under it, as it is once it is done."""
    started = admin.post("/api/v1/runs", {"kind": "mine_phrases", "parameters": {}})
    assert started.status_code == 201, started.text
    run = f"/api/v1/runs/{started.json()['id']}"
    begun = {"running", "done"}
    wait_for(lambda: admin.get(run).json()["status"] in begun, "the run to begin", stack.said)
    # All at once, or a child goes on working while its parent is being killed.
    worker = psutil.Process(stack.pid("worker"))
    for process in [worker, *worker.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    stack.kill_whole("worker")
    wait_for(lambda: admin.get(run).json()["status"] == "done", "the run to finish", stack.said, patience=180)
    return admin.get(run).json()


def test_a_killed_worker_does_not_stop_a_run(demo_stack, make_person):
    """The run goes on by itself, without duplicates, and finds what the demo's own run had found."""
    stack = demo_stack
    before = sql(stack, "select count(*) from mining_phrasecandidate")
    admin = make_person(stack, "mining-admin", role="admin")

    for _try in range(5):
        told = mine_and_kill(stack, admin)
        if told["attempt"] >= 2:  # else the run was faster than the kill
            break

    assert told["attempt"] >= 2
    assert sql(stack, "select count(*) from mining_phrasecandidate") == before
    doubled = sql(
        stack,
        "select candidate_id from mining_runphrase where run_id = %s group by 1 having count(*) > 1",
        [told["id"]],
    )
    assert doubled == []
