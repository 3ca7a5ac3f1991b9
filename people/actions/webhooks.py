"""Setting up webhooks; each change writes the trail."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import events
from people.models import Change, Delivery, DeliveryStatus, Event, EventName, User, Webhook
from people.models.webhook import OLD_SECRET_FOR, SUBSCRIBABLE, new_salt

CHANGEABLE = ("name", "url", "events", "is_active")


@transaction.atomic
def create_webhook(*, name: str, url: str, events: Sequence[str], by: User | None) -> tuple[Webhook, str]:
    """A webhook and its secret, which is shown this once."""
    webhook = Webhook(name=name.strip(), url=url.strip(), events=_known(events), created_by=by)
    webhook.full_clean()
    webhook.save()
    _trail(webhook, "create", by, after=_facts(webhook))
    return webhook, webhook.secret


@transaction.atomic
def change_webhook(*, webhook: Webhook, by: User | None, **changes) -> Webhook:
    """Change where and what; switching on again forgives its failures."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    before = _facts(webhook)
    for name in CHANGEABLE:
        if name in changes:
            setattr(webhook, name, _known(changes[name]) if name == "events" else changes[name])
    if webhook.is_active:
        webhook.disabled_at = webhook.failing_since = None
    webhook.full_clean()
    webhook.save()
    if before != _facts(webhook):
        _trail(webhook, "change", by, before=before, after=_facts(webhook))
    return webhook


@transaction.atomic
def rotate_secret(*, webhook: Webhook, by: User | None) -> tuple[Webhook, str]:
    """A new secret; the old one signs beside it for a day, so that no request is refused meanwhile."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    webhook.old_salt, webhook.old_until = webhook.salt, timezone.now() + OLD_SECRET_FOR
    webhook.salt = new_salt()
    webhook.save(update_fields=["salt", "old_salt", "old_until"])
    _trail(webhook, "rotate secret", by)
    return webhook, webhook.secret


@transaction.atomic
def delete_webhook(*, webhook: Webhook, by: User | None) -> None:
    """With its deliveries; deleting twice is deleting once."""
    facts = _facts(webhook)
    if Webhook.objects.filter(pk=webhook.pk).exists():
        _trail(webhook, "delete", by, before=facts)
        Webhook.objects.filter(pk=webhook.pk).delete()


@transaction.atomic
def send_test(*, webhook: Webhook) -> Delivery:
    """A ping, so that a receiver can be tried out."""
    event = Event.objects.create(name=EventName.PING, content={"webhook": webhook.pk})
    return Delivery.objects.create(webhook=webhook, event=event)


@transaction.atomic
def send_again(*, delivery: Delivery) -> Delivery:
    """Try at once, whatever came of it before; the event keeps its id."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.status, delivery.next_at = DeliveryStatus.WAITING, timezone.now()
    delivery.save(update_fields=["status", "next_at"])
    return delivery


def _known(names: Sequence[str]) -> list[str]:
    known = [name for name, _label in SUBSCRIBABLE]
    if strange := sorted(set(names) - set(known)):
        raise ValidationError(
            {"events": [_("There is no such event: %(names)s.") % {"names": ", ".join(strange)}]}
        )
    if not names:
        raise ValidationError({"events": [_("Choose at least one event.")]})
    return [name for name in known if name in names]


def _facts(webhook: Webhook) -> dict:
    return {name: getattr(webhook, name) for name in CHANGEABLE}


def _trail(webhook: Webhook, action: str, by: User | None, *, before=None, after=None) -> None:
    Change.objects.create(
        by=by, action=action, entity="webhook", entity_id=webhook.pk, before=before, after=after
    )
    # Now for what follows in this transaction, and once more when others can see it.
    events.ask_again()
    transaction.on_commit(events.ask_again)
