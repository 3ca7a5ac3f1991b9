"""How a campaign stands: every figure is one aggregate in the database, however many rows there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from annotation.models import Campaign

HOURS = 48


@dataclass(frozen=True)
class Totals:
    tasks: int
    begun: int  # somebody holds or has answered them
    decided: int
    gold: int
    evaluation: int
    evaluation_decided: int
    accepted: int
    rejected: int
    unsure: int
    bad: int
    disputed: int  # a curator has to decide
    waiting: int  # verdicts whose consequences are not yet in the graph

    @property
    def asked(self) -> int:
        """Tasks that get a verdict: all but the known answers."""
        return self.tasks - self.gold

    @property
    def open(self) -> int:
        return self.tasks - self.gold - self.decided

    @property
    def share_decided(self) -> float:
        return self.decided / max(1, self.tasks - self.gold)


TOTALS = """
SELECT count(*) AS tasks,
       count(*) FILTER (WHERE seats_free <> seats_granted AND pool <> 'gold') AS begun,
       count(verdict.id) AS decided,
       count(*) FILTER (WHERE pool = 'gold') AS gold,
       count(*) FILTER (WHERE pool = 'evaluation') AS evaluation,
       count(verdict.id) FILTER (WHERE pool = 'evaluation') AS evaluation_decided,
       count(*) FILTER (WHERE verdict.answer = 'accept') AS accepted,
       count(*) FILTER (WHERE verdict.answer = 'reject') AS rejected,
       count(*) FILTER (WHERE verdict.answer = 'unsure') AS unsure,
       count(*) FILTER (WHERE verdict.answer = 'bad') AS bad,
       count(*) FILTER (WHERE verdict.is_disputed) AS disputed,
       count(verdict.id) FILTER (WHERE verdict.acted_at IS NULL) AS waiting
FROM annotation_task AS task
LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
    AND task.pool <> 'gold'
WHERE task.campaign_id = %(campaign)s
"""


def totals(campaign: Campaign) -> Totals:
    (row,) = rows(TOTALS, campaign=campaign.pk)
    return Totals(**row)


@dataclass(frozen=True)
class AnnotatorFigures:
    annotator_id: int
    username: str
    is_simulated: bool
    judged: int
    skipped: int
    late: int
    compared: int  # answers to tasks whose verdict took a side
    agreed: int
    gold: int
    gold_right: int
    seconds: float | None

    @property
    def agreement(self) -> float | None:
        return self.agreed / self.compared if self.compared else None

    @property
    def gold_accuracy(self) -> float | None:
        return self.gold_right / self.gold if self.gold else None


# Unsure answers neither agree nor disagree with a verdict that took a side.
ANNOTATORS = """
SELECT annotator.id AS annotator_id, annotator.username, annotator.is_simulated,
       count(*) FILTER (WHERE judgment.answer <> 'skip') AS judged,
       count(*) FILTER (WHERE judgment.answer = 'skip') AS skipped,
       count(*) FILTER (WHERE judgment.answer <> 'skip' AND NOT judgment.is_counted) AS late,
       count(*) FILTER (WHERE judgment.is_counted AND judgment.answer IN ('accept', 'reject')
                        AND verdict.answer IN ('accept', 'reject')) AS compared,
       count(*) FILTER (WHERE judgment.is_counted AND judgment.answer = verdict.answer
                        AND verdict.answer IN ('accept', 'reject')) AS agreed,
       count(*) FILTER (WHERE task.pool = 'gold' AND judgment.answer <> 'skip') AS gold,
       count(*) FILTER (WHERE task.pool = 'gold' AND judgment.answer = task.gold_answer) AS gold_right,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM judgment.took))
           FILTER (WHERE judgment.answer <> 'skip') AS seconds
FROM annotation_judgment AS judgment
JOIN annotation_task AS task ON task.id = judgment.task_id
JOIN people_user AS annotator ON annotator.id = judgment.annotator_id
LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
    AND task.pool <> 'gold'
WHERE task.campaign_id = %(campaign)s AND judgment.withdrawn_at IS NULL
GROUP BY annotator.id, annotator.username, annotator.is_simulated
ORDER BY judged DESC, annotator.id
LIMIT %(limit)s
"""


def annotators(campaign: Campaign, *, limit: int = 200) -> list[AnnotatorFigures]:
    return [AnnotatorFigures(**row) for row in rows(ANNOTATORS, campaign=campaign.pk, limit=limit)]


@dataclass(frozen=True)
class Hour:
    at: datetime
    judgments: int


PACE = """
SELECT hour AS at, count(judgment.id) AS judgments
FROM generate_series(%(first)s, %(last)s, interval '1 hour') AS hour
LEFT JOIN (
    SELECT judgment.id, judgment.judged_at FROM annotation_judgment AS judgment
    JOIN annotation_task AS task ON task.id = judgment.task_id
    WHERE task.campaign_id = %(campaign)s
      AND judgment.judged_at >= %(first)s AND judgment.withdrawn_at IS NULL
) AS judgment ON judgment.judged_at >= hour AND judgment.judged_at < hour + interval '1 hour'
GROUP BY hour ORDER BY hour
"""


def pace(campaign: Campaign, *, now: datetime | None = None) -> list[Hour]:
    """Judgments of each of the last hours, the current one last."""
    last = (now or timezone.now()).replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS - 1)
    return [Hour(**row) for row in rows(PACE, campaign=campaign.pk, first=first, last=last)]


OVERVIEW = """
SELECT task.campaign_id AS campaign, count(*) AS tasks, count(verdict.id) AS decided
FROM annotation_task AS task
LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
WHERE task.campaign_id = ANY(%(campaigns)s) AND task.pool <> 'gold'
GROUP BY task.campaign_id
"""


def overview(campaigns: list[Campaign]) -> dict[int, dict[str, int]]:
    """campaign id -> tasks and how many of them are decided, without gold."""
    found = rows(OVERVIEW, campaigns=[campaign.pk for campaign in campaigns])
    return {row["campaign"]: row for row in found}


def rows(sql: str, **values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
