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


class Hand(models.TextChoices):
    """For which hand the keys of the task page lie."""

    BOTH = "both", _("Both hands")
    LEFT = "left", _("Left hand")
    RIGHT = "right", _("Right hand")


MOST_A_DAY = 5_000  # answers that somebody may set out to give in a day


def read_by_everyone() -> list[str]:
    return ["en", "zh"]


class User(AbstractUser):
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ANNOTATOR)
    # The language of the pages; empty follows the browser.
    page_language = models.CharField(_("language of the pages"), max_length=10, blank=True)
    # Only candidates in these languages are asked.
    reads = ArrayField(models.CharField(max_length=8), default=read_by_everyone, verbose_name=_("reads"))
    keys = models.CharField(_("keys"), max_length=5, choices=Hand, default=Hand.BOTH)
    # Answers that the person wants to give in a day; none where they set no goal.
    daily_goal = models.PositiveSmallIntegerField(_("goal for the day"), null=True, blank=True)
    # Made by the crowd simulation; everything such a user answers is shown as simulated.
    is_simulated = models.BooleanField(default=False)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(condition=Q(keys__in=Hand.values), name="user_keys_known"),
            models.CheckConstraint(
                condition=Q(daily_goal=None) | Q(daily_goal__range=(1, MOST_A_DAY)), name="user_goal_in_reach"
            ),
        ]

    def may(self, needed: str) -> bool:
        return self.is_active and Role(self.role).covers(needed)
