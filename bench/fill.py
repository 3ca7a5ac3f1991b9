"""Filling a campaign: rows a second by the real source of each kind, by content at hand, and bare COPY.

Everything runs in a workspace of its own that is thrown away. The phrases have no example sentences; each
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

import psutil

from bench.stack import running_stack, used

SMALL = os.environ.get("SMALL") == "1"
TASKS = 20_000 if SMALL else 300_000


RELATIONS = """
INSERT INTO mining_relationcandidate (source_id, relation, text, language, subject_start, subject_end,
    object_start, object_end, subject_text, object_text, subject_class, object_class, category_id, title,
    score, fingerprint, revision, imported_by_id, imported_at)
SELECT 'r' || n, 'satisfy', 'soft cotton keeps you warm all winter, says number ' || n, 'en', 0, 11, 22, 26,
    'soft cotton', 'warm', 'PropertyValue', 'POI', (SELECT id FROM graph_concept WHERE external_id = 'shoes'),
    'Review', 0, decode(md5('r' || n), 'hex'), 0, (SELECT min(id) FROM mining_run), now()
FROM generate_series(1, %(tasks)s) AS n
"""
IMAGES = """
INSERT INTO mining_image (sha256, mime, width, height, size, web_mime, web_width, web_height, statistics,
    stored_at)
SELECT encode(sha256(n::text::bytea), 'hex'), 'image/jpeg', 800, 600, 90000, 'image/webp', 640, 480, '{}',
    now()
FROM generate_series(1, %(tasks)s / 3 + 1) AS n
"""
PAIRS = """
INSERT INTO mining_imagecandidate (source_id, image_id, text, text_class, title, category_id, language, score,
    fingerprint, revision, imported_by_id, imported_at)
SELECT 'i' || n, (SELECT min(id) FROM mining_image) + n / 3, 'soft cotton ' || n %% 1000, 'PropertyValue',
    'A warm jacket for the winter', (SELECT id FROM graph_concept WHERE external_id = 'shoes'), 'en', 0,
    decode(md5('i' || n), 'hex'), 0, (SELECT min(id) FROM mining_run), now()
FROM generate_series(1, %(tasks)s) AS n
"""


def main() -> int:
    figures: dict[str, Any] = {
        "bench": "fill",
        "small": SMALL,
        "python": platform.python_version(),
        "tasks": TASKS,
    }
    with running_stack() as stack:
        stack.step("bench.workspace:prepare", people=1, candidates=TASKS)
        for step in (
            "bare_copy",
            "content_at_hand",
            "phrase_source",
            "relation_source",
            "image_source",
        ):
            figures[step] = stack.step(f"bench.fill:{step}", tasks=TASKS)
            print(step, json.dumps(figures[step]), flush=True)
    print(json.dumps(figures))
    return 0


def bare_copy(*, tasks: int) -> dict[str, float]:
    """The least: the same contents into a table without constraints or indexes."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (id bigint, content jsonb) ON COMMIT DROP")
        watch = Watch()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for new in contents(tasks):
                copy.write_row((new.candidate_id, json.dumps(new.content, ensure_ascii=False)))
        return watch.told(tasks)


def content_at_hand(*, tasks: int) -> dict[str, float]:
    """All that filling does but reading the candidates."""
    from annotation import kinds

    kind = kinds.get("phrase")
    kinds.register(replace(kind, source=lambda campaign: contents(tasks)))
    return filled("at hand", tasks)


def phrase_source(*, tasks: int) -> dict[str, float]:
    return filled("phrases", tasks)


def relation_source(*, tasks: int) -> dict[str, float]:
    make(RELATIONS, tasks)
    return filled("relations", tasks, kind="relation_sentence", question="satisfy")


def image_source(*, tasks: int) -> dict[str, float]:
    make(IMAGES, tasks)
    make(PAIRS, tasks)
    return filled("images", tasks, kind="image_text", question="shows")


def filled(name: str, tasks: int, kind: str = "phrase", question: str = "poi") -> dict[str, float]:
    from annotation.actions.campaigns import create_campaign
    from annotation.actions.filling import fill_campaign

    campaign = create_campaign(name=name, kind=kind, question=question)
    watch = Watch()
    added = fill_campaign(campaign)
    assert added == tasks, f"{added} tasks of {tasks}"
    return watch.told(tasks)


def make(sql: str, tasks: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, {"tasks": tasks})
        cursor.execute("ANALYZE")


def contents(tasks: int) -> Iterator[Any]:
    from annotation.kinds import NewTask

    for number in range(1, tasks + 1):
        phrase = f"long lasting comfort {number}"
        content = {"phrase": phrase, "category": {"en": "Shoes", "zh": "鞋"}, "category_id": "shoes"}
        content |= {"language": "en", "examples": []}
        yield NewTask(number, 0, "en", content, group=phrase, cluster=f"en shoes {phrase}")


class Watch:
    """Seconds by the clock and of the processor, of this process and of all of PostgreSQL."""

    def __init__(self) -> None:
        self.began = time.monotonic(), time.process_time(), postgres_seconds()

    def seconds(self) -> dict[str, float]:
        now = time.monotonic(), time.process_time(), postgres_seconds()
        wall, python, postgres = (after - before for before, after in zip(self.began, now, strict=True))
        return {"seconds": wall, "cpu_seconds": python, "postgres_cpu_seconds": postgres}

    def told(self, tasks: int) -> dict[str, float]:
        seconds = self.seconds()
        return {
            "per_second": round(tasks / seconds["seconds"]),
            **{name: round(value, 1) for name, value in seconds.items()},
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }


def postgres_seconds() -> float:
    """Those of connections that are closed already too."""
    from django.db import connection

    connection.ensure_connection()
    main = psutil.Process(connection.connection.info.backend_pid).parent()
    assert main
    times = main.cpu_times()
    return times.children_user + times.children_system + sum(used(one) for one in [main, *main.children()])


if __name__ == "__main__":
    raise SystemExit(main())
