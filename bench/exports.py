"""Exports of a million judgments: rows a second and the memory that each format takes.

Makes 250,000 tasks of four answers each (SMALL=1: 12,500) in servers of its own, then writes each format to
a file that is thrown away. The last line is one JSON object.
"""

import json
import os
import platform
import tempfile
from pathlib import Path

import psutil

from bench.fill import Watch

SMALL = os.environ.get("SMALL") == "1"
TASKS = 12_500 if SMALL else 250_000
PEOPLE = 4

MAKE_TASKS = """
INSERT INTO annotation_task (campaign_id, candidate_id, revision, language, content, rank, pool, seats_free,
    seats_granted, taken_by, lapsed, chosen_by, gold_answer, gold_reason, created_at)
SELECT %(campaign)s, n, 0, 'en', jsonb_build_object('phrase', 'phrase ' || n, 'language', 'en', 'examples',
    jsonb_build_array(jsonb_build_object('text', 'I bought these for phrase ' || n || ' and like them'))),
    n, 'model', 0, 4, %(people)s, '{}', 'random', '', '', now()
FROM generate_series(1, %(tasks)s) AS n
"""
MAKE_JUDGMENTS = """
INSERT INTO annotation_judgment (id, task_id, annotator_id, answer, reason, typicality, took, guideline_id,
    comment, is_counted, is_simulated, judged_at)
SELECT gen_random_uuid(), task.id, person,
    CASE WHEN (task.id + person) %% 3 = 0 THEN 'reject' ELSE 'accept' END,
    '', '', interval '2 seconds', %(guideline)s, '', true, true, now()
FROM annotation_task AS task CROSS JOIN unnest(%(people)s::bigint[]) AS person
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kgcurate-bench-") as home:
        Path(home).chmod(0o711)  # PostgreSQL may run as another user
        os.environ |= {"KGCURATE_VAR": f"{home}/var", "DJANGO_SETTINGS_MODULE": "kgcurate.settings"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ[name] = ""
        from kgcurate.servers.command import borrowed_or_started

        with borrowed_or_started(Path(home) / "var"):
            figures = measure()
    print(json.dumps({"bench": "exports", "small": SMALL, "python": platform.python_version(), **figures}))


def measure() -> dict:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from annotation.actions.campaigns import create_campaign
    from annotation.exports import FORMATS, export
    from people.models import User

    call_command("migrate", verbosity=0)
    campaign = create_campaign(name="Exports", kind="phrase", question="poi")
    people = [User.objects.create_user(f"person-{number}").pk for number in range(PEOPLE)]
    values = {"campaign": campaign.pk, "people": people, "tasks": TASKS, "guideline": campaign.guideline.pk}
    with connection.cursor() as cursor:
        cursor.execute(MAKE_TASKS, values)
        cursor.execute(MAKE_JUDGMENTS, values)
        cursor.execute("ANALYZE")
    found = {}
    process = psutil.Process()
    for name in FORMATS:
        watch, before, highest, size = Watch(), process.memory_info().rss, 0, 0
        for place, chunk in enumerate(export(campaign, "judgments", name)):
            size += len(chunk)
            if place % 20 == 0:
                highest = max(highest, process.memory_info().rss)
        told = watch.told(TASKS * PEOPLE)
        highest = max(highest, process.memory_info().rss)
        found[name] = {
            "rows": TASKS * PEOPLE,
            "rows_per_second": told["per_second"],
            "seconds": told["seconds"],
            "cpu_seconds": told["cpu_seconds"],
            "postgres_cpu_seconds": told["postgres_cpu_seconds"],
            "megabytes": round(size / 1e6, 1),
            "grew_by_megabytes": round((highest - before) / 1e6, 1),
        }
        print(name, json.dumps(found[name]), flush=True)
    return {"formats": found}


if __name__ == "__main__":
    main()
