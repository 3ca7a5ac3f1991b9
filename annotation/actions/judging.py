"""Answers come in; what follows from them is in settling, how they are undone in undoing.

One lock order everywhere: the task first, then its leases, judgments and verdict. Whoever holds the
task's row is alone with all of them.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.gold_seats import keep_closed
from annotation.actions.settling import advance, may_advance
from annotation.models import (
    Answer,
    Campaign,
    Judgment,
    Task,
    Typicality,
)
from people.errors import UserError
from people.statements import columns, execute, fetch, instances, width

LONGEST = timedelta(days=1)  # a tab left open overnight is not a hard question


class JudgmentIdTaken(UserError):
    def __init__(self, judgment_id: UUID):
        self.judgment_id = judgment_id
        super().__init__(_("The id %(id)s already belongs to another answer.") % {"id": judgment_id})


class NegativeDuration(UserError):
    def __init__(self, took: timedelta):
        self.took = took
        super().__init__(_("An answer cannot take less than no time."))


class NotAsked(UserError):
    """An answer to a task that this person was never given, or may not answer any more."""


class NoSuchAnswer(UserError):
    """An answer that this kind or campaign does not know, or one that says too little."""


def record_judgment(
    *,
    judgment_id: UUID,
    task: Task,
    annotator,
    answer: str,
    took: timedelta,
    reason: str = "",
    typicality: str = "",
    comment: str = "",
    guideline_id: int | None = None,
) -> Judgment:
    """Store one answer; the same id again, or a second answer of this person, returns the row there is.

    Once this returns, the judgment is kept for good. It counts towards the verdict if its seat is
    still held or another one is free. Somebody who was never given the task cannot answer it.
    """
    if took < timedelta(0):
        raise NegativeDuration(took)
    _check(task, answer, reason, typicality)
    try:
        return _record(
            judgment_id=judgment_id,
            task=task,
            annotator=annotator,
            answer=Answer(answer),
            reason=reason,
            typicality=typicality,
            took=min(took, LONGEST),
            comment=comment,
            guideline_id=guideline_id,
        )
    except IntegrityError:
        # The id was stored with another task while we held the lock of this one.
        if Judgment.objects.filter(pk=judgment_id).exclude(task=task, annotator=annotator).exists():
            raise JudgmentIdTaken(judgment_id) from None
        raise


# The lock first, and by a statement of its own: what is read after it is as it stands under the lock.
LOCK = """
SELECT {task}, {campaign} FROM annotation_task AS task
JOIN annotation_campaign AS campaign ON campaign.id = task.campaign_id
WHERE task.id = %(task)s AND task.campaign_id = %(campaign)s
FOR NO KEY UPDATE OF task
"""

# All that an answer has to be held against.
SURROUNDINGS = """
SELECT EXISTS (SELECT 1 FROM annotation_judgment WHERE id = %(judgment)s)
        OR EXISTS (SELECT 1 FROM annotation_judgment
                   WHERE task_id = %(task)s AND annotator_id = %(annotator)s
                     AND withdrawn_at IS NULL AND set_aside_at IS NULL),
    EXISTS (SELECT 1 FROM annotation_lease WHERE task_id = %(task)s AND annotator_id = %(annotator)s),
    EXISTS (SELECT 1 FROM annotation_participation
            WHERE campaign_id = %(campaign)s AND annotator_id = %(annotator)s AND standing = 'removed'),
    -- The version that was on the screen; without a word about it, the newest.
    (SELECT id FROM annotation_guideline WHERE campaign_id = %(campaign)s
     ORDER BY id = %(guideline)s DESC, version DESC LIMIT 1),
    -- Whether the task has been asked anew since that version: answers were set aside for a later one.
    EXISTS (SELECT 1 FROM annotation_judgment AS aside
            JOIN annotation_reask AS reask ON aside.set_aside_at >= reask.asked_at
            JOIN annotation_guideline AS later ON later.id = reask.guideline_id
            JOIN annotation_guideline AS told ON told.id = %(guideline)s AND told.version < later.version
            WHERE aside.task_id = %(task)s AND aside.set_aside_at IS NOT NULL
              AND later.campaign_id = %(campaign)s AND told.campaign_id = %(campaign)s),
    (SELECT count(*) FROM annotation_judgment
     WHERE task_id = %(task)s AND is_counted
       AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL)
"""

# The lease goes and the answer comes. Its row is the truth, not its time: while it is there, its seat went
# to nobody else.
KEEP = """
WITH gone AS (DELETE FROM annotation_lease WHERE task_id = %(task_id)s AND annotator_id = %(annotator_id)s)
INSERT INTO annotation_judgment (
    id, task_id, annotator_id, answer, reason, typicality, took, guideline_id, comment,
    is_counted, is_simulated, judged_at, set_aside_at
) VALUES (
    %(id)s, %(task_id)s, %(annotator_id)s, %(answer)s, %(reason)s, %(typicality)s, %(took)s, %(guideline_id)s,
    %(comment)s, %(is_counted)s, %(is_simulated)s, %(judged_at)s, %(set_aside_at)s
)
"""


@transaction.atomic
def _record(*, judgment_id, task: Task, annotator, answer, guideline_id, **said) -> Judgment:
    task = _locked(task)
    around = _surroundings(task, annotator, judgment_id, guideline_id)
    if around.is_answered:
        return _already_there(judgment_id, task, annotator)
    _check_was_asked(task, annotator, around)
    is_outdated = around.is_outdated and answer != Answer.SKIP
    if is_outdated:
        is_counted = _leave_seat(task, annotator, around.is_held)
    else:
        is_counted = _take_seat(task, annotator, answer, around.is_held)
    judgment = Judgment(
        pk=judgment_id,
        task=task,
        annotator=annotator,
        answer=answer,
        guideline_id=around.guideline_id,
        is_counted=is_counted,
        is_simulated=annotator.is_simulated,
        set_aside_at=timezone.now() if is_outdated else None,
        **said,
    )
    execute(
        KEEP, {field.attname: getattr(judgment, field.attname) for field in Judgment._meta.concrete_fields}
    )
    judgment._state.adding, judgment._state.db = False, task._state.db
    if is_counted:
        if may_advance(task, around.counted + 1):
            advance(task)
    elif task.seats_free:
        count_late_answers(task)
    return judgment


@dataclass(frozen=True)
class Surroundings:
    """What is so while the task is locked."""

    is_answered: bool  # by this person, or under this id
    is_held: bool
    is_removed: bool
    guideline_id: int
    is_outdated: bool
    counted: int


def _locked(task: Task) -> Task:
    found = fetch(_locking(), {"task": task.pk, "campaign": task.campaign_id})
    if not found:
        raise Task.DoesNotExist(task.pk)
    (row,), place = found, width(Task, "content")
    (locked,) = instances(Task, [row[:place]], "content")
    (locked.campaign,) = instances(Campaign, [row[place:]])
    return locked


@lru_cache
def _locking() -> str:
    return LOCK.format(task=columns(Task, "task", "content"), campaign=columns(Campaign, "campaign"))


def _surroundings(task: Task, annotator, judgment_id: UUID, guideline_id: int | None) -> Surroundings:
    asked = {"task": task.pk, "campaign": task.campaign_id, "annotator": annotator.pk}
    ((*found,),) = fetch(SURROUNDINGS, {**asked, "judgment": judgment_id, "guideline": guideline_id or 0})
    return Surroundings(*found)


def _already_there(judgment_id: UUID, task: Task, annotator) -> Judgment:
    """The same id, or a double click that made a new one, or a second tab."""
    again = Q(task=task, annotator=annotator, withdrawn_at=None, set_aside_at=None)
    there = Judgment.objects.filter(Q(pk=judgment_id) | again)
    judgment = min(there, key=lambda judgment: judgment.pk != judgment_id)
    if (judgment.task_id, judgment.annotator_id) != (task.pk, annotator.pk):
        raise JudgmentIdTaken(judgment_id)
    return judgment


def _check(task: Task, answer: str, reason: str, typicality: str) -> None:
    reasons = task.kind.bad_reasons
    if answer == Answer.BAD and not reasons:
        raise NoSuchAnswer(_("“Bad candidate” is no answer to this question."))
    if answer == Answer.BAD and reason not in reasons:
        names = ", ".join(str(reason.label) for reason in reasons)
        raise NoSuchAnswer(_("Say why the candidate is bad: %(reasons)s.") % {"reasons": names})
    if reason and answer != Answer.BAD:
        raise NoSuchAnswer(_("Only a bad candidate has a reason."))
    if typicality and (answer != Answer.ACCEPT or typicality not in Typicality.values):
        raise NoSuchAnswer(_("Typical or merely plausible is said of a yes only."))


def _check_was_asked(task: Task, annotator, around: Surroundings) -> None:
    """Held, answered before and undone, or run out: otherwise the task was never theirs to answer."""
    if annotator.pk not in task.taken_by and annotator.pk not in task.lapsed:
        raise NotAsked(_("This task was not given to you."))
    if around.is_removed:
        raise NotAsked(_("You no longer take part in this campaign."))


def count_late_answers(task: Task) -> None:
    """A seat came free while somebody's late answer waits uncounted: better that one than another person.

    The caller holds the lock of the task.
    """
    late = task.judgments.standing().filter(is_counted=False).exclude(answer=Answer.SKIP)
    counted = list(late.order_by("judged_at", "pk")[: task.seats_free])
    if not counted:
        return
    for judgment in counted:
        judgment.is_counted = True
    Judgment.objects.bulk_update(counted, ["is_counted"])
    task.seats_free -= len(counted)
    task.save(update_fields=["seats_free"])
    advance(task)


def _leave_seat(task: Task, annotator, is_held: bool) -> bool:
    """An answer to what was asked anew meanwhile: kept for the trail, and its giver may be asked again."""
    task.taken_by = [person for person in task.taken_by if person != annotator.pk]
    task.seats_free += 1 if is_held else 0
    task.save(update_fields=["seats_free", "taken_by"])
    return False


def _take_seat(task: Task, annotator, answer: Answer, is_held: bool) -> bool:
    """Settle who sits where; whether the answer counts."""
    seats_before, taken_before = task.seats_free, list(task.taken_by)
    if annotator.pk not in task.taken_by:
        task.taken_by = [*task.taken_by, annotator.pk]
        task.lapsed = [person for person in task.lapsed if person != annotator.pk]
    if answer == Answer.SKIP:
        task.seats_free += 1 if is_held else 0
    elif not is_held and task.seats_free:
        task.seats_free -= 1
        is_held = True
    if (task.seats_free, task.taken_by) != (seats_before, taken_before):
        task.save(update_fields=["seats_free", "taken_by", "lapsed"])
    if answer == Answer.SKIP:
        keep_closed(task)
    return is_held and answer != Answer.SKIP
