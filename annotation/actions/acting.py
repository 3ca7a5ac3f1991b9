"""Workers write what accepted verdicts propose to the graph: many at once where the kind can."""

import logging
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from annotation import kinds
from annotation.models import Answer, Verdict

log = logging.getLogger(__name__)

TOGETHER = 100  # an undo of one of them waits until all are written


@transaction.atomic
def act_on(verdict_id: int) -> bool:
    """Write what a verdict proposes; whether there was anything to do."""
    verdict = next(iter(_locked([verdict_id])), None)
    if verdict is None:
        return False
    if verdict.answer == Answer.ACCEPT:
        verdict.task.kind.on_accept(verdict)
    verdict.acted_at = timezone.now()
    verdict.save(update_fields=["acted_at"])
    return True


def act_on_waiting() -> int:
    """All that wait; one that fails does not hold up the rest."""
    acted = 0
    for batch in Verdict.objects.waiting().only("pk").in_batches(TOGETHER):
        ids = [verdict.pk for verdict in batch]
        done = _act_on_many(ids)
        acted += len(done)
        for verdict_id in ids:
            if verdict_id not in done:
                acted += _tried(verdict_id)
    return acted


def _act_on_many(ids: list[int]) -> set[int]:
    """Those that could be written together."""
    try:
        with transaction.atomic():
            by_kind = defaultdict(list)
            for verdict in _locked(ids):
                if verdict.answer == Answer.ACCEPT:
                    by_kind[verdict.task.campaign.kind].append(verdict)
            done: set[int] = set()
            for name, verdicts in by_kind.items():
                if act := kinds.get(name).on_accept_all:
                    done.update(act(verdicts))
            Verdict.objects.filter(pk__in=done).update(acted_at=timezone.now())
            return done
    except Exception:
        # One of them is the reason; which, is found one by one.
        log.warning("%s verdicts could not be acted on together", len(ids), exc_info=True)
        return set()


def _tried(verdict_id: int) -> bool:
    try:
        return act_on(verdict_id)
    except Exception:
        log.exception("verdict %s could not be acted on; it will be tried again", verdict_id)
        return False


def _locked(ids: list[int]) -> list[Verdict]:
    """Those that still wait, locked: an undo and this cannot pass each other, another worker has its own."""
    waiting = Verdict.objects.waiting().select_for_update(of=("self",), no_key=True, skip_locked=True)
    return list(waiting.select_related("task__campaign").filter(pk__in=ids).order_by("pk"))
