"""What this room tells the world outside (people.events), in the transaction in which it happens."""

from django.db.models import Exists, Max, OuterRef

from annotation.models import Campaign, CampaignStatus, Pool, Task, Verdict
from people.events import emit, listened_for
from people.models import EventName


def formed(task: Task, verdict: Verdict) -> None:
    for name in (EventName.VERDICT_FORMED, EventName.DISPUTE_OPENED):
        if name in listened_for() and (name == EventName.VERDICT_FORMED or verdict.is_disputed):
            emit(name, _facts(task, verdict))


def withdrawn(task: Task, verdict: Verdict) -> None:
    if is_heard_of_withdrawals():
        emit(EventName.VERDICT_WITHDRAWN, _facts(task, verdict))


def is_heard_of_withdrawals() -> bool:
    return EventName.VERDICT_WITHDRAWN in listened_for()


def moved(campaign: Campaign) -> None:
    names = {
        CampaignStatus.RUNNING: EventName.CAMPAIGN_STARTED,
        CampaignStatus.FINISHED: EventName.CAMPAIGN_FINISHED,
    }
    if name := names.get(CampaignStatus(campaign.status)):
        emit(name, _campaign(campaign))


def empty_queues() -> int:
    """Tell of running campaigns with nothing left to ask, once for each time they were filled."""
    if EventName.QUEUE_EMPTY not in listened_for():
        return 0
    open_tasks = Task.objects.open().filter(campaign=OuterRef("pk")).exclude(pool=Pool.GOLD)
    empty = Campaign.objects.running().filter(~Exists(open_tasks)).annotate(last=Max("tasks__pk"))
    told = 0
    for campaign in empty.exclude(last=None):
        emit(EventName.QUEUE_EMPTY, _campaign(campaign), key=f"queue empty {campaign.pk} {campaign.last}")
        told += 1
    return told


def _campaign(campaign: Campaign) -> dict:
    return {
        "campaign": campaign.pk,
        "name": campaign.name,
        "kind": campaign.kind,
        "question": campaign.question,
        "status": str(campaign.status),
    }


def _facts(task: Task, verdict: Verdict) -> dict:
    return {
        "verdict": verdict.pk,
        "task": task.pk,
        "campaign": task.campaign_id,
        "candidate": task.candidate_id,
        "answer": str(verdict.answer),
        "reason": str(verdict.reason),
        "posterior": verdict.posterior,
        "confidence": verdict.confidence,
        "is_disputed": verdict.is_disputed,
        "votes": verdict.votes,
        "url": f"/api/v1/verdicts/{verdict.pk}",
    }
