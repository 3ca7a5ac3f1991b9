"""Taking somebody out of a campaign: decided at once, carried out by a worker.

The row says what is to be done and not the message: a worker that is told nothing hears of it from beat.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotation.actions.deciding import trail_of_person
from annotation.bell import bell
from annotation.models import Campaign, Lease, Participation, Standing
from people.models import User

# A worker that was told is at it by then; asking again is harmless.
LEFT_LYING = timedelta(seconds=30)


@transaction.atomic
def note_removal(*, campaign: Campaign, annotator: User, by: User | None, why: str) -> Participation:
    """They get and hold nothing from now on; what they answered is taken out by `remove_annotator`."""
    participation, _created = Participation.objects.select_for_update().get_or_create(
        campaign=campaign, annotator=annotator
    )
    if participation.standing == Standing.REMOVED:
        return participation
    before, participation.standing, participation.why = participation.standing, Standing.REMOVED, why
    participation.rule, participation.qualified_at = "", None
    participation.stopped_at, participation.taken_out_at = timezone.now(), None
    participation.save(
        update_fields=["standing", "why", "rule", "qualified_at", "stopped_at", "taken_out_at"]
    )
    Lease.objects.filter(task__campaign=campaign, annotator=annotator).update(expires_at=timezone.now())
    after = {"standing": Standing.REMOVED}
    trail_of_person(campaign, annotator, "remove", by, why, before={"standing": before}, after=after)
    return participation


@transaction.atomic
def ask_to_remove(*, campaign: Campaign, annotator: User, by: User | None, why: str) -> Participation:
    """For those who cannot wait for it; asked twice it is done once."""
    participation = note_removal(campaign=campaign, annotator=annotator, by=by, why=why)
    if participation.taken_out_at is None:
        transaction.on_commit(lambda: tell_worker(participation.pk), robust=True)
    return participation


def tell_worker(participation_id: int) -> None:
    from annotation.tasks import take_out  # tasks import this module

    bell.ring(
        f"removal of participation {participation_id}",
        lambda: take_out.apply_async((participation_id,), retry=False),
    )


def left_lying() -> list[int]:
    """Participations whose answers should be out by now and are not."""
    old = Q(stopped_at=None) | Q(stopped_at__lt=timezone.now() - LEFT_LYING)
    due = Participation.objects.filter(old, standing=Standing.REMOVED, taken_out_at=None)
    return list(due.order_by("pk").values_list("pk", flat=True))
