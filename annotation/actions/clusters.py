"""Near-duplicates are asked about once: one task of a cluster stands for the others.

The others wait without seats. What people say of the representative becomes a verdict of each, with the same
judgments as its basis; a share of them is asked all the same, and one of whom people say something else is
split off and goes its own way.

Locks: the representative's row before those of its members, the members in the order of their keys.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from annotation.actions.settling import announce, lock_task, withdraw_standing
from annotation.models import Campaign, Task, Verdict
from people.models import Change
from people.statements import fetch

# Who stands for clusters. One look into the index `task_cluster` for each, and no other index serves a range
# of pairs: the planner cannot know a campaign that did not exist a moment ago, and must not have the choice.
STANDING = """
SELECT cluster, stands::text FROM (
    SELECT wanted.cluster, (
        SELECT min(first.id + 0) FROM annotation_task AS first
        WHERE (first.cluster, first.campaign_id)
            BETWEEN (wanted.cluster, %(campaign)s::bigint) AND (wanted.cluster, %(campaign)s::bigint)
          AND first.cluster <> '' AND first.represented_by_id IS NULL AND first.pool <> 'gold'
    ) AS stands
    FROM unnest(%(clusters)s::text[]) AS wanted (cluster)
) AS found
WHERE stands IS NOT NULL
"""
LOCK = """
SELECT id FROM annotation_task
WHERE id = ANY(%s) AND cluster <> '' AND represented_by_id IS NULL AND pool <> 'gold'
ORDER BY id FOR NO KEY UPDATE
"""
# What the annotator is shown beside the representative's own spelling.
SPELLINGS = """
UPDATE annotation_task AS task SET content = coalesce((
    SELECT task.content || jsonb_build_object('spellings', jsonb_agg(
        coalesce(member.content -> 'phrase', member.content -> 'text') ORDER BY member.id))
    FROM annotation_task AS member WHERE member.represented_by_id = task.id
    HAVING count(*) > 0), task.content - 'spellings')
WHERE id = ANY(%s)
"""

LOCK_MEMBERS = """
SELECT id FROM annotation_task WHERE represented_by_id = %(task)s ORDER BY id FOR NO KEY UPDATE
"""
TAKE = """
INSERT INTO annotation_verdict (
    task_id, taken_from_id, answer, reason, typicality, posterior, posteriors, confidence, people_posterior,
    is_disputed, decided_by_id, why, method, votes, basis, formed_at, acted_at, withdrawn_at
)
SELECT member.id, said.id, said.answer, said.reason, said.typicality, said.posterior, said.posteriors,
    said.confidence, said.people_posterior, false, said.decided_by_id, said.why, said.method, said.votes,
    said.basis, now(), CASE WHEN said.answer <> 'accept' THEN now() END, NULL
FROM annotation_verdict AS said JOIN annotation_task AS member ON member.represented_by_id = said.task_id
WHERE said.id = %(verdict)s AND said.withdrawn_at IS NULL AND NOT said.is_disputed AND NOT member.is_check
  AND NOT EXISTS (
    SELECT 1 FROM annotation_verdict WHERE task_id = member.id AND withdrawn_at IS NULL)
RETURNING id, acted_at IS NULL
"""
FOLLOW = """
UPDATE annotation_verdict AS taken
SET posterior = said.posterior, posteriors = said.posteriors, people_posterior = said.people_posterior,
    confidence = said.confidence
FROM annotation_verdict AS said
WHERE said.id = ANY(%s) AND taken.taken_from_id = said.id AND taken.withdrawn_at IS NULL
"""
# Members that were asked and of which people said something else than of the one that stands for them.
DISAGREEING = """
SELECT member.id FROM annotation_task AS member
JOIN annotation_verdict AS own ON own.task_id = member.id AND own.withdrawn_at IS NULL
JOIN annotation_verdict AS said ON said.task_id = member.represented_by_id AND said.withdrawn_at IS NULL
WHERE member.represented_by_id = %(stands)s AND member.is_check AND own.answer <> said.answer
  AND NOT own.is_disputed AND NOT said.is_disputed
ORDER BY member.id
"""


def standing(campaign: Campaign, digests: set[str]) -> dict[str, str]:
    """Cluster -> the id of the task that stands for it, locked, of those that have one."""
    # Digests need no quotes, and ten thousand are written at once faster than one by one.
    wanted: dict[str, Any] = {"campaign": campaign.pk, "clusters": "{" + ",".join(sorted(digests)) + "}"}
    with connection.cursor() as cursor:
        while True:
            cursor.execute(STANDING, wanted)
            found = dict(cursor.fetchall())
            cursor.execute(LOCK, [[int(stands) for stands in found.values()]])
            # Between look and lock one may have handed its cluster over.
            if cursor.rowcount == len(found):
                return found


def welcome(stands: set[int]) -> None:
    """Others have joined these tasks: they show the further spellings and pass on what is known already."""
    if not stands:
        return
    _show_spellings(stands)
    for verdict in Verdict.objects.standing().filter(task__in=stands).order_by("task_id"):
        take(verdict)


def settled(task: Task, verdict: Verdict) -> None:
    """A verdict was formed; the caller holds the lock of its task."""
    if (stands_id := task.represented_by_id) is not None:
        if task.is_check:
            # Whoever stands for it must be locked first: later, by itself.
            transaction.on_commit(lambda: split_disagreeing(stands_id), robust=True)
    elif task.cluster:
        take(verdict)
        if task.members.filter(is_check=True).exists():
            transaction.on_commit(lambda: split_disagreeing(task.pk), robust=True)


def take(verdict: Verdict) -> int:
    """Members of the task's cluster get its verdict as theirs; how many."""
    fetch(LOCK_MEMBERS, {"task": verdict.task_id})
    taken = fetch(TAKE, {"verdict": verdict.pk})
    waiting = [pk for pk, is_waiting in taken if is_waiting]
    if waiting:
        announce(Verdict(pk=waiting[0]))  # one message is enough: the others are found beside it
    return len(taken)


def give_back(verdict: Verdict) -> None:
    """The verdict fell: so do those that were taken from it."""
    for taken in taken_from(verdict):
        withdraw_standing(taken.task, taken, at=verdict.withdrawn_at)


def taken_from(verdict: Verdict) -> list[Verdict]:
    """Standing verdicts of members that rest on this one, their tasks locked."""
    fetch(LOCK_MEMBERS, {"task": verdict.task_id})
    return list(verdict.taken.standing().select_related("task__campaign").order_by("task_id"))


def follow(verdict_ids: list[int]) -> None:
    """These became more or less certain, and with them what was taken from them."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, [verdict_ids])


@transaction.atomic
def split_disagreeing(stands_id: int) -> list[int]:
    """Split off the members of whom people said something else; may be asked at any time."""
    stands = Task.objects.select_for_update(no_key=True).filter(pk=stands_id).first()
    if stands is None:
        return []
    members = [pk for (pk,) in fetch(DISAGREEING, {"stands": stands_id})]
    for pk in members:
        why = "people said something else of it than of the task that stood for it"
        split_off(task=Task.objects.get(pk=pk), by=None, actor="verification", why=why)
    return members


def split_all_disagreeing() -> int:
    """Those that a process which was killed left together; how many."""
    own = Verdict.objects.standing().filter(is_disputed=False, task__is_check=True)
    said = Verdict.objects.standing().filter(task=OuterRef("task__represented_by"), is_disputed=False)
    differing = own.filter(Exists(said.exclude(answer=OuterRef("answer"))))
    stands = set(differing.values_list("task__represented_by", flat=True))
    return sum(len(split_disagreeing(stands_id)) for stands_id in sorted(stands))


def leave(task: Task, *, by, why: str) -> None:
    """Out of its cluster, whichever place it has there. Before the task itself is locked."""
    if task.represented_by_id:
        split_off(task=task, by=by, why=why)
    elif task.cluster:
        hand_over(task)


@transaction.atomic
def hand_over(task: Task) -> None:
    """The next one stands for the cluster: this task leaves it, as a known answer say."""
    list(Task.objects.select_for_update(no_key=True).filter(pk=task.pk))
    members = list(task.members.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    Task.objects.filter(pk=task.pk).update(cluster="")
    if not members:
        return
    first, *others = members
    borrowed = Verdict.objects.standing().filter(task__in=members, taken_from__isnull=False)
    for verdict in borrowed.select_related("task__campaign"):
        withdraw_standing(verdict.task, verdict)
    granted = _seats_alone(first)
    seats = {} if first.is_check else {"seats_free": granted, "seats_granted": granted}
    Task.objects.filter(pk=first.pk).update(represented_by=None, is_check=False, **seats)
    Task.objects.filter(pk__in=[one.pk for one in others]).update(represented_by=first)
    _show_spellings([task.pk, first.pk])
    for verdict in first.verdicts.standing():
        take(verdict)


@transaction.atomic
def split_off(*, task: Task, by, why: str = "", actor: str = "") -> Task:
    """Let a member of a cluster speak for itself; what was said of it stays, the rest is asked.

    Twice is the same as once. Where a curator has decided about what its borrowed verdict proposed, nothing
    changes and the error says so.
    """
    stands_id = Task.objects.values_list("represented_by", flat=True).get(pk=task.pk)
    if stands_id is None:
        return Task.objects.get(pk=task.pk)
    list(Task.objects.select_for_update(no_key=True).filter(pk=stands_id))
    member = lock_task(task.campaign, task.pk)
    if member.represented_by_id is None:
        return member
    borrowed = member.verdicts.standing().filter(taken_from__isnull=False).first()
    if borrowed:
        withdraw_standing(member, borrowed)
    if not member.is_check:
        member.seats_free = member.seats_granted = _seats_alone(member)
    member.represented_by, member.is_check, member.cluster = None, False, ""
    fields = ["represented_by", "is_check", "cluster", "seats_free", "seats_granted"]
    member.save(update_fields=fields)
    _show_spellings([stands_id])
    Change.objects.create(
        by=by,
        actor=actor,
        action="split",
        entity="task",
        entity_id=member.pk,
        before={"represented_by": stands_id, "answer": borrowed.answer if borrowed else None},
        after={"represented_by": None},
        reason=why,
    )
    return member


def _seats_alone(task: Task) -> int:
    """Of a member that is to speak for itself: none where a curator has spoken for it."""
    return 0 if task.verdicts.standing().exists() else task.campaign.first_seats


def _show_spellings(task_ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SPELLINGS, [list(task_ids)])
