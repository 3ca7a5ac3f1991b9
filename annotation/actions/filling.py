"""Tasks from candidates: streamed, in batches, the same however often it is run."""

import json
from collections.abc import Iterator
from itertools import islice

from django.db import connection, transaction

from annotation import kinds
from annotation.actions.chance import RANKS, draws
from annotation.kinds import NewTask
from annotation.models import Campaign, Pool
from people.models import Change

BATCH = 5_000
WORTH_ANALYZING = 1_000

NEW_TASKS = """
CREATE TEMPORARY TABLE new_task (
    candidate_id bigint, revision int, language text, content jsonb, rank float8, pool text
) ON COMMIT DROP
"""
COPY = "COPY new_task (candidate_id, revision, language, content, rank, pool) FROM STDIN"
INSERT = """
INSERT INTO annotation_task (
    campaign_id, candidate_id, revision, language, content, rank, pool,
    seats_free, seats_granted, taken_by, lapsed, chosen_by, gold_answer, gold_reason, created_at
)
SELECT %(campaign)s, candidate_id, revision, language, content, rank, pool,
    %(seats)s, %(seats)s, '{}', '{}', 'random', '', '', now()
FROM new_task
ON CONFLICT (campaign_id, candidate_id, revision) DO NOTHING
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
        cursor.execute(INSERT, {"campaign": campaign.pk, "seats": campaign.first_seats})
        return cursor.rowcount


def _rows(campaign: Campaign, batch: list[NewTask]) -> Iterator[tuple]:
    for new in batch:
        place, lot = draws(campaign.seed, new.candidate_id, new.revision, new.group)
        pool = Pool.EVALUATION if lot < campaign.evaluation_share else Pool.MODEL
        content = json.dumps(new.content, ensure_ascii=False)
        yield new.candidate_id, new.revision, new.language, content, place * RANKS, str(pool)
