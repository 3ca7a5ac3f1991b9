"""Tasks from candidates: streamed, in batches, the same however often it is run."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import orjson
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from annotation import kinds
from annotation.actions import clusters
from annotation.actions.chance import RANKS, chance_of, draws
from annotation.bell import bell
from annotation.kinds import NewTask
from annotation.locks import alone
from annotation.models import Campaign, Filling, FillingStatus, Pool
from people.models import Change

BATCH = 10_000
WORTH_ANALYZING = 1_000
AT_ONCE = 2_000  # tasks that a request makes; further ones are a worker's

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


@dataclass(frozen=True)
class Started:
    """What a request did of a filling."""

    added: int
    goes_on: bool  # in a worker


def start_filling(campaign: Campaign, *, by=None, most: int = AT_ONCE) -> Started:
    """Fill as much as a request can wait for; a worker does the rest."""
    filling = Filling.objects.under_way().filter(campaign=campaign).first()
    if filling:
        return Started(0, goes_on=True)
    added = fill_campaign(campaign, by=by, most=most)
    if added < most:
        return Started(added, goes_on=False)
    now = timezone.now()
    told = {"status": FillingStatus.QUEUED, "added": added, "by": by, "asked_at": now, "beat_at": now}
    Filling.objects.update_or_create(campaign=campaign, defaults={**told, "finished_at": None, "why": ""})
    transaction.on_commit(lambda: _tell(campaign.pk), robust=True)
    return Started(added, goes_on=True)


def _tell(campaign_id: int) -> None:
    from annotation.tasks import fill  # tasks import this module

    bell.ring(f"filling of campaign {campaign_id}", lambda: fill.apply_async((campaign_id,), retry=False))


def go_on_filling(campaign_id: int) -> int:
    """What a worker does; called again it goes on where it was, beside another worker it does nothing."""
    with alone("filling", campaign_id) as is_mine:
        return _go_on(campaign_id) if is_mine else 0


def _go_on(campaign_id: int) -> int:
    filling = Filling.objects.under_way().select_related("campaign").filter(pk=campaign_id).first()
    if filling is None:
        return 0
    row = Filling.objects.filter(pk=campaign_id)
    row.update(status=FillingStatus.RUNNING, beat_at=timezone.now())

    def note(added: int) -> None:
        row.update(added=F("added") + added, beat_at=timezone.now())

    try:
        added = fill_campaign(filling.campaign, by=filling.by, on_batch=note)
    except Exception as error:
        row.update(status=FillingStatus.FAILED, finished_at=timezone.now(), why=str(error)[:500])
        raise
    row.update(status=FillingStatus.DONE, finished_at=timezone.now())
    return added


def fill_campaign(
    campaign: Campaign,
    *,
    by=None,
    actor: str = "",
    most: int | None = None,
    on_batch: Callable[[int], None] = lambda added: None,
) -> int:
    """Make a task of every candidate that the campaign has not asked about; how many are new.

    Each batch is committed by itself, so a fill that is killed goes on where it was. `most` stops after
    so many candidates; `on_batch` hears how many were new in each batch.
    """
    source = kinds.get(campaign.kind).source(campaign)
    wanted = islice((new for new in source if new.language in campaign.languages), most)
    added = 0
    for batch in _written_out(campaign, wanted):
        new = _add(campaign, batch)
        added += new
        on_batch(new)
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


@dataclass(frozen=True)
class Batch:
    """Rows of `new_task` as COPY takes them."""

    text: bytes
    is_clustered: bool


def _written_out(campaign: Campaign, wanted: Iterator[NewTask]) -> Iterator[Batch]:
    """Batches, each written out by a thread of its own while PostgreSQL takes in the one before."""
    with ThreadPoolExecutor(1) as writer:
        ahead = None
        while batch := list(islice(wanted, BATCH)):
            after, ahead = ahead, writer.submit(_write_out, campaign, batch)
            if after:
                yield after.result()
        if ahead:
            yield ahead.result()


def _write_out(campaign: Campaign, batch: list[NewTask]) -> Batch:
    return Batch(b"".join(_rows(campaign, batch)), any(new.cluster for new in batch))


@transaction.atomic
def _add(campaign: Campaign, batch: Batch) -> int:
    with connection.cursor() as cursor:
        # Only inside the caller's own transaction can the table of an earlier batch still be there.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.new_task")
        cursor.execute(NEW_TASKS)
        with cursor.copy(COPY) as copy:
            copy.write(batch.text)
        if batch.is_clustered:
            # Two fills at once must not both find that nobody stands for a cluster yet.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fill'), %s)", [campaign.pk])
        cursor.execute(INSERT, {"campaign": campaign.pk, "seats": campaign.first_seats})
        added = cursor.rowcount
    if batch.is_clustered:
        clusters.join(campaign.pk)
    return added


def _rows(campaign: Campaign, batch: list[NewTask]) -> Iterator[bytes]:
    seed, share, check_share = campaign.seed, campaign.evaluation_share, campaign.check_share
    for new in batch:
        place, lot = draws(seed, new.candidate_id, new.revision, new.group)
        pool = Pool.EVALUATION.value if lot < share else Pool.MODEL.value
        cluster, is_check = "", False
        if new.cluster:
            cluster = hashlib.blake2b(new.cluster.encode(), digest_size=16).hexdigest()
            is_check = chance_of(seed, new.candidate_id) < check_share
        named = f"{new.candidate_id}\t{new.revision}\t{new.language}\t".encode()
        drawn = f"\t{place * RANKS!r}\t{pool}\t{cluster}\t{is_check}\n".encode()
        # JSON has no raw tabs or line ends; a backslash is all that COPY would take for its own.
        yield named + orjson.dumps(new.content).replace(b"\\", b"\\\\") + drawn
