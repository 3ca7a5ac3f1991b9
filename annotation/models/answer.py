"""The answers an annotator can give."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    ACCEPT = "accept", _("Yes")
    REJECT = "reject", _("No")
    UNSURE = "unsure", _("Unsure")
    # Gives the seat back; never counted.
    SKIP = "skip", _("Skip")
