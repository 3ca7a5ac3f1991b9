"""An annotator who was told they were wrong says why they were not; a curator decides."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.deciding import adjudicate
from annotation.actions.gold import correct_gold, retire_gold
from annotation.corrections import corrections_of
from annotation.models import (
    Appeal,
    AppealStatus,
    AttemptAnswer,
    Gold,
    GoldStatus,
    Judgment,
    Mode,
    Pool,
    RetiredFor,
    Task,
)
from people.errors import UserError
from people.models import Change


class NotToAppeal(UserError):
    pass


def appeal_judgment(*, judgment: Judgment, annotator, words: str) -> Appeal:
    """Against a correction of one of their own answers; a second one about the same is the first."""
    correction = corrections_of([judgment]).get(judgment.pk)
    if correction is None or judgment.annotator_id != annotator.pk:
        raise NotToAppeal(_("Nobody has said that this answer was wrong."))
    return _appeal(judgment.task, annotator, judgment.answer, correction.answer, words, judgment)


def appeal_training(*, answer: AttemptAnswer, annotator, words: str) -> Appeal:
    """Against an explanation in training."""
    own = answer.attempt.annotator_id == annotator.pk and answer.attempt.mode == Mode.TRAINING
    if not own or answer.is_right:
        raise NotToAppeal(_("Nobody has said that this answer was wrong."))
    return _appeal(answer.task, annotator, answer.answer, answer.known, words)


def _appeal(
    task: Task, annotator, answer: str, told: str, words: str, judgment: Judgment | None = None
) -> Appeal:
    if not words.strip():
        raise NotToAppeal(_("Say in a few words why you see it otherwise."))
    appeal, _is_new = Appeal.objects.get_or_create(
        task=task,
        annotator=annotator,
        told=told,
        defaults={"answer": answer, "judgment": judgment, "words": words.strip()},
    )
    return appeal


@transaction.atomic
def uphold(*, appeal: Appeal, by, reply: str) -> Appeal:
    """The answer that the annotator was told stays; deciding twice is the same as once."""
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if appeal.status == AppealStatus.OPEN:
        _close(appeal, AppealStatus.UPHELD, by, reply)
    return appeal


@transaction.atomic
def overturn(*, appeal: Appeal, by, reply: str, answer: str = "", reason: str = "") -> Appeal:
    """The annotator was right. With an answer that one is known from now on, without one nobody knows it.

    People are measured anew either way: what they had been marked down for may have been right.
    """
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if appeal.status != AppealStatus.OPEN:
        return appeal
    known = Gold.objects.select_related("task__campaign")
    gold = known.filter(task=appeal.task_id, task__pool=Pool.GOLD).first()
    standing = appeal.task.verdicts.standing().select_related("task__campaign").first()
    if answer == appeal.told:
        raise NotToAppeal(_("This is the answer that the appeal is against."))
    if gold is not None and answer:
        correct_gold(gold=gold, answer=answer, by=by, why=reply)
    elif gold is not None:
        _forget(gold, by, reply)
    elif standing is not None and answer:
        adjudicate(verdict=standing, answer=answer, by=by, why=reply, reason=reason)
    else:
        raise NotToAppeal(_("Say which answer is right instead."))
    _close(appeal, AppealStatus.OVERTURNED, by, reply)
    return appeal


def _forget(gold: Gold, by, reply: str) -> None:
    if gold.status == GoldStatus.RETIRED:
        Gold.objects.filter(pk=gold.pk).update(status=GoldStatus.LIVE, retired_for="", retired_at=None)
    retire_gold(gold=gold, reason=RetiredFor.WRONG, by=by, words=reply)


def _close(appeal: Appeal, status: str, by, reply: str) -> None:
    appeal.status, appeal.decided_by, appeal.reply = status, by, reply
    appeal.decided_at = timezone.now()
    appeal.save(update_fields=["status", "decided_by", "reply", "decided_at"])
    Change.objects.create(
        by=by,
        action="decide appeal",
        entity="task",
        entity_id=appeal.task_id,
        before={"appeal": appeal.pk, "status": AppealStatus.OPEN},
        after={"appeal": appeal.pk, "status": str(status)},
        reason=reply,
    )
