"""Verdicts of many tasks fall at once. The caller holds the locks of the tasks."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotation import telling
from annotation.actions.settling import withdraw_or_leave_to_curator
from annotation.models import Answer, Campaign, Verdict


def withdraw_verdicts(campaign: Campaign, verdicts: QuerySet[Verdict]) -> None:
    """In one statement those that nothing rests on, one by one those that proposed or stand for others."""
    proposed = Q(answer=Answer.ACCEPT, acted_at__isnull=False)
    plain = verdicts.exclude(proposed | Exists(Verdict.objects.filter(taken_from=OuterRef("pk"))))
    if not telling.is_heard_of_withdrawals():
        # Locked first: one that a worker has acted on by then is not among them any more.
        ids = list(plain.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        Verdict.objects.filter(pk__in=ids).update(withdrawn_at=timezone.now())
    for verdict in verdicts.select_related("task").order_by("task_id"):
        verdict.task.campaign = campaign
        withdraw_or_leave_to_curator(verdict.task, verdict)
