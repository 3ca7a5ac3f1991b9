"""Tasks as if somebody had never answered, or as their standing judgments alone make them: in batches.

A batch of tasks is locked for a fraction of a second, so that nobody who is answering waits for long. What
one statement can say of many tasks is said so; known answers, late answers and verdicts that have
consequences go one by one through the actions that everybody else uses.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction

from annotation.actions.gold_seats import keep_closed
from annotation.actions.judging import count_late_answers
from annotation.actions.settling import advance, change_seats, lock_task, withdraw_or_leave_to_curator
from annotation.actions.withdrawing import withdraw_verdicts
from annotation.models import Campaign, Pool, Task, Verdict

Done = TypeVar("Done")

BATCH = 50  # tasks that are locked at once; a verdict that has consequences takes some 5 ms

LOCK = "SELECT id FROM annotation_task WHERE id = ANY(%(tasks)s) ORDER BY id FOR NO KEY UPDATE"
TAKE_OUT = """
WITH held AS (
    DELETE FROM annotation_lease WHERE annotator_id = %(annotator)s AND task_id = ANY(%(tasks)s)
    RETURNING task_id
), gone AS (
    UPDATE annotation_judgment SET removed_at = now()
    WHERE annotator_id = %(annotator)s AND task_id = ANY(%(tasks)s)
      AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL
    RETURNING task_id, is_counted
), freed AS (
    SELECT task_id, count(*) AS seats FROM (
        SELECT task_id FROM held UNION ALL SELECT task_id FROM gone WHERE is_counted
    ) AS each GROUP BY task_id
), changed AS (
    UPDATE annotation_task AS task
    SET seats_free = task.seats_free + coalesce(freed.seats, 0),
        taken_by = array_remove(task.taken_by, %(annotator)s::bigint)
    FROM unnest(%(tasks)s::bigint[]) AS wanted (id) LEFT JOIN freed ON freed.task_id = wanted.id
    WHERE task.id = wanted.id
)
SELECT count(*) FROM gone
"""
# Known answers, and those with a free seat while somebody's late answer waits to be counted.
BY_THEMSELVES = """
SELECT id FROM annotation_task AS task
WHERE id = ANY(%(tasks)s) AND (pool = 'gold' OR seats_free > 0 AND EXISTS (
    SELECT 1 FROM annotation_judgment AS late
    WHERE late.task_id = task.id AND NOT late.is_counted AND late.answer <> 'skip'
      AND late.withdrawn_at IS NULL AND late.removed_at IS NULL AND late.set_aside_at IS NULL))
ORDER BY id
"""
# Seats beyond the first were granted because of what was said then; now that may be otherwise.
SEATS = """
UPDATE annotation_task AS task
SET seats_granted = fair.granted, seats_free = task.seats_free + fair.granted - task.seats_granted
FROM (
    SELECT id, CASE WHEN EXISTS (
            SELECT 1 FROM annotation_verdict WHERE task_id = given.id AND withdrawn_at IS NULL)
        THEN given.taken ELSE greatest(%(first_seats)s, given.taken) END AS granted
    FROM (
        SELECT wanted.id,
            (SELECT count(*) FROM annotation_lease WHERE task_id = wanted.id)
            + (SELECT count(*) FROM annotation_judgment WHERE task_id = wanted.id AND is_counted
                AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL) AS taken
        FROM unnest(%(tasks)s::bigint[]) AS wanted (id)
    ) AS given
) AS fair
WHERE task.id = fair.id AND task.seats_granted <> fair.granted
"""
# Without a verdict although everybody who was asked has answered.
READY = """
SELECT task.id FROM annotation_task AS task
WHERE task.id = ANY(%(tasks)s) AND task.pool <> 'gold' AND (%(trusted_alone)s OR (
    NOT EXISTS (SELECT 1 FROM annotation_verdict WHERE task_id = task.id AND withdrawn_at IS NULL)
    AND (SELECT count(*) FROM annotation_judgment WHERE task_id = task.id AND is_counted
         AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL)
        >= greatest(1, task.seats_granted)))
ORDER BY id
"""


def take_out(campaign: Campaign, task_ids: Iterable[int], annotator) -> int:
    """Their answers and leases, off these tasks; how many answers."""
    return sum(_each_batch(task_ids, lambda tasks: _take_out(campaign, tasks, annotator.pk)))


def start_over(campaign: Campaign, task_ids: Iterable[int]) -> None:
    """Without verdicts (but curators'), with as many seats as the policy first grants."""
    for _done in _each_batch(task_ids, lambda tasks: _start_over(campaign, tasks)):
        pass


def advance_all(campaign: Campaign, task_ids: Iterable[int]) -> None:
    """The next step of each: one more seat, or a verdict."""
    for _done in _each_batch(task_ids, lambda tasks: _advance(campaign, tasks)):
        pass


def _each_batch(task_ids: Iterable[int], run: Callable[[list[int]], Done]) -> Iterator[Done]:
    """Each in a transaction of its own, with its tasks locked in the order of their keys."""
    rest = iter(sorted(task_ids))
    while tasks := list(islice(rest, BATCH)):
        with transaction.atomic():
            _rows(LOCK, tasks=tasks)
            done = run(tasks)
        yield done


def _take_out(campaign: Campaign, tasks: list[int], annotator: int) -> int:
    ((removed,),) = _rows(TAKE_OUT, tasks=tasks, annotator=annotator)
    for gold in Task.objects.filter(pk__in=tasks, pool=Pool.GOLD):
        gold.campaign = campaign
        keep_closed(gold)
    return removed


def _start_over(campaign: Campaign, tasks: list[int]) -> None:
    alone = [task_id for (task_id,) in _rows(BY_THEMSELVES, tasks=tasks)]
    for task_id in alone:
        _start_one_over(campaign, task_id)
    others = sorted(set(tasks) - set(alone))
    withdraw_verdicts(campaign, Verdict.objects.standing().filter(task__in=others, decided_by=None))
    _rows(SEATS, tasks=others, first_seats=campaign.first_seats)


def _start_one_over(campaign: Campaign, task_id: int) -> None:
    task = lock_task(campaign, task_id)
    if task.is_gold:
        _forget_verdict_beneath(task)
        return
    verdict = task.verdicts.standing().select_for_update(no_key=True).filter(decided_by=None).first()
    if verdict is not None:
        withdraw_or_leave_to_curator(task, verdict)
    count_late_answers(task)
    taken = task.judgments.counted().count() + task.leases.count()
    is_decided = task.verdicts.standing().exists()
    granted = taken if is_decided else max(campaign.first_seats, taken)
    change_seats(task, granted - task.seats_granted)


def _forget_verdict_beneath(task: Task) -> None:
    """A known answer keeps the verdict from before it was known only as long as its answers stand."""
    verdict = task.verdicts.standing().filter(decided_by=None).first()
    if verdict and not set(verdict.basis) <= set(task.judgments.counted().values_list("pk", flat=True)):
        withdraw_or_leave_to_curator(task, verdict)


def _advance(campaign: Campaign, tasks: list[int]) -> None:
    for (task_id,) in _rows(READY, tasks=tasks, trusted_alone=campaign.trusted_alone):
        advance(lock_task(campaign, task_id))


def _rows(sql: str, **values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []
