"""Seats of known answers: open to everybody, closed to everybody, or those of an ordinary task again.

Every function here expects its caller to hold the lock of the task's row.
"""

from django.utils import timezone

from annotation.actions.settling import advance
from annotation.models import GOLD_SEATS, Gold, GoldStatus, GoldUse, Lease, Pool, RetiredFor, Task


def open_seats(task: Task) -> None:
    """Anybody may be asked, once."""
    task.seats_free += GOLD_SEATS - task.seats_granted
    task.seats_granted = GOLD_SEATS
    task.save(update_fields=["seats_free", "seats_granted"])


def close_seats(task: Task) -> None:
    """Nobody is asked any more; who holds it now may still answer."""
    task.seats_granted -= task.seats_free
    task.seats_free = 0
    task.save(update_fields=["seats_free", "seats_granted"])


def keep_closed(task: Task) -> None:
    """A seat came free: of a known answer that nobody is asked any more, nobody gets it."""
    if task.is_gold and not Gold.objects.live().filter(task=task, use=GoldUse.MEASURE).exists():
        close_seats(task)


def return_to_queue(task: Task, gold: Gold, *, reason: RetiredFor | None = None, by=None) -> None:
    """An ordinary task again, as if it had never been known.

    What was answered to it as a known answer stays but does not count, for the policy asked nobody that
    often. Without a reason the known answer itself is forgotten: nobody saw it.
    """
    was_asked = task.judgments.counted().filter(judged_at__gte=gold.made_at).update(is_counted=False)
    held = Lease.objects.filter(task=task)
    holders = sorted(held.values_list("annotator", flat=True))
    held.delete()
    counted = task.judgments.counted().count()
    has_verdict = task.verdicts.standing().exists()
    task.seats_granted = counted if has_verdict else max(task.campaign.first_seats, counted)
    task.seats_free = task.seats_granted - counted
    task.taken_by = [person for person in task.taken_by if person not in holders]
    task.lapsed = [*task.lapsed, *holders]
    task.pool, task.gold_answer, task.gold_reason = Pool.MODEL, "", ""
    task.save(
        update_fields=[
            "pool",
            "gold_answer",
            "gold_reason",
            "seats_free",
            "seats_granted",
            "taken_by",
            "lapsed",
        ]
    )
    if reason is None and not was_asked and not holders:
        gold.delete()
    else:
        _retire(gold, reason or RetiredFor.BY_HAND)
    advance(task)  # what counts may be enough already, or the policy may want one more


def _retire(gold: Gold, reason: str) -> None:
    gold.status, gold.retired_for = GoldStatus.RETIRED, reason
    gold.retired_at = timezone.now()
    gold.save(update_fields=["status", "retired_for", "retired_at"])
