"""Filling a campaign: rows a second by the real source of phrases, by content that is at hand, and bare COPY.

Everything runs in a workspace of its own that is thrown away. The candidates have no example sentences; each
task's content is what the annotator sees. SMALL=1 for a minute's look; the last line is one JSON object.
"""

import json
import os
import platform
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bench.stack import running_stack

SMALL = os.environ.get("SMALL") == "1"
TASKS = 20_000 if SMALL else 300_000


def main() -> int:
    figures: dict[str, Any] = {
        "bench": "fill",
        "small": SMALL,
        "python": platform.python_version(),
        "tasks": TASKS,
    }
    with running_stack() as stack:
        stack.step("bench.workspace:prepare", people=1, candidates=TASKS)
        for step in ("bare_copy", "content_at_hand", "phrase_source"):
            figures[step] = stack.step(f"bench.fill:{step}", tasks=TASKS)
            print(step, json.dumps(figures[step]), flush=True)
    print(json.dumps(figures))
    return 0


def bare_copy(*, tasks: int) -> dict[str, float]:
    """The least: the same contents into a table without constraints or indexes."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (id bigint, content jsonb) ON COMMIT DROP")
        began = time.monotonic()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for new in contents(tasks):
                copy.write_row((new.candidate_id, json.dumps(new.content, ensure_ascii=False)))
        return told(tasks, began)


def content_at_hand(*, tasks: int) -> dict[str, float]:
    """All that filling does but reading the candidates."""
    from annotation import kinds

    kind = kinds.get("phrase")
    kinds.register(replace(kind, source=lambda campaign: contents(tasks)))
    return filled("at hand", tasks)


def phrase_source(*, tasks: int) -> dict[str, float]:
    return filled("phrases", tasks)


def filled(name: str, tasks: int) -> dict[str, float]:
    from annotation.actions.campaigns import create_campaign
    from annotation.actions.filling import fill_campaign

    campaign = create_campaign(name=name, kind="phrase", question="poi")
    began = time.monotonic()
    added = fill_campaign(campaign)
    assert added == tasks, f"{added} tasks of {tasks}"
    return told(tasks, began)


def contents(tasks: int) -> Iterator[Any]:
    from annotation.kinds import NewTask

    for number in range(1, tasks + 1):
        phrase = f"long lasting comfort {number}"
        content = {"phrase": phrase, "category": {"en": "Shoes", "zh": "鞋"}, "category_id": "shoes"}
        content |= {"language": "en", "examples": []}
        yield NewTask(number, 0, "en", content, group=phrase, cluster=f"en shoes {phrase}")


def told(tasks: int, began: float) -> dict[str, float]:
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "per_second": round(tasks / seconds),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(peak.ru_utime + peak.ru_stime, 1),
        "peak_mb": round(peak.ru_maxrss / 1024),
    }


if __name__ == "__main__":
    raise SystemExit(main())
