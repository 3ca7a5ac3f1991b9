"""Delivering what waits in the outbox: claimed, sent without a transaction, and its outcome written.

A worker that is killed in the middle leaves a claim that runs out; the delivery is then tried again, with
the same event id. Receivers must therefore take an event that they know already for done.
"""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from people import events
from people.models import Change, Delivery, DeliveryStatus, Event, Webhook
from people.webhooks.sending import Attempt, Outcome, send

log = logging.getLogger(__name__)

AT_ONCE = 8
CLAIM_FOR = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = 10, 6 * 3600  # seconds
KEPT_FOR = timedelta(days=30)


def pause_after(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s … up to six hours."""
    return timedelta(seconds=min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE))


def deliver_due(*, seconds: float = 45.0) -> int:
    """Deliver until nothing is due or the time is over; how many attempts there were."""
    end, tried = time.monotonic() + seconds, 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
        while time.monotonic() < end and (claimed := _claim()):
            attempts = [_attempt(delivery) for delivery in claimed]
            # Threads send and touch no database.
            outcomes = list(threads.map(_send, attempts))
            for delivery, outcome in zip(claimed, outcomes, strict=True):
                _note(delivery, outcome)
            tried += len(claimed)
    return tried


def _send(attempt: Attempt) -> Outcome:
    return send(attempt, allow_private=settings.WEBHOOK_ALLOW_PRIVATE)


@transaction.atomic
def _claim() -> list[Delivery]:
    now = timezone.now()
    due = Delivery.objects.filter(
        status=DeliveryStatus.WAITING, next_at__lte=now, webhook__is_active=True
    ).order_by("next_at", "pk")
    claimed = list(
        due.select_related("webhook", "event").select_for_update(of=("self",), skip_locked=True)[:AT_ONCE]
    )
    for delivery in claimed:
        delivery.attempts += 1
        delivery.next_at, delivery.tried_at = now + CLAIM_FOR, now
    Delivery.objects.bulk_update(claimed, ["attempts", "next_at", "tried_at"])
    return claimed


def _attempt(delivery: Delivery) -> Attempt:
    event = delivery.event
    told = {
        "id": str(event.pk),
        "event": event.name,
        "at": event.at.isoformat(),
        "data": event.content,
    }
    return Attempt(
        url=delivery.webhook.url,
        body=json.dumps(told, ensure_ascii=False).encode(),
        secrets=tuple(delivery.webhook.secrets()),
        event=event.name,
        event_id=str(event.pk),
        number=delivery.attempts,
    )


@transaction.atomic
def _note(delivery: Delivery, outcome: Outcome) -> None:
    now = timezone.now()
    delivery.answer_status, delivery.error = outcome.status, outcome.error
    delivery.took_ms = outcome.took_ms
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=delivery.webhook_id).first()
    if webhook is None:
        return  # deleted meanwhile
    if outcome.is_delivered:
        delivery.status = DeliveryStatus.DELIVERED
        webhook.failing_since, webhook.last_success_at = None, now
    else:
        log.warning("webhook %s, event %s: %s", webhook.pk, delivery.event_id, outcome.error)
        delivery.next_at = now + pause_after(delivery.attempts)
        webhook.failing_since = webhook.failing_since or now
        _give_up_when_hopeless(webhook, delivery, now)
    delivery.save(update_fields=["status", "answer_status", "error", "took_ms", "next_at"])
    webhook.save(update_fields=["failing_since", "last_success_at", "is_active", "disabled_at"])


def _give_up_when_hopeless(webhook: Webhook, delivery: Delivery, now) -> None:
    patience = timedelta(days=settings.WEBHOOK_PATIENCE_DAYS)
    if now - delivery.event.at > patience:
        delivery.status = DeliveryStatus.FAILED
    if webhook.is_active and now - webhook.failing_since > patience:
        webhook.is_active, webhook.disabled_at = False, now
        Change.objects.create(
            actor="webhooks",
            action="disable",
            entity="webhook",
            entity_id=webhook.pk,
            reason=f"It has failed since {webhook.failing_since:%Y-%m-%d %H:%M} UTC: {delivery.error}",
        )
        transaction.on_commit(events.ask_again)


def forget_old_events() -> int:
    """Remove what was told long ago; what still waits stays."""
    waiting = Delivery.objects.filter(event=OuterRef("pk"), status=DeliveryStatus.WAITING)
    old = Event.objects.filter(~Exists(waiting), at__lt=timezone.now() - KEPT_FOR, key=None)
    removed, _rows = old.delete()
    return removed
