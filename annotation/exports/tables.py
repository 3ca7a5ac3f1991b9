"""The two tables that are exported, row by row in the order of their tasks, with memory that stays flat."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from annotation.models import Campaign
from annotation.text import name_of

TASKS_AT_ONCE = 2_000
# Of a column: how Parquet and the dataset card call its type.
TYPES = ("string", "int64", "float64", "bool", "timestamp")


@dataclass(frozen=True)
class Table:
    name: str
    columns: dict[str, str]  # name -> one of TYPES
    sql: str
    counting: str

    def count(self, campaign: Campaign) -> int:
        """How many rows there are now."""
        return _fetch(self.counting, {"campaign": campaign.pk})[0]["count"]

    def rows(self, campaign: Campaign, *, names: bool = False) -> Iterator[dict[str, Any]]:
        """One dict a row, in the order of `columns`; `content` is JSON text.

        Annotators are pseudonyms that stay the same within this workspace, unless `names` is asked for.
        """
        last = 0
        who = Pseudonyms()
        while tasks := _tasks(campaign, last):
            found = _fetch(self.sql, {"tasks": tasks})
            words = _words(found)
            if counter := _counter.get():
                counter.seen += len(found)
            for row in found:
                row["text"] = words[row["task"]]
                if "annotator" in row:
                    row["annotator"] = row["username"] if names else who[row["annotator"]]
                    row["comment"] = row["comment"] if names else ""
                yield {name: row[name] for name in self.columns}
            last = tasks[-1]


@dataclass
class Counter:
    seen: int = 0  # rows that were read


_counter: ContextVar[Counter | None] = ContextVar("counter", default=None)


@contextmanager
def counted_by() -> Iterator[Counter]:
    """How far the tables that are read meanwhile have come, for whoever tells people about it."""
    counter = Counter()
    token = _counter.set(counter)
    try:
        yield counter
    finally:
        _counter.reset(token)


def _words(rows: list[dict[str, Any]]) -> dict[int, str]:
    """Task -> its candidate in a few words: in English, so that they are the same for whoever asks."""
    contents = {row["task"]: row["content"] for row in rows}
    with override("en"):
        return {task: name_of(json.loads(content)) for task, content in contents.items()}


class Pseudonyms(dict[int, str]):
    """Annotator id -> a name that tells nothing and is the same in every export of this workspace."""

    def __missing__(self, annotator: int) -> str:
        digest = hmac.new(
            str(settings.SECRET_KEY).encode(), f"annotator/{annotator}".encode(), hashlib.sha256
        )
        self[annotator] = f"a-{digest.hexdigest()[:12]}"
        return self[annotator]


TASKS = """
SELECT id FROM annotation_task WHERE campaign_id = %(campaign)s AND id > %(last)s ORDER BY id LIMIT %(size)s
"""


def _tasks(campaign: Campaign, last: int) -> list[int]:
    values = {"campaign": campaign.pk, "last": last, "size": TASKS_AT_ONCE}
    return [row["id"] for row in _fetch(TASKS, values)]


def _fetch(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


# Who asked for an answer to be forgotten, or was taken out, is not in an export.
JUDGMENTS = Table(
    "judgments",
    {
        "judgment": "string",
        "task": "int64",
        "candidate": "int64",
        "revision": "int64",
        "language": "string",
        "text": "string",
        "annotator": "string",
        "answer": "string",
        "reason": "string",
        "typicality": "string",
        "took_ms": "int64",
        "guideline_version": "int64",
        "comment": "string",
        "is_counted": "bool",
        "is_simulated": "bool",
        "known_answer": "string",
        "judged_at": "timestamp",
        "content": "string",
    },
    """
    SELECT judgment.id::text AS judgment, task.id AS task, task.candidate_id AS candidate, task.revision,
           task.language, judgment.annotator_id AS annotator, annotator.username, judgment.answer,
           judgment.reason, judgment.typicality,
           round(extract(epoch FROM judgment.took) * 1000)::bigint AS took_ms,
           guideline.version AS guideline_version, judgment.comment, judgment.is_counted,
           judgment.is_simulated, task.gold_answer AS known_answer, judgment.judged_at,
           task.content::text AS content
    FROM annotation_judgment AS judgment
    JOIN annotation_task AS task ON task.id = judgment.task_id
    JOIN annotation_guideline AS guideline ON guideline.id = judgment.guideline_id
    JOIN people_user AS annotator ON annotator.id = judgment.annotator_id
    WHERE judgment.task_id = ANY(%(tasks)s) AND judgment.withdrawn_at IS NULL
      AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL
    ORDER BY task.id, judgment.judged_at, judgment.id
    """,
    """
    SELECT count(*) FROM annotation_judgment AS judgment
    JOIN annotation_task AS task ON task.id = judgment.task_id
    WHERE task.campaign_id = %(campaign)s AND judgment.withdrawn_at IS NULL AND judgment.removed_at IS NULL
      AND judgment.set_aside_at IS NULL
    """,
)

VERDICTS = Table(
    "verdicts",
    {
        "verdict": "int64",
        "task": "int64",
        "candidate": "int64",
        "revision": "int64",
        "language": "string",
        "text": "string",
        "answer": "string",
        "reason": "string",
        "typicality": "float64",
        "posterior": "float64",
        "confidence": "float64",
        "is_disputed": "bool",
        "is_by_curator": "bool",
        "method": "string",
        "accepts": "int64",
        "rejects": "int64",
        "unsures": "int64",
        "bads": "int64",
        "pool": "string",
        "score": "float64",
        "formed_at": "timestamp",
        "content": "string",
    },
    """
    SELECT verdict.id AS verdict, task.id AS task, task.candidate_id AS candidate, task.revision,
           task.language, verdict.answer, verdict.reason, verdict.typicality, verdict.posterior,
           verdict.confidence, verdict.is_disputed, verdict.decided_by_id IS NOT NULL AS is_by_curator,
           verdict.method, coalesce((verdict.votes->>'accept')::bigint, 0) AS accepts,
           coalesce((verdict.votes->>'reject')::bigint, 0) AS rejects,
           coalesce((verdict.votes->>'unsure')::bigint, 0) AS unsures,
           coalesce((verdict.votes->>'bad')::bigint, 0) AS bads,
           task.pool, task.score, verdict.formed_at, task.content::text AS content
    FROM annotation_verdict AS verdict
    JOIN annotation_task AS task ON task.id = verdict.task_id
    WHERE verdict.task_id = ANY(%(tasks)s) AND verdict.withdrawn_at IS NULL AND task.pool <> 'gold'
    ORDER BY task.id, verdict.id
    """,
    """
    SELECT count(*) FROM annotation_verdict AS verdict
    JOIN annotation_task AS task ON task.id = verdict.task_id
    WHERE task.campaign_id = %(campaign)s AND verdict.withdrawn_at IS NULL AND task.pool <> 'gold'
    """,
)

TABLES: dict[str, Table] = {table.name: table for table in (JUDGMENTS, VERDICTS)}
TITLES = {"judgments": _("Judgments"), "verdicts": _("Verdicts")}
