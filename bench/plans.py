"""How PostgreSQL carries out the statements of serving: what EXPLAIN says, on the data of a bench."""

from django.db import connection, transaction

# A campaign as people run them: a test to be passed, and near-duplicates that wait behind others.
CLUSTERS = """
UPDATE annotation_task AS task
SET cluster = md5(task.id::text), represented_by_id = task.id - 1, seats_free = 0, seats_granted = 0
WHERE campaign_id = %(campaign)s AND id %% 10 = 0 AND cardinality(taken_by) = 0
  AND EXISTS (SELECT 1 FROM annotation_task WHERE id = task.id - 1 AND campaign_id = %(campaign)s)
"""


def plans(*, campaign: int) -> dict[str, list[str]]:
    from annotation.actions.serving import _claiming, _places, _renewing, _values, timezone
    from annotation.models import Campaign, Participation, QualityPolicy
    from people.models import User

    of = Campaign.objects.get(pk=campaign)
    reader = User.objects.filter(username="annotator0").get()
    with connection.cursor() as cursor:
        cursor.execute(CLUSTERS, {"campaign": campaign})
        clustered = cursor.rowcount
        cursor.execute("VACUUM (ANALYZE) annotation_task")
    QualityPolicy.objects.update_or_create(campaign=of, defaults={"test_size": 5})
    qualified = {"qualified_at": timezone.now()}
    Participation.objects.update_or_create(campaign=of, annotator=reader, defaults=qualified)
    told = {"near-duplicates": [str(clustered)]}
    for name, size, reads in (
        ("claim of one", 1, ["en", "zh"]),
        ("claim of eight", 8, ["en", "zh"]),
        ("claim of one, one language", 1, ["zh"]),
    ):
        reader.reads = reads
        values = _values(of, reader, at=timezone.now(), places=_places(size))
        told[name] = _explained(_claiming("pool <> 'gold'", "rank", size), values)
    told["renewal"] = _explained(_renewing(), _values(of, reader, size=8, have=[]))
    return told


def _explained(sql: str, values: dict) -> list[str]:
    """Twice, so that what is told is not the reading in of pages; nothing is kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(2):
            savepoint = transaction.savepoint()
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {sql}", values)
            lines = [line for (line,) in cursor.fetchall()]
            transaction.savepoint_rollback(savepoint)
        transaction.set_rollback(True)
    return lines
