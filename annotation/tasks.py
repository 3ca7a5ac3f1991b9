"""What workers and beat do for this room."""

import logging
import time

from celery import shared_task

from annotation import telling
from annotation.actions import acting, exchanging, exporting, filling, leases, reasking, removing
from annotation.actions.clusters import split_all_disagreeing
from annotation.bell import bell
from annotation.locks import alone
from annotation.models import Campaign, Filling, Participation, Reask, Standing

log = logging.getLogger(__name__)

AGAIN = 30  # seconds until beat asks once more; a message that nobody took until then is dropped
TOGETHER = 1.0  # seconds for which verdicts are collected when there are many
_due_at = -TOGETHER  # when the last message is, or was, taken up


@shared_task
def release_expired_leases() -> int:
    return leases.release_expired_leases()


@shared_task(ignore_result=True)
def act_on_verdict(verdict_id: int) -> bool:
    return acting.act_on(verdict_id)


@shared_task
def act_on_waiting_verdicts() -> int:
    """Take up verdicts whose worker died or was never told, and those that are formed by the dozen."""
    split_all_disagreeing()
    with alone("act on verdicts", 0) as is_mine:
        return acting.act_on_waiting() if is_mine else 0


@shared_task
def refresh_consensus() -> dict[str, str]:
    """Keep what is known about annotators up to date; one campaign that fails does not hold up the rest."""
    from annotation.actions.fitting import refresh  # numpy is for workers

    done = {}
    for campaign in Campaign.objects.running():
        try:
            done[str(campaign.pk)] = refresh(campaign)
        except Exception:
            log.exception("the consensus of campaign %s could not be brought up to date", campaign.pk)
            done[str(campaign.pk)] = "failed"
    return done


@shared_task
def run_exchange(exchange_id: int) -> None:
    exchanging.work_on(exchange_id)


@shared_task
def revive_exchanges() -> list[int]:
    return exchanging.revive_exchanges()


@shared_task
def tell_of_empty_queues() -> int:
    return telling.empty_queues()


@shared_task
def watch_quality() -> dict[str, str]:
    """Known answers, the report of each campaign, and who has to be paused for a person to look.

    One campaign that fails does not hold up the rest.
    """
    from annotation.actions.pausing import apply_rules  # numpy is for workers
    from annotation.actions.reporting import is_due, report
    from annotation.actions.sweeping import sweep_gold

    done = {}
    for campaign in Campaign.objects.running():
        try:
            done[str(campaign.pk)] = str(sweep_gold(campaign))
            if is_due(campaign):
                report(campaign)
                apply_rules(campaign)
        except Exception:
            log.exception("the quality of campaign %s could not be looked after", campaign.pk)
            done[str(campaign.pk)] = "failed"
    return done


@shared_task
def carry_out_reask(reask_id: int) -> int:
    """Ask anew what a changed guideline affects; may be delivered twice, or again after a crash."""
    return reasking.carry_out(Reask.objects.get(pk=reask_id))


@shared_task
def take_out(participation_id: int) -> int:
    """Take out the answers of somebody who was removed; may be delivered twice."""
    from annotation.actions import reporting, revising  # numpy is for workers

    with alone("removal", participation_id) as is_mine:
        due = Participation.objects.filter(
            pk=participation_id, standing=Standing.REMOVED, taken_out_at=None
        ).select_related("campaign", "annotator")
        person = due.first() if is_mine else None
        if person is None:
            return 0
        removed = revising.remove_annotator(
            campaign=person.campaign, annotator=person.annotator, by=None, why=person.why
        )
        reporting.report(person.campaign)  # as if they had never been there
        return removed


@shared_task
def take_up_decisions() -> int:
    """Removals and questions asked anew whose message was lost or whose worker died."""
    removals, reasks = removing.left_lying(), reasking.left_lying()
    for participation_id in removals:
        take_out.apply_async((participation_id,), retry=False, expires=AGAIN)
    for reask_id in reasks:
        carry_out_reask.apply_async((reask_id,), retry=False, expires=AGAIN)
    return len(removals) + len(reasks)


@shared_task(ignore_result=True)
def fill(campaign_id: int) -> int:
    """The rest of a filling that was too long for a request."""
    return filling.go_on_filling(campaign_id)


@shared_task
def take_up_fillings() -> int:
    """Those whose message was lost or whose worker died."""
    left = list(Filling.objects.abandoned().values_list("pk", flat=True))
    for campaign_id in left:
        fill.apply_async((campaign_id,), retry=False)
    return len(left)


@shared_task(ignore_result=True)
def write_export(file_id: int) -> int:
    """An export that is too long for a request."""
    return exporting.write(file_id)


@shared_task
def take_up_exports() -> int:
    """Those whose message was lost or whose worker died."""
    left = exporting.left_lying()
    for file_id in left:
        write_export.apply_async((file_id,), retry=False, expires=AGAIN)
    return len(left)


@shared_task
def forget_exports() -> int:
    return exporting.forget_exports()


def announce(verdict_id: int) -> None:
    """Tell a worker, without making the annotator wait for the broker.

    After a quiet second a verdict is taken up at once; where many are formed, one message a second stands
    for all of them.
    """
    global _due_at
    now = time.monotonic()
    if now < _due_at:
        return  # the message that is already on its way will find this verdict too
    if now > _due_at + TOGETHER:
        _due_at = now
        bell.ring(f"verdict {verdict_id}", lambda: act_on_verdict.apply_async((verdict_id,), retry=False))
    else:
        _due_at = now + TOGETHER
        waiting = act_on_waiting_verdicts
        bell.ring("waiting verdicts", lambda: waiting.apply_async(retry=False, countdown=TOGETHER))
