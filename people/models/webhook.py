"""Webhooks: whom to tell of what happened, and the outbox of what is to be told."""

import hashlib
import hmac
import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

OLD_SECRET_FOR = timedelta(hours=24)  # after a rotation both secrets sign


class EventName(models.TextChoices):
    VERDICT_FORMED = "verdict.formed", _("A verdict was formed")
    VERDICT_WITHDRAWN = "verdict.withdrawn", _("A verdict was withdrawn")
    DISPUTE_OPENED = "dispute.opened", _("A dispute waits for a curator")
    CAMPAIGN_STARTED = "campaign.started", _("A campaign was started")
    CAMPAIGN_FINISHED = "campaign.finished", _("A campaign was finished")
    QUEUE_EMPTY = "campaign.queue_empty", _("A campaign has nothing left to ask")
    RELEASE_CUT = "release.cut", _("A release was cut")
    RUN_FINISHED = "run.finished", _("A run is done")
    RUN_FAILED = "run.failed", _("A run has failed")
    PING = "ping", _("A test")


SUBSCRIBABLE = [choice for choice in EventName.choices if choice[0] != EventName.PING]


def new_salt() -> str:
    return secrets.token_hex(16)


class Webhook(models.Model):
    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500, validators=[URLValidator(schemes=["http", "https"])])
    events = ArrayField(models.CharField(max_length=30, choices=SUBSCRIBABLE))
    # The secret is made from the salt and our own key and stands nowhere: a copy of the database alone
    # signs nothing. The one before a rotation signs too until `old_until`.
    salt = models.CharField(max_length=32, default=new_salt)
    old_salt = models.CharField(max_length=32, blank=True)
    old_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)  # by us, because it failed for days
    last_success_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.name

    @property
    def secret(self) -> str:
        return _secret(self.salt)

    def secrets(self) -> list[str]:
        """All that sign now, the newest first."""
        is_old_valid = self.old_salt and self.old_until and self.old_until > timezone.now()
        return [self.secret, *([_secret(self.old_salt)] if is_old_valid else [])]


def _secret(salt: str) -> str:
    key = f"webhook {settings.SECRET_KEY}".encode()
    return "whsec_" + hmac.new(key, salt.encode(), hashlib.sha256).hexdigest()


class Event(models.Model):
    """Something that happened, written in the transaction in which it did."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=30, choices=EventName)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    content = models.JSONField()
    # What is told once only has a key; the same key again is the same event.
    key = models.CharField(max_length=100, null=True, unique=True)

    def __str__(self):
        return f"{self.name} {self.pk}"


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class Delivery(models.Model):
    """One event for one webhook."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    # When it is to be tried; while it is being tried, when its worker counts as dead.
    next_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True, blank=True)
    answer_status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="delivery_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(status="waiting"), name="delivery_waiting"),
            models.Index(fields=["webhook", "-id"]),
        ]

    def __str__(self):
        return f"{self.event_id} to {self.webhook_id}"
