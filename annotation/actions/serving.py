"""Handing out tasks: who is asked what next, at any concurrency."""

import random
import time

from annotation.actions.chance import RANKS
from annotation.models import Campaign, Pool, Task

MOST_AT_ONCE = 50
PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # seconds

# Everything that people race for lies on the task's own row: its free seats and who has taken one.
# At READ COMMITTED a row that somebody changed since this statement began is read again when its lock
# is granted, and the conditions are held against what it says now. A condition on another table
# (counting leases or judgments) would be held against the old snapshot, and hand one seat out twice.
# The UPDATE then works on the row version that was locked, for the same reason.
# One walk along the queue for each language that the person reads, so that a queue full of another
# language costs nothing; what a walk locked and the others outranked is free again with the commit.
CLAIM = """
WITH picked AS (
    SELECT queue.id FROM unnest(%(reads)s::text[]) AS spoken (language)
    CROSS JOIN LATERAL (
        SELECT id, {order} AS place FROM annotation_task
        WHERE campaign_id = %(campaign)s
          AND language = spoken.language
          AND seats_free > 0
          AND NOT taken_by @> ARRAY[%(annotator)s]::bigint[]
          AND {pool}
          AND EXISTS (SELECT 1 FROM annotation_campaign WHERE id = %(campaign)s AND status = 'running')
          AND NOT EXISTS (
            SELECT 1 FROM annotation_participation
            WHERE campaign_id = %(campaign)s AND annotator_id = %(annotator)s AND standing <> 'active'
          )
        ORDER BY {order}, id
        LIMIT {size}
        FOR UPDATE SKIP LOCKED
    ) AS queue
    ORDER BY queue.place, queue.id
    LIMIT {size}
), seated AS (
    UPDATE annotation_task AS task
    SET seats_free = seats_free - 1, taken_by = taken_by || %(annotator)s::bigint,
        lapsed = array_remove(lapsed, %(annotator)s::bigint),
        rank = rank + %(behind)s
    FROM picked WHERE task.id = picked.id
    RETURNING task.*
), leased AS (
    INSERT INTO annotation_lease (task_id, annotator_id, leased_at, expires_at)
    SELECT id, %(annotator)s, now(), now() + %(lease_for)s FROM seated ORDER BY {order}, id
)
SELECT * FROM seated ORDER BY {order}, id
"""

# Breadth first: who takes a seat sends the task behind every task that has one person fewer.
BEHIND = 1_000.0 * RANKS

# A lease is renewed for as long as its row is there: until then nobody else can have got the seat.
RENEW = """
WITH own AS (
    UPDATE annotation_lease SET expires_at = now() + %(lease_for)s
    WHERE id IN (
        SELECT lease.id FROM annotation_lease AS lease
        JOIN annotation_task AS task ON task.id = lease.task_id
        WHERE lease.annotator_id = %(annotator)s AND task.campaign_id = %(campaign)s
          AND EXISTS (SELECT 1 FROM annotation_campaign WHERE id = %(campaign)s AND status = 'running')
        ORDER BY lease.id LIMIT %(size)s
    )
    RETURNING id, task_id
)
SELECT task.* FROM own JOIN annotation_task AS task ON task.id = own.task_id ORDER BY own.id
"""


def serve(*, campaign: Campaign, annotator, size: int) -> list[Task]:
    """Up to `size` tasks held for this person: first what they already hold, then new ones.

    A reload therefore shows the same tasks again, and a browser that crashed loses nothing.
    """
    size = min(size, MOST_AT_ONCE)
    tasks = _tasks(campaign, RENEW, _values(campaign, annotator, size=size))
    wanted = size - len(tasks)
    if wanted <= 0:
        return tasks
    gold = _claim_gold(campaign, annotator, sum(random.random() < campaign.gold_share for _ in range(wanted)))
    fresh = _claim(campaign, annotator, wanted - len(gold))
    if not (tasks or gold or fresh):
        fresh = _claim_when_unlocked(campaign, annotator)
    for task in gold:
        # Known answers must not be told from their place in the queue.
        fresh.insert(random.randint(0, len(fresh)), task)
    return tasks + fresh


def _claim(campaign: Campaign, annotator, size: int) -> list[Task]:
    if size <= 0:
        return []
    sql = CLAIM.format(pool="pool <> 'gold'", order="rank", size=int(size))
    return _tasks(campaign, sql, _values(campaign, annotator))


def _claim_when_unlocked(campaign: Campaign, annotator) -> list[Task]:
    """All that is open may be locked this very moment (by scoring, say), which is not "nothing left".

    Asked again after a pause, not waited for: a statement that waits keeps the rows it has passed over
    locked meanwhile, and two of them can wait for each other.
    """
    for pause in PAUSES:
        if not _is_running(campaign) or not campaign.tasks.for_annotator(annotator).exists():
            return []
        time.sleep(pause * random.uniform(0.5, 1.5))
        if tasks := _claim(campaign, annotator, 1):
            return tasks
    return []


def _is_running(campaign: Campaign) -> bool:
    return Campaign.objects.running().filter(pk=campaign.pk).exists()


def _claim_gold(campaign: Campaign, annotator, size: int) -> list[Task]:
    """Known answers among real questions; none once there is nothing else to ask."""
    if size <= 0 or not campaign.tasks.for_annotator(annotator).exists():
        return []
    # In an order of each person's own, so that neighbours do not meet the same gold at once.
    order = "md5(id::text || ' ' || %(annotator)s::text)"
    sql = CLAIM.format(pool=f"pool = '{Pool.GOLD}'", order=order, size=int(size))
    return _tasks(campaign, sql, _values(campaign, annotator))


def _values(campaign: Campaign, annotator, **more) -> dict:
    return {
        "campaign": campaign.pk,
        "annotator": annotator.pk,
        "reads": list(annotator.reads),
        "lease_for": campaign.lease_for,
        "behind": BEHIND if campaign.breadth_first else 0.0,
        **more,
    }


def _tasks(campaign: Campaign, sql: str, values: dict) -> list[Task]:
    tasks = list(Task.objects.raw(sql, values))
    for task in tasks:
        task.campaign = campaign
    return tasks
