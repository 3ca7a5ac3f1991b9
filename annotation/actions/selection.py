"""What the model says about tasks, and what it wants asked first. The miner calls these two."""

from collections.abc import Iterable, Sequence
from itertools import islice
from math import floor

from django.db import connection, transaction

from annotation.models import Campaign, ChosenBy, Pool

BATCH = 5_000

SCORES = "CREATE TEMPORARY TABLE new_score (task_id bigint, score float8) ON COMMIT DROP"
# Rows are locked in one order, whoever else writes scores at the same time.
SAVE_SCORES = """
WITH locked AS (
    SELECT task.id, new_score.score FROM annotation_task AS task JOIN new_score ON new_score.task_id = task.id
    WHERE task.campaign_id = %s ORDER BY task.id FOR NO KEY UPDATE OF task
)
UPDATE annotation_task AS task SET score = locked.score, scored_by = %s FROM locked WHERE task.id = locked.id
"""

CHOICES = """
CREATE TEMPORARY TABLE choice (task_id bigint, place float8, chosen_by text) ON COMMIT DROP
"""
# What somebody has begun stays in front of what selection wants, or it would never be finished; breadth
# first, it has its turn when everything has been asked once.
PUT_FIRST = """
WITH front AS (
    SELECT coalesce(min(rank), 0) AS rank FROM annotation_task
    WHERE campaign_id = %(campaign)s AND seats_free > 0
), begun AS (
    SELECT id, row_number() OVER (ORDER BY rank, id) AS place FROM annotation_task
    WHERE campaign_id = %(campaign)s AND seats_free > 0 AND pool <> 'gold' AND seats_free <> seats_granted
      AND NOT %(breadth_first)s
), wanted AS (
    SELECT id, (SELECT count(*) FROM begun) + place AS place, chosen_by FROM (
        SELECT task.id, row_number() OVER (ORDER BY choice.place) AS place, choice.chosen_by
        FROM annotation_task AS task JOIN choice ON choice.task_id = task.id
        WHERE task.campaign_id = %(campaign)s AND task.seats_free = task.seats_granted
    ) AS chosen
    UNION ALL
    SELECT id, place, NULL FROM begun
), locked AS (
    SELECT task.id, wanted.place, wanted.chosen_by
    FROM annotation_task AS task JOIN wanted ON wanted.id = task.id
    WHERE wanted.chosen_by IS NULL OR task.seats_free = task.seats_granted
    ORDER BY task.id FOR NO KEY UPDATE OF task
)
UPDATE annotation_task AS task
SET rank = front.rank - (SELECT count(*) FROM wanted) - 1 + locked.place,
    chosen_by = coalesce(locked.chosen_by, task.chosen_by)
FROM locked, front WHERE task.id = locked.id
RETURNING locked.chosen_by
"""

NEXT_EVALUATION = """
SELECT id FROM annotation_task
WHERE campaign_id = %s AND seats_free > 0 AND seats_free = seats_granted AND pool = 'evaluation'
ORDER BY rank, id LIMIT %s
"""


class NotSelectable(ValueError):
    """Selection may not touch the evaluation sample or gold, nor another campaign's tasks."""

    def __init__(self, task_ids: list[int]):
        self.task_ids = task_ids
        super().__init__(f"not tasks of the campaign's model pool: {task_ids[:10]}")


def write_scores(campaign: Campaign, model_version_id: int, rows: Iterable[tuple[int, float]]) -> int:
    """Store (task id, probability of accept) pairs; evaluation tasks are scored too, but not ranked by it."""
    rows = iter(rows)
    written = 0
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.new_score")
            cursor.execute(SCORES)
            with cursor.copy("COPY new_score FROM STDIN") as copy:
                for task_id, score in batch:
                    copy.write_row((int(task_id), float(score)))
            cursor.execute(SAVE_SCORES, [campaign.pk, model_version_id])
            written += cursor.rowcount
    return written


@transaction.atomic
def put_first(campaign: Campaign, rows: Sequence[tuple[int, str]]) -> int:
    """Ask these (task id, chosen_by) next, in this order; how many were still free to be moved.

    Only tasks of the model pool may be named. Between them come the next tasks of the evaluation
    sample in their own random order, at the campaign's share, so that evaluation labels keep arriving.
    """
    rows = [(int(task_id), str(ChosenBy(chosen_by))) for task_id, chosen_by in rows]
    named = {task_id for task_id, _chosen_by in rows}
    own = set(campaign.tasks.filter(pk__in=named, pool=Pool.MODEL).values_list("pk", flat=True))
    if named != own:
        raise NotSelectable(sorted(named - own))
    with connection.cursor() as cursor:
        # One selection at a time: the order of the evaluation sample is kept from one to the next.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('put_first'), %s)", [campaign.pk])
        share = min(campaign.evaluation_share, 0.9)
        extra = floor(len(rows) * share / (1 - share))
        cursor.execute(NEXT_EVALUATION, [campaign.pk, extra])
        evaluation = [task_id for (task_id,) in cursor.fetchall()]
        cursor.execute("DROP TABLE IF EXISTS pg_temp.choice")
        cursor.execute(CHOICES)
        with cursor.copy("COPY choice FROM STDIN") as copy:
            for place, (task_id, chosen_by) in enumerate(interleave(rows, evaluation)):
                copy.write_row((task_id, place, chosen_by))
        cursor.execute(PUT_FIRST, {"campaign": campaign.pk, "breadth_first": campaign.breadth_first})
        return sum(chosen_by is not None for (chosen_by,) in cursor.fetchall())


def interleave(rows: Sequence[tuple[int, str]], evaluation: Sequence[int]) -> list[tuple[int, str]]:
    """The evaluation tasks spread evenly among the rows, both in their own order."""
    spread = [((place + 0.5) / len(rows), row) for place, row in enumerate(rows)]
    random = [((place + 0.5) / len(evaluation), (task, "random")) for place, task in enumerate(evaluation)]
    return [row for _place, row in sorted(spread + random, key=lambda placed: placed[0])]
