"""Tasks from candidates: streamed, in batches, the same however often it is run."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from annotation import kinds
from annotation.actions.new_tasks import Batch, add, write_out
from annotation.bell import bell
from annotation.kinds import NewTask
from annotation.locks import alone
from annotation.models import Campaign, Filling, FillingStatus
from people.models import Change

Done = TypeVar("Done")

BATCH = 10_000
WORTH_ANALYZING = 1_000
AT_ONCE = 2_000  # tasks that a request makes; further ones are a worker's

# Without figures about many new rows the planner would sort the queue instead of walking it. Nothing is ever
# planned by what is in `content`, and looking at that would take longest.
ANALYZE = """
ANALYZE annotation_task (
    id, campaign_id, candidate_id, revision, language, rank, pool, seats_free, seats_granted, cluster,
    represented_by_id, is_check, taken_by, score
)
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
    for new in _added(campaign, wanted):
        added += new
        on_batch(new)
    if added >= WORTH_ANALYZING:
        with connection.cursor() as cursor:
            cursor.execute(ANALYZE)
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


def _added(campaign: Campaign, wanted: Iterator[NewTask]) -> Iterator[int]:
    """How many were new in each batch.

    By a connection of its own, while this one reads the next candidates; within a transaction, where that
    one could not see what has been written, one after the other.
    """
    batches = _written_out(campaign, wanted)
    if connection.in_atomic_block:
        for batch in batches:
            yield add(campaign, batch)
        return
    with ThreadPoolExecutor(1) as adder:
        try:
            yield from _one_ahead(
                adder, (partial(_add_in_its_own_time, campaign, batch) for batch in batches)
            )
        finally:
            adder.submit(lambda: connection.close())  # that of the thread


def _add_in_its_own_time(campaign: Campaign, batch: Batch) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            # What a crash of PostgreSQL loses is found missing and filled again. For this transaction only:
            # the connection goes back to a pool, and an answer that is acknowledged must be on the disk.
            cursor.execute("SET LOCAL synchronous_commit = off")
        return add(campaign, batch)


def _written_out(campaign: Campaign, wanted: Iterator[NewTask]) -> Iterator[Batch]:
    """Batches, each written out by a thread of its own while PostgreSQL takes in the one before."""
    with ThreadPoolExecutor(1) as writer:
        batches = iter(lambda: list(islice(wanted, BATCH)), [])
        yield from _one_ahead(writer, (partial(write_out, campaign, batch) for batch in batches))


def _one_ahead(thread: ThreadPoolExecutor, steps: Iterable[Callable[[], Done]]) -> Iterator[Done]:
    """What the steps return, in order; the next one is begun before anybody asks for it."""
    ahead = None
    for step in steps:
        before, ahead = ahead, thread.submit(step)
        if before:
            yield before.result()
    if ahead:
        yield ahead.result()
