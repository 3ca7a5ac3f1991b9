"""Tasks from candidates: streamed, in batches, the same however often it is run."""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice

from django.db import connection, transaction

from annotation import kinds
from annotation.actions import clusters
from annotation.actions.chance import RANKS, chance_of, draws
from annotation.kinds import NewTask
from annotation.models import Campaign, Pool
from people.models import Change

BATCH = 5_000
WORTH_ANALYZING = 1_000

NEW_TASKS = """
CREATE TEMPORARY TABLE new_task (
    candidate_id bigint, revision int, language text, content jsonb, rank float8, pool text, cluster text,
    is_check boolean
) ON COMMIT DROP;
DROP TABLE IF EXISTS pg_temp.added_task;
CREATE TEMPORARY TABLE added_task (id bigint, cluster text, is_check boolean) ON COMMIT DROP
"""
COPY = "COPY new_task (candidate_id, revision, language, content, rank, pool, cluster, is_check) FROM STDIN"
INSERT = """
WITH added AS (
    INSERT INTO annotation_task (
        campaign_id, candidate_id, revision, language, content, rank, pool, cluster,
        seats_free, seats_granted, taken_by, lapsed, chosen_by, gold_answer, gold_reason, created_at
    )
    SELECT %(campaign)s, candidate_id, revision, language, content, rank, pool, cluster,
        %(seats)s, %(seats)s, '{}', '{}', 'random', '', '', now()
    FROM new_task
    ON CONFLICT (campaign_id, candidate_id, revision) DO NOTHING
    RETURNING id, candidate_id, revision, cluster
)
INSERT INTO added_task SELECT added.id, added.cluster, new_task.is_check
FROM added JOIN new_task USING (candidate_id, revision)
"""


def fill_campaign(campaign: Campaign, *, by=None, actor: str = "") -> int:
    """Make a task of every candidate that the campaign has not asked about; how many are new.

    Each batch is committed by itself, so a fill that is killed goes on where it was.
    """
    wanted = (new for new in kinds.get(campaign.kind).source(campaign) if new.language in campaign.languages)
    added = 0
    while batch := list(islice(wanted, BATCH)):
        added += _add(campaign, batch)
    if added >= WORTH_ANALYZING:
        # Without figures about so many new rows the planner would sort the queue instead of walking it.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE annotation_task")
    if added:
        Change.objects.create(
            by=by,
            actor=actor,
            action="fill",
            entity="campaign",
            entity_id=campaign.pk,
            after={"tasks": added},
        )
    return added


@transaction.atomic
def _add(campaign: Campaign, batch: list[NewTask]) -> int:
    with connection.cursor() as cursor:
        # Only inside the caller's own transaction can the table of an earlier batch still be there.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.new_task")
        cursor.execute(NEW_TASKS)
        with cursor.copy(COPY) as copy:
            for row in _rows(campaign, batch):
                copy.write_row(row)
        is_clustered = any(new.cluster for new in batch)
        if is_clustered:
            # Two fills at once must not both find that nobody stands for a cluster yet.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fill'), %s)", [campaign.pk])
        cursor.execute(INSERT, {"campaign": campaign.pk, "seats": campaign.first_seats})
        added = cursor.rowcount
    if is_clustered:
        clusters.join(campaign.pk)
    return added


def _rows(campaign: Campaign, batch: list[NewTask]) -> Iterator[tuple]:
    for new in batch:
        place, lot = draws(campaign.seed, new.candidate_id, new.revision, new.group)
        pool = Pool.EVALUATION if lot < campaign.evaluation_share else Pool.MODEL
        content = json.dumps(new.content, ensure_ascii=False)
        cluster, is_check = "", False
        if new.cluster:
            cluster = hashlib.blake2b(new.cluster.encode(), digest_size=16).hexdigest()
            is_check = chance_of(campaign.seed, new.candidate_id) < campaign.check_share
        named = new.candidate_id, new.revision, new.language
        yield *named, content, place * RANKS, str(pool), cluster, is_check
