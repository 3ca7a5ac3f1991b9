"""One's own last answers are undone, and with them what rested on them."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.actions.settling import withdraw_standing
from annotation.models import CampaignStatus, Gold, Judgment, Lease, Task
from people.errors import UserError

UNDOABLE = 20


class TooLateToUndo(UserError):
    pass


@transaction.atomic
def withdraw_judgment(*, judgment_id: UUID, annotator) -> Judgment:
    """Undo one of the person's last answers and hold the task for them again; twice is the same as once.

    A verdict that rested on it falls, and with it what the verdict proposed; where a curator has
    already decided about that, nothing changes and the error says so.
    """
    task = _lock(Judgment.objects.values_list("task_id", flat=True).get(pk=judgment_id, annotator=annotator))
    judgment = Judgment.objects.get(pk=judgment_id)
    if judgment.withdrawn_at:
        return judgment
    if judgment.set_aside_at:
        raise TooLateToUndo(_("The guideline has changed since; this task is asked anew."))
    if judgment.removed_at:
        raise TooLateToUndo(_("You no longer take part in this campaign."))
    if task.campaign.status == CampaignStatus.FINISHED:
        raise TooLateToUndo(_("This campaign is finished; your answer stays."))
    if not _is_recent(judgment):
        raise TooLateToUndo(
            ngettext(
                "Only your last answer can be undone.",
                "Only your last %(count)d answers can be undone.",
                UNDOABLE,
            )
            % {"count": UNDOABLE}
        )
    if task.is_gold and Gold.objects.told().filter(task=task).exists():
        raise TooLateToUndo(_("The right answer has been told since; your answer stays."))
    if task.verdicts.standing().filter(decided_by__isnull=False).exists():
        raise TooLateToUndo(_("A curator has decided about this task; your answer stays."))
    judgment.withdrawn_at = timezone.now()
    judgment.save(update_fields=["withdrawn_at"])
    _withdraw_verdict(task, judgment)
    _hold_again(task, judgment)
    return judgment


def _lock(task_id: int) -> Task:
    # NO KEY UPDATE: rows that merely point at the task (a label set, say) need not wait.
    return (
        Task.objects.select_for_update(of=("self",), no_key=True).select_related("campaign").get(pk=task_id)
    )


def _is_recent(judgment: Judgment) -> bool:
    newest = Judgment.objects.standing().filter(annotator=judgment.annotator_id).order_by("-judged_at", "-pk")
    return judgment.pk in newest.values_list("pk", flat=True)[:UNDOABLE]


def _withdraw_verdict(task: Task, judgment: Judgment) -> None:
    verdict = (
        task.verdicts.standing().select_for_update(no_key=True).filter(basis__contains=[judgment.pk]).first()
    )
    if verdict is None:
        return
    withdraw_standing(task, verdict, at=judgment.withdrawn_at)


def _hold_again(task: Task, judgment: Judgment) -> None:
    """The seat of a counted answer becomes a lease again; a skip or a late answer needs a free one."""
    if not judgment.is_counted:
        if not task.seats_free:
            # Others have the seats now; should one come free, this person may be asked again.
            task.taken_by = [person for person in task.taken_by if person != judgment.annotator_id]
            task.lapsed = [*task.lapsed, judgment.annotator_id]
            task.save(update_fields=["taken_by", "lapsed"])
            return
        task.seats_free -= 1
        task.save(update_fields=["seats_free"])
    now = timezone.now()
    Lease.objects.create(
        task=task, annotator_id=judgment.annotator_id, leased_at=now, expires_at=now + task.campaign.lease_for
    )
