"""Handing out tasks: who is asked what next, at any concurrency."""

import random
import time
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from django.utils import timezone

from annotation.actions.chance import RANKS
from annotation.gate import gate_of
from annotation.models import Campaign, Pool, Task
from people.statements import columns, fetch, instances

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
          AND NOT EXISTS (
            SELECT 1 FROM annotation_qualitypolicy
            WHERE campaign_id = %(campaign)s AND test_size > 0 AND NOT EXISTS (
              SELECT 1 FROM annotation_participation
              WHERE campaign_id = %(campaign)s AND annotator_id = %(annotator)s AND qualified_at IS NOT NULL
            )
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
    RETURNING {task}
), leased AS (
    INSERT INTO annotation_lease (task_id, annotator_id, leased_at, expires_at)
    SELECT id, %(annotator)s,
        %(at)s::timestamptz
        + (%(places)s::int[])[row_number() OVER (ORDER BY {order}, id)] * interval '1 microsecond',
        now() + %(lease_for)s
    FROM seated ORDER BY {order}, id
)
SELECT {seated} FROM seated ORDER BY {order}, id
"""

# Breadth first: who takes a seat sends the task behind every task that has one person fewer.
BEHIND = 1_000.0 * RANKS
APART = 10  # microseconds between the leases of one request

# A lease is renewed for as long as its row is there: until then nobody else can have got the seat.
# One that is still young is left as it is, for a page that answers every second holds eight of them.
# What the client has already need not travel again: it is only counted, and the count comes with every
# row, the only one if need be. They come in the order of their first time, known answers in between as they
# were: one that moved at a reload would give itself away.
RENEW = """
WITH own AS (
    SELECT lease.id, lease.task_id, lease.leased_at,
        lease.expires_at > now() + %(lease_for)s * 0.75 AS is_young
    FROM annotation_lease AS lease JOIN annotation_task AS task ON task.id = lease.task_id
    WHERE lease.annotator_id = %(annotator)s AND task.campaign_id = %(campaign)s
      AND EXISTS (SELECT 1 FROM annotation_campaign WHERE id = %(campaign)s AND status = 'running')
    ORDER BY lease.leased_at, lease.id LIMIT %(size)s
), renewed AS (
    UPDATE annotation_lease AS lease SET expires_at = now() + %(lease_for)s
    FROM own WHERE lease.id = own.id AND NOT own.is_young
    RETURNING lease.id
), held AS (
    SELECT id, task_id, leased_at FROM own WHERE is_young OR id IN (SELECT id FROM renewed)
)
SELECT known.number, {task}
FROM (SELECT count(*) AS number FROM held WHERE task_id = ANY(%(have)s::bigint[])) AS known
LEFT JOIN held ON held.task_id <> ALL(%(have)s::bigint[])
LEFT JOIN annotation_task AS task ON task.id = held.task_id
ORDER BY held.leased_at, held.id
"""


def serve(*, campaign: Campaign, annotator, size: int, have: Collection[int] = ()) -> list[Task]:
    """Up to `size` tasks held for this person: first what they already hold, then new ones.

    A reload therefore shows the same tasks again, and a browser that crashed loses nothing. Tasks that
    the client says it has are held on and count towards `size`, but are not returned again.
    """
    size = min(size, MOST_AT_ONCE)
    tasks, known = _renew(campaign, annotator, size, have)
    wanted = size - len(tasks) - known
    if wanted <= 0:
        return tasks
    chosen = sum(random.random() < campaign.gold_share for _ in range(wanted))
    return tasks + hand_out(
        campaign=campaign, annotator=annotator, wanted=wanted, chosen=chosen, holds_some=bool(tasks or known)
    )


def hand_out(*, campaign: Campaign, annotator, wanted: int, chosen: int, holds_some: bool) -> list[Task]:
    """So many new tasks, `chosen` of them known answers where there are any."""
    at = timezone.now()
    # Known answers must not be told from their place in the queue.
    between = sorted(APART * random.randint(0, wanted) for _ in range(chosen))
    gold = _claim_gold(campaign, annotator, at, between)
    behind = _places(wanted - len(gold))
    fresh = _claim(campaign, annotator, at, behind)
    if not (holds_some or gold or fresh):
        fresh = _claim_when_unlocked(campaign, annotator)
    placed = [*zip(between, gold, strict=False), *zip(behind, fresh, strict=False)]
    return [task for _place, task in sorted(placed, key=itemgetter(0))]


def _places(size: int) -> list[int]:
    """Microseconds after the moment of asking: a lease begins in the order in which tasks are shown."""
    return [APART * number + APART // 2 for number in range(size)]


def _renew(campaign: Campaign, annotator, size: int, have: Collection[int]) -> tuple[list[Task], int]:
    """What the person holds already and does not have, and how much they have."""
    values = _values(campaign, annotator, size=size, have=list(have))
    found = fetch(_renewing(), values)
    missing = [row[1:] for row in found if row[1] is not None]
    return _tasks(campaign, missing), found[0][0]


def _claim(campaign: Campaign, annotator, at: datetime, places: list[int]) -> list[Task]:
    if not places:
        return []
    sql = _claiming("pool <> 'gold'", "rank", len(places))
    return _tasks(campaign, fetch(sql, _values(campaign, annotator, at=at, places=places)))


def _claim_when_unlocked(campaign: Campaign, annotator) -> list[Task]:
    """All that is open may be locked this very moment (by scoring, say), which is not "nothing left".

    Asked again after a pause, not waited for: a statement that waits keeps the rows it has passed over
    locked meanwhile, and two of them can wait for each other.
    """
    for pause in PAUSES:
        if not (
            _is_running(campaign)
            and gate_of(campaign, annotator).is_open
            and campaign.tasks.for_annotator(annotator).exists()
        ):
            return []
        time.sleep(pause * random.uniform(0.5, 1.5))
        if tasks := _claim(campaign, annotator, timezone.now(), _places(1)):
            return tasks
    return []


def _is_running(campaign: Campaign) -> bool:
    return Campaign.objects.running().filter(pk=campaign.pk).exists()


def _claim_gold(campaign: Campaign, annotator, at: datetime, places: list[int]) -> list[Task]:
    """Known answers among real questions; none once there is nothing else to ask."""
    if not places or not campaign.tasks.for_annotator(annotator).exists():
        return []
    # In an order of each person's own, so that neighbours do not meet the same gold at once.
    order = "md5(id::text || ' ' || %(annotator)s::text)"
    sql = _claiming(f"pool = '{Pool.GOLD}'", order, len(places))
    return _tasks(campaign, fetch(sql, _values(campaign, annotator, at=at, places=places)))


# The size stands in the text: the planner walks the queue because it knows that a few rows are wanted.
@lru_cache
def _claiming(pool: str, order: str, size: int) -> str:
    task, seated = columns(Task, "task"), columns(Task, "seated")
    return CLAIM.format(pool=pool, order=order, size=int(size), task=task, seated=seated)


@lru_cache
def _renewing() -> str:
    return RENEW.format(task=columns(Task, "task"))


def _values(campaign: Campaign, annotator, **more) -> dict:
    return {
        "campaign": campaign.pk,
        "annotator": annotator.pk,
        "reads": list(annotator.reads),
        "lease_for": campaign.lease_for,
        "behind": BEHIND if campaign.breadth_first else 0.0,
        **more,
    }


def _tasks(campaign: Campaign, found: list[tuple]) -> list[Task]:
    tasks = list(instances(Task, found))
    for task in tasks:
        task.campaign = campaign
    return tasks
