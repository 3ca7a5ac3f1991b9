"""Users and their roles."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Each role may do what the ones before it may."""

    ANNOTATOR = "annotator", _("Annotator")
    CURATOR = "curator", _("Curator")
    ADMIN = "admin", _("Admin")

    def covers(self, needed: str) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(Role(needed))


def read_by_everyone() -> list[str]:
    return ["en", "zh"]


class User(AbstractUser):
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ANNOTATOR)
    # The language of the pages; empty follows the browser.
    page_language = models.CharField(_("language of the pages"), max_length=10, blank=True)
    # Only candidates in these languages are asked.
    reads = ArrayField(models.CharField(max_length=8), default=read_by_everyone, verbose_name=_("reads"))
    # Made by the crowd simulation; everything such a user answers is shown as simulated.
    is_simulated = models.BooleanField(default=False)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
        ]

    def may(self, needed: str) -> bool:
        return self.is_active and Role(self.role).covers(needed)
