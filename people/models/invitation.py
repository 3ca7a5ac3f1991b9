"""Invitations: the only way to sign up."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.user import Role, User


class Invitation(models.Model):
    """One sign-up with a fixed role; the link holds the secret, the row only its digest."""

    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ANNOTATOR)
    note = models.CharField(_("for whom"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_by = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="invited_with")
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_used_by_and_at_together",
            ),
        ]

    def __str__(self):
        return f"invitation {self.pk} ({self.role})"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and self.expires_at > timezone.now()
