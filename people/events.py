"""Telling the world outside what happened: any room emits, workers deliver.

`emit` writes to the outbox in the caller's transaction: what is rolled back is not told, and what is
committed is told at least once, whoever is killed meanwhile. Where nobody listens it costs nothing: which
events are listened for is asked once in a few seconds by each process.
"""

import time
from typing import Any

from django.db import transaction

from people.models import Delivery, Event, Webhook

FRESH_FOR = 5.0  # seconds; a new webhook hears from other processes after that time at the latest

_heard: frozenset[str] = frozenset()
_asked_at = float("-inf")


def listened_for() -> frozenset[str]:
    global _heard, _asked_at
    if time.monotonic() - _asked_at > FRESH_FOR:
        active = Webhook.objects.filter(is_active=True).values_list("events", flat=True)
        _heard = frozenset(name for events in active for name in events)
        _asked_at = time.monotonic()
    return _heard


def ask_again() -> None:
    """Webhooks have changed."""
    global _asked_at
    _asked_at = float("-inf")


def emit(name: str, content: dict[str, Any], *, key: str | None = None) -> None:
    """Put an event into the outbox of everybody who listens for it; with a key, once for ever."""
    if name in listened_for():
        write(name, content, key=key)


@transaction.atomic
def write(name: str, content: dict[str, Any], *, key: str | None = None) -> Event | None:
    webhooks = Webhook.objects.filter(is_active=True, events__contains=[name])
    ids = list(webhooks.values_list("pk", flat=True))
    if not ids or (key is not None and Event.objects.filter(key=key).exists()):
        return None
    event = Event(name=name, content=content, key=key)
    # Of two that race with one key, the second writes nothing.
    Event.objects.bulk_create([event], ignore_conflicts=key is not None)
    if key is not None and not Event.objects.filter(pk=event.pk).exists():
        return None
    Delivery.objects.bulk_create([Delivery(webhook_id=pk, event=event) for pk in ids])
    return event
