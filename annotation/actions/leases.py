"""Leases that ran out give their seats back."""

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from annotation.actions.gold_seats import keep_closed
from annotation.actions.judging import count_late_answers
from annotation.actions.settling import advance
from annotation.models import Answer, Judgment, Pool, Task

BATCH = 1000

# First the tasks (judging locks in the same order), skipping what somebody is answering right now.
LOCK_TASKS = """
SELECT id FROM annotation_task
WHERE id IN (SELECT task_id FROM annotation_lease WHERE expires_at < now() ORDER BY expires_at LIMIT %s)
ORDER BY id
FOR NO KEY UPDATE SKIP LOCKED
"""

# A statement of its own: it sees everything that was committed before the locks were granted, so a
# lease that was answered or renewed in between is left alone. Who never answered may be asked again.
RELEASE = """
WITH gone AS (
    DELETE FROM annotation_lease WHERE task_id = ANY(%s) AND expires_at < now()
    RETURNING task_id, annotator_id
), freed AS (
    SELECT task_id, count(*) AS seats, array_agg(annotator_id) AS people FROM gone GROUP BY task_id
), updated AS (
    UPDATE annotation_task AS task
    SET seats_free = seats_free + freed.seats,
        taken_by = ARRAY(
            SELECT person FROM unnest(taken_by) WITH ORDINALITY AS list (person, place)
            WHERE person <> ALL(freed.people) ORDER BY place
        ),
        lapsed = lapsed || freed.people
    FROM freed WHERE task.id = freed.task_id
)
SELECT count(*) FROM gone
"""


def release_expired_leases() -> int:
    """Free the seats of all leases that ran out; how many there were."""
    released = 0
    while True:
        freed = _release_batch()
        if not freed:
            return released
        released += freed


@transaction.atomic
def _release_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TASKS, [BATCH])
        locked = [task_id for (task_id,) in cursor.fetchall()]
        cursor.execute(RELEASE, [locked])
        freed = cursor.fetchone()[0]
    known = Task.objects.open().filter(pk__in=locked, pool=Pool.GOLD)
    for task in known:
        keep_closed(task)
    freed_tasks = Task.objects.open().filter(pk__in=locked).select_related("campaign").order_by("pk")
    answered = Judgment.objects.standing().filter(task=OuterRef("pk")).exclude(answer=Answer.SKIP)
    for task in freed_tasks.filter(Exists(answered.filter(is_counted=False))):
        count_late_answers(task)
    # A trusted annotator's answer may have made the freed seat superfluous.
    alone = freed_tasks.filter(Exists(answered.filter(is_counted=True)), campaign__trusted_alone=True)
    for task in alone:
        advance(task)
    return freed
