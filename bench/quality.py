"""What quality costs at a million judgments: a full fit, adding news, the report, known answers, asking anew.

The campaign is made up in the database: 333,334 tasks with three answers each by 2,000 people of mixed
reliability. Everything runs in a workspace of its own that is thrown away.
Last somebody is removed who has given one of the three answers to every tenth task, and a changed guideline
asks anew what was said no to, and what was said yes to in one of fifty categories.
SMALL=1 makes 30,000 judgments; the last line is one JSON object: for each step seconds by the clock, of this
process's processor time, and of PostgreSQL's.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.fill import Watch
from bench.import_documents import servers

REPO = Path(__file__).resolve().parents[1]
SMALL = os.environ.get("SMALL") == "1"
TASKS = 10_000 if SMALL else 333_334
PEOPLE = 100 if SMALL else 2_000
OVERLAP = 3

TASKS_SQL = """
INSERT INTO annotation_task (campaign_id, candidate_id, revision, language, content, seats_free,
    seats_granted, taken_by, lapsed, rank, pool, chosen_by, gold_answer, gold_reason, created_at)
SELECT %(campaign)s, n, 0, 'en', jsonb_build_object('phrase', 'word ' || n, 'category_id', 'c' || n %% 50),
    0, 3, '{}', '{}', n, 'model', 'random', '', '', now()
FROM generate_series(1, %(tasks)s) AS n
"""
# Right by a skill of one's own between 0.65 and 0.95; the truth is yes for two of three tasks.
JUDGMENTS_SQL = """
INSERT INTO annotation_judgment (id, task_id, annotator_id, answer, reason, typicality, took, guideline_id,
    comment, is_counted, is_simulated, judged_at)
SELECT gen_random_uuid(), task.id, person.id,
    CASE WHEN (task.candidate_id %% 3 > 0) = (random() < 0.65 + 0.3 * (person.n %% 10) / 9.0)
         THEN 'accept' ELSE 'reject' END,
    '', '', make_interval(secs => 1 + 9 * random()), %(guideline)s, '', true, true, now() - interval '1 hour'
FROM annotation_task AS task
CROSS JOIN generate_series(0, 2) AS seat
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM people_user) AS person
    ON person.n = (task.candidate_id * 7 + seat * (1 + task.candidate_id / %(people)s)) %% %(people)s
WHERE task.campaign_id = %(campaign)s
ON CONFLICT DO NOTHING
"""


def main() -> int:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kgcurate-bench-")))
        home.chmod(0o711)
        environment = stack.enter_context(servers(home))
        done = subprocess.run(
            [sys.executable, "-m", "bench.quality", "inside"],
            cwd=REPO,
            env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "kgcurate.settings"},
            check=False,
        )
    return done.returncode


def inside() -> None:
    import django

    django.setup()
    from annotation.actions import fitting, pausing, reasking, reporting, sweeping
    from annotation.actions.campaigns import new_guideline_version
    from annotation.actions.quality import change_quality
    from annotation.actions.revising import remove_annotator, revise
    from annotation.models import Campaign, ConsensusState, Judgment

    campaign = Campaign.objects.get(pk=_made_up())
    figures: dict[str, Any] = {
        "bench": "quality",
        "small": SMALL,
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "judgments": Judgment.objects.count(),
    }
    fitted = _timed(figures, "full fit", lambda: fitting.fit(campaign))
    _timed(figures, "verdicts of the fit", lambda: _verdicts(campaign, fitted))
    _timed(figures, "revise, nothing changed", lambda: revise(campaign, fitted))
    doubtful = replace(fitted, posteriors=0.97 * fitted.posteriors + 0.03 / 4)
    _timed(figures, "revise, every verdict moved", lambda: revise(campaign, doubtful))
    state = ConsensusState.objects.get(campaign=campaign)
    _timed(figures, "add what is new: 20,000 verdicts", lambda: fitting.add(campaign, state))
    _timed(figures, "report", lambda: reporting.report(campaign))
    change_quality(campaign=campaign, gold_from_verdicts="propose", gold_sure=0.9, pause_below=0.3)
    _timed(figures, "known answers: sweep with 50 proposals", lambda: sweeping.sweep_gold(campaign))
    _timed(figures, "known answers: sweep", lambda: sweeping.sweep_gold(campaign))
    _timed(figures, "rules", lambda: pausing.apply_rules(campaign))
    guideline = new_guideline_version(campaign=campaign, text={"en": "Closer."}, examples=[])
    _timed(figures, "cost of asking all anew", lambda: reasking.cost_of(guideline, reasking.Affected()))
    words = reasking.Affected(words=["word 777"])
    _timed(figures, "cost of asking one word anew", lambda: reasking.cost_of(guideline, words))
    busy = _busy()
    removed = partial(remove_annotator, campaign=campaign, annotator=busy, by=None, why="guesses")
    figures["removed"] = _timed(figures, "remove somebody", removed)
    for name, affected in (
        ("all that was said no to", reasking.Affected(answers=["reject"])),
        ("yes in one category", reasking.Affected(answers=["accept"], categories=["c1"])),
    ):
        reask = reasking.plan_reask(guideline=guideline, affected=affected, by=None, why="Closer.")
        figures[f"tasks: {name}"] = _timed(figures, f"ask anew {name}", partial(reasking.carry_out, reask))
    figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(figures))


def _made_up() -> int:
    from django.db import connection

    from annotation.actions.campaigns import Policy, create_campaign, start_campaign
    from annotation.models import Consensus
    from people.models import Role, User

    User.objects.bulk_create(
        User(username=f"person {number}", role=Role.ANNOTATOR) for number in range(PEOPLE)
    )
    policy = Policy(overlap=OVERLAP, consensus=Consensus.DAWID_SKENE)
    campaign = create_campaign(name="million", kind="phrase", question="poi", policy=policy)
    start_campaign(campaign=campaign)
    values = {"campaign": campaign.pk, "tasks": TASKS, "people": PEOPLE, "guideline": campaign.guideline.pk}
    with connection.cursor() as cursor:
        cursor.execute(TASKS_SQL, values)
        cursor.execute(JUDGMENTS_SQL, values)
        cursor.execute("ANALYZE")
    return campaign.pk


def _verdicts(campaign, fitted) -> None:
    """As the loop would have formed them, in one go."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE formed (task_id bigint, posteriors float8[])")
        with cursor.copy("COPY formed FROM STDIN") as copy:
            for task, shares in zip(fitted.tasks.tolist(), fitted.posteriors.tolist(), strict=True):
                copy.write_row((task, shares))
        cursor.execute(
            """
            INSERT INTO annotation_verdict (task_id, answer, reason, posterior, posteriors, confidence,
                is_disputed, why, method, votes, basis, formed_at, acted_at)
            SELECT formed.task_id, CASE WHEN greatest(posteriors[1], posteriors[2], posteriors[3],
                    posteriors[4]) < 0.7 THEN 'unsure' WHEN posteriors[1] > posteriors[2] THEN 'accept'
                    ELSE 'reject' END, '', posteriors[1], posteriors,
                greatest(posteriors[1], posteriors[2], posteriors[3], posteriors[4]),
                greatest(posteriors[1], posteriors[2], posteriors[3], posteriors[4]) < 0.7, '', 'dawid_skene',
                jsonb_build_object('accept', given.yes, 'reject', given.no, 'unsure', 0, 'bad', 0),
                given.basis, now() - interval '1 minute', now()
            FROM formed JOIN (
                SELECT task_id, count(*) FILTER (WHERE answer = 'accept') AS yes,
                       count(*) FILTER (WHERE answer = 'reject') AS no, array_agg(id) AS basis
                FROM annotation_judgment GROUP BY task_id
            ) AS given ON given.task_id = formed.task_id
            """
        )
        cursor.execute("ANALYZE annotation_verdict")


BUSY = """
WITH given AS (
    UPDATE annotation_judgment AS judgment SET annotator_id = %(busy)s
    FROM (
        SELECT min(one.id::text)::uuid AS id FROM annotation_judgment AS one
        JOIN annotation_task AS task ON task.id = one.task_id
        WHERE task.candidate_id %% 10 = 0 GROUP BY task.id
    ) AS first
    WHERE judgment.id = first.id RETURNING judgment.task_id
)
UPDATE annotation_task SET taken_by = array_append(taken_by, %(busy)s::bigint)
FROM given WHERE annotation_task.id = given.task_id
"""


def _busy():
    """Somebody who answered every tenth task."""
    from django.db import connection

    from people.models import User

    busy = User.objects.create_user("busy")
    with connection.cursor() as cursor:
        cursor.execute(BUSY, {"busy": busy.pk})
    return busy


def _timed(figures: dict[str, Any], name: str, run: Callable[[], Any]) -> Any:
    watch = Watch()
    told = run()
    seconds = watch.seconds()
    figures[name] = {key: round(value, 2) for key, value in seconds.items()}
    print(f"{name}: {figures[name]}", file=sys.stderr, flush=True)
    return told


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        inside()
    else:
        sys.exit(main())
