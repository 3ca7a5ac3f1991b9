"""Serving: answers a second and the time of answer+next, with 1 to 128 annotators at once over real HTTP.

`manage.py serve` in a workspace of its own, with 10,000 and with a million open tasks; sessions, CSRF and
requests as the task page sends them (eight tasks held, rendered HTML, one answer and the next task in one
round trip). After each measurement SQL looks for tasks that went to too many people or twice to one. In the
same run: a bare claim+insert loop at the same PostgreSQL, and Label Studio from its package.

SMALL=1 for a few minutes' look with fewer tasks; LABEL_STUDIO=none leaves Label Studio out, or names the
folder of its virtual environment; SECONDS is how long each level is measured; COMPARE=1 measures first what
the same answers cost without the short lane, and COMPARE=only nothing else. Nobody may be favoured:
priorities that are not 0 are told. The last line is one JSON object.
"""

import json
import os
import platform
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.bare import per_second
from bench.label_studio import compare
from bench.load import Seat, measure
from bench.stack import Stack, priority_of_group, running_stack

SMALL = os.environ.get("SMALL") == "1"
SIZES = (5_000, 20_000) if SMALL else (10_000, 1_000_000)
LEVELS = (1, 8, 32) if SMALL else (1, 8, 32, 128)
PEER_LEVELS = (1, 32) if SMALL else (1, 8, 32)
PEER_TASKS = 300 if SMALL else 1_000
COMPARE = os.environ.get("COMPARE", "")
SECONDS = float(os.environ.get("SECONDS") or (5 if SMALL else 15))
PEER_SECONDS = 20.0 if SMALL else 30.0  # at 32 annotators Label Studio takes ten seconds for one round
WARM_UP = 2.0 if SMALL else 4.0
PARTS = ("web", "postgres", "worker")
# Each person's answers; what they say matters little here, but verdicts and their consequences are real.
SHARES = {"accept": 45, "reject": 50, "unsure": 5}


def main() -> int:
    figures: dict[str, Any] = {
        "bench": "serving",
        "small": SMALL,
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
    }
    figures["priority"] = {"process": os.nice(0), "group": priority_of_group()}
    if COMPARE:
        figures["without_short_lane"] = without_short_lane()
    if COMPARE == "only":
        print(json.dumps(figures))
        return 0
    figures["label_studio"] = peer()  # alone on the machine, as kgcurate is after it
    with running_stack() as stack:
        figures["priorities"] = {part: stack.priorities(part) for part in PARTS}
        people = stack.step("bench.workspace:prepare", people=max(LEVELS), candidates=max(SIZES))
        seats = [Seat(**person) for person in people]
        figures["bare_per_second"] = per_second(stack.step("bench.workspace:dsn"), SECONDS)
        print(f"bare claim and insert: {figures['bare_per_second']} a second", flush=True)
        # A campaign of the small size for each level, or the last would find it answered.
        for number in LEVELS:
            campaign = open_campaign(stack, SIZES[0], number)
            figures[f"{SIZES[0]}/{number}"] = level(stack, campaign, SIZES[0], seats[:number])
        began = time.monotonic()
        campaign = open_campaign(stack, SIZES[1], 0)
        figures["seconds_to_make_tasks"] = round(time.monotonic() - began, 1)
        for number in LEVELS:
            figures[f"{SIZES[1]}/{number}"] = level(stack, campaign, SIZES[1], seats[:number])
        for name, lines in stack.step("bench.plans:plans", campaign=campaign).items():
            print(f"{name} at {SIZES[1]} tasks:\n  " + "\n  ".join(lines), flush=True)
    figures["against_label_studio"] = against(figures)
    figures["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures))
    return 0


def without_short_lane() -> dict[str, Any]:
    """One and 32 annotators with every answer through the middleware and the actions, then by the lane."""
    told = {}
    for name, switch in (("route", "0"), ("lane", "1")):
        with running_stack(SHORT_LANE=switch) as stack:
            people = stack.step("bench.workspace:prepare", people=32, candidates=SIZES[0])
            seats = [Seat(**person) for person in people]
            for number in (1, 32):
                campaign = open_campaign(stack, SIZES[0], number)
                told[f"{name}/{number}"] = level(stack, campaign, SIZES[0], seats[:number])
    return told


def peer() -> dict[str, Any]:
    if os.environ.get("LABEL_STUDIO") == "none":
        return {"skipped": "not wanted"}
    with tempfile.TemporaryDirectory(prefix="kgcurate-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        told = compare(Path(folder), levels=list(PEER_LEVELS), tasks=PEER_TASKS, seconds=PEER_SECONDS)
    print(f"Label Studio: {json.dumps(told)}", flush=True)
    return told


def open_campaign(stack: Stack, tasks: int, level: int) -> int:
    return stack.step("bench.workspace:open_campaign", name=f"{tasks} tasks, {level}", tasks=tasks)


def level(stack: Stack, campaign: int, tasks: int, seats: list[Seat]) -> dict[str, Any]:
    """One measurement: its figures, the processor time and memory of each part, and what SQL finds wrong."""
    busy = {part: stack.cpu(part) for part in PARTS}
    began = time.monotonic()
    load = measure(
        host=stack.host,
        port=stack.port,
        campaign=campaign,
        seats=seats,
        seconds=SECONDS,
        warm_up=WARM_UP,
        answer=say,
    )
    took = time.monotonic() - began
    told = load.figures()
    # In cores; with the client's share it says who used the machine.
    used = {part: stack.cpu(part) - busy[part] for part in PARTS}
    told["cpu"] = {part: round(seconds / took, 2) for part, seconds in used.items()}
    answers = len(load.acknowledged) or 1  # those of warming up too
    told["cpu_ms_per_answer"] = {part: round(1000 * seconds / answers, 2) for part, seconds in used.items()}
    told["memory_mb"] = {part: stack.memory(part) for part in PARTS}
    ids = stack.var.parent / "acknowledged"
    ids.write_text("\n".join(load.acknowledged))
    told["found"] = stack.step("bench.workspace:check", campaign=campaign, acknowledged=str(ids))
    told["first_refusals"] = load.refused[:3]
    print(f"{tasks} tasks, {len(seats)} annotators: {json.dumps(told)}", flush=True)
    return told


def say(task: dict[str, Any], chance: random.Random) -> str:
    return chance.choices(list(SHARES), list(SHARES.values()))[0]


def against(figures: dict[str, Any]) -> dict[str, Any]:
    """How many times Label Studio's answers a second, and which part of its p95, at each level."""
    told = {}
    for number in PEER_LEVELS:
        theirs = figures["label_studio"].get(str(number))
        for size in SIZES:
            ours = figures[f"{size}/{number}"]
            if theirs and theirs["per_second"] and ours["p95_ms"]:
                told[f"{size}/{number}"] = {
                    "times_per_second": round(ours["per_second"] / theirs["per_second"], 1),
                    "times_shorter_p95": round(theirs["p95_ms"] / ours["p95_ms"], 1),
                }
    return told


if __name__ == "__main__":
    raise SystemExit(main())
