"""New tasks, written straight into their table: ids, clusters and seats are known before a row is sent.

One filling of a campaign adds at a time, so that what another one has added is seen and nothing can conflict.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from django.db import connection, transaction
from django.utils import timezone

from annotation.actions import clusters
from annotation.actions.chance import RANKS, chance_of, draws
from annotation.kinds import NewTask
from annotation.models import Campaign, Pool

COPY = """
COPY annotation_task (
    id, represented_by_id, is_check, seats_free, seats_granted,
    candidate_id, revision, language, content, rank, pool, cluster,
    campaign_id, taken_by, lapsed, chosen_by, gold_answer, gold_reason, created_at
) FROM STDIN
"""
# By a range of `task_once`, which no other index serves as well whatever the planner knows of the campaign.
NEAR = "campaign_id = %(campaign)s AND candidate_id BETWEEN %(first)s AND %(last)s"
ANY_NEAR = f"SELECT EXISTS (SELECT 1 FROM annotation_task WHERE {NEAR})"  # noqa: S608
THERE = f"""
SELECT candidate_id, revision FROM annotation_task
JOIN unnest(%(candidates)s::bigint[], %(revisions)s::int[]) AS new (candidate_id, revision)
    USING (candidate_id, revision)
WHERE {NEAR}
"""  # noqa: S608
# As text, and in one piece: ten thousand numbers one by one would cost as much as storing a thousand rows.
IDS = """
SELECT string_agg(n::text, ',') FROM (
    SELECT nextval(pg_get_serial_sequence('annotation_task', 'id')) AS n FROM generate_series(1, %s)
) AS reserved
"""
ADDS_ALONE = "SELECT pg_advisory_xact_lock(hashtext('fill'), %s)"


@dataclass(frozen=True)
class Batch:
    """Candidates with the part of their rows that depends on nothing else, as COPY takes it."""

    keys: list[tuple[int, int]]  # candidate, revision
    clusters: list[str]
    rows: list[bytes]


def write_out(campaign: Campaign, candidates: Iterable[NewTask]) -> Batch:
    """No candidate twice."""
    batch = Batch([], [], [])
    seed, share = campaign.seed, campaign.evaluation_share
    alike = f"\t{campaign.pk}\t{{}}\t{{}}\trandom\t\t\t{timezone.now().isoformat()}\n"
    seen = set()
    for new in candidates:
        key = new.candidate_id, new.revision
        if key in seen:
            continue
        seen.add(key)
        place, lot = draws(seed, new.candidate_id, new.revision, new.group)
        pool = Pool.EVALUATION.value if lot < share else Pool.MODEL.value
        cluster = hashlib.blake2b(new.cluster.encode(), digest_size=16).hexdigest() if new.cluster else ""
        named = f"{new.candidate_id}\t{new.revision}\t{new.language}\t".encode()
        drawn = f"\t{place * RANKS!r}\t{pool}\t{cluster}{alike}".encode()
        # JSON has no raw tabs or line ends; a backslash is all that COPY would take for its own.
        batch.rows.append(named + orjson.dumps(new.content).replace(b"\\", b"\\\\") + drawn)
        batch.keys.append(key)
        batch.clusters.append(cluster)
    return batch


@transaction.atomic
def add(campaign: Campaign, batch: Batch) -> int:
    """Tasks of those that the campaign has none of; how many."""
    with connection.cursor() as cursor:
        cursor.execute(ADDS_ALONE, [campaign.pk])
        there = _there(cursor, campaign, batch)
        new = [place for place, key in enumerate(batch.keys) if key not in there]
        if not new:
            return 0
        cursor.execute(IDS, [len(new)])
        ids = cursor.fetchone()[0].split(",")
        stands = clusters.standing(campaign, {batch.clusters[place] for place in new} - {""})
        rows, joined = _rows(campaign, batch, new, ids, stands)
        with cursor.copy(COPY) as copy:
            copy.write(b"".join(rows))
    clusters.welcome(joined)
    return len(new)


def _there(cursor, campaign: Campaign, batch: Batch) -> set[tuple[int, int]]:
    candidates, revisions = (list(column) for column in zip(*batch.keys, strict=True))
    values = {"campaign": campaign.pk, "first": min(candidates), "last": max(candidates)}
    cursor.execute(ANY_NEAR, values)
    if not cursor.fetchone()[0]:
        return set()
    cursor.execute(THERE, {**values, "candidates": candidates, "revisions": revisions})
    return set(cursor.fetchall())


def _rows(
    campaign: Campaign, batch: Batch, new: list[int], ids: list[str], stands: dict[str, str]
) -> tuple[list[bytes], set[int]]:
    """What COPY takes, and which tasks others have joined. The first of a cluster stands for it."""
    seats = campaign.first_seats
    alone = f"\t\\N\tf\t{seats}\t{seats}\t".encode()
    rows, joined = [], set()
    for number, place in zip(ids, new, strict=True):
        cluster = batch.clusters[place]
        first = stands.setdefault(cluster, number) if cluster else number
        if first is number:
            rows.append(number.encode() + alone + batch.rows[place])
            continue
        joined.add(int(first))
        is_check = chance_of(campaign.seed, batch.keys[place][0]) < campaign.check_share
        free = seats if is_check else 0
        rows.append(f"{number}\t{first}\t{is_check}\t{free}\t{free}\t".encode() + batch.rows[place])
    return rows, joined
