"""A curator's word where the crowd could not agree, and who takes part in a campaign at all."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation import telling
from annotation.actions.clusters import settled, take
from annotation.actions.gold_seats import return_to_queue
from annotation.actions.settling import (
    advance,
    announce,
    change_seats,
    lock_task,
    votes_of,
    withdraw_standing,
)
from annotation.models import (
    CLASSES,
    Answer,
    BadReason,
    Campaign,
    Gold,
    Lease,
    Participation,
    Standing,
    Task,
    Verdict,
)
from people.errors import UserError
from people.models import Change


class NotDecided(UserError):
    pass


@transaction.atomic
def adjudicate(*, verdict: Verdict, answer: str, by, why: str, reason: str = "") -> Verdict:
    """A curator's word in place of a verdict that the crowd could not agree on, or got wrong."""
    task = lock_task(verdict.task.campaign, verdict.task_id)
    standing = task.verdicts.standing().filter(pk=verdict.pk).first()
    if standing is None:
        raise NotDecided(_("This verdict no longer stands. Look at the task again."))
    if answer not in CLASSES:
        raise NotDecided(_("A verdict is yes, no, cannot tell or bad candidate."))
    if answer == Answer.BAD and reason not in BadReason.values:
        raise NotDecided(_("Say why the candidate is bad."))
    counted = list(task.judgments.counted().order_by("judged_at", "pk"))
    withdraw_standing(task, standing)
    posteriors = [float(one == answer) for one in CLASSES]
    decided = Verdict.objects.create(
        task=task,
        answer=answer,
        reason=reason if answer == Answer.BAD else "",
        posterior=posteriors[0],
        posteriors=posteriors,
        confidence=1,
        method="curator",
        votes=votes_of(counted),
        basis=[judgment.pk for judgment in counted] or standing.basis,
        decided_by=by,
        why=why,
    )
    announce(decided)
    telling.formed(task, decided)
    settled(task, decided)
    Change.objects.create(
        by=by,
        action="adjudicate",
        entity="task",
        entity_id=task.pk,
        before={"answer": standing.answer},
        after={"answer": answer},
        reason=why,
    )
    return decided


@transaction.atomic
def undo_decision(*, verdict: Verdict, by) -> Verdict | None:
    """Take a curator's decision back: what stood before stands again, as a verdict of its own.

    Where the answers it rested on have changed meanwhile, it is formed anew from those there are; None where
    they are not enough and the task is asked again. Twice is the same as once. Where a curator has already
    decided in the graph about what the decision proposed, nothing changes and the error says so.
    """
    # Of a cluster first the one that stands for it, as everywhere.
    list(Task.objects.select_for_update(no_key=True).filter(members=verdict.task_id))
    task = lock_task(verdict.task.campaign, verdict.task_id)
    standing = task.verdicts.standing().filter(pk=verdict.pk, decided_by__isnull=False).first()
    if standing is None:
        raise NotDecided(_("This decision no longer stands. Look at the task again."))
    before = task.verdicts.filter(pk__lt=standing.pk).order_by("-pk").first()
    if before is None:
        raise NotDecided(_("Nothing stood before this decision."))
    gold = Gold.objects.live().filter(task=task, made_at__gte=standing.formed_at).first()
    if gold is not None:
        return_to_queue(task, gold)  # it was made known by the decision that is taken back
    withdraw_standing(task, standing)
    Change.objects.create(
        by=by,
        action="undo adjudicate",
        entity="task",
        entity_id=task.pk,
        before={"answer": standing.answer},
        after={"answer": before.answer},
    )
    return _what_stands_again(task, before)


def _what_stands_again(task: Task, before: Verdict) -> Verdict | None:
    if task.represented_by_id and not task.is_check:
        for said in Verdict.objects.standing().filter(task=task.represented_by_id):
            take(said)
        return task.verdicts.standing().first()
    counted = set(task.judgments.counted().values_list("pk", flat=True))
    if not before.decided_by_id and set(before.basis) != counted:
        if not task.is_gold:
            granted = max(task.campaign.first_seats, len(counted) + task.leases.count())
            change_seats(task, granted - task.seats_granted)
        return advance(task)
    before.pk, before.withdrawn_at, before.acted_at, before.formed_at = None, None, None, timezone.now()
    before._state.adding = True
    before.save()
    telling.formed(task, before)
    announce(before)
    settled(task, before)
    return before


@transaction.atomic
def change_standing(
    *, campaign: Campaign, annotator, standing: str, by, why: str, rule: str = ""
) -> Participation:
    """Pause somebody or let them go on. What they hold goes back to the queue when they are paused.

    `rule` names what paused them where no person did; rules look at what they answer after they went on.
    """
    participation, _created = Participation.objects.select_for_update().get_or_create(
        campaign=campaign, annotator=annotator
    )
    if participation.standing == standing:
        return participation
    if Standing.REMOVED in (participation.standing, standing):
        raise UserError(_("Somebody who was removed stays removed; removal has an action of its own."))
    before, participation.standing, participation.why = participation.standing, standing, why
    participation.rule, now = rule, timezone.now()
    if standing == Standing.PAUSED:
        participation.stopped_at = now
    else:
        participation.resumed_at = now
    participation.save(update_fields=["standing", "why", "rule", "stopped_at", "resumed_at"])
    if standing == Standing.PAUSED:
        Lease.objects.filter(task__campaign=campaign, annotator=annotator).update(expires_at=timezone.now())
    was, is_now = {"standing": before}, {"standing": standing, **({"rule": rule} if rule else {})}
    trail_of_person(campaign, annotator, "standing", by, why, before=was, after=is_now)
    return participation


def trail_of_person(campaign: Campaign, annotator, action: str, by, why: str, *, before, after) -> None:
    Change.objects.create(
        by=by,
        action=action,
        entity="campaign",
        entity_id=campaign.pk,
        before={"annotator": annotator.pk, **before},
        after={"annotator": annotator.pk, **after},
        reason=why,
    )
