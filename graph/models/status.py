"""Where a concept or triple stands, and the two levels of the graph."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    # A proposal whose evidence was taken back (an undone judgment) before a curator decided.
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Level(models.TextChoices):
    SCHEMA = "schema", _("Schema")
    INSTANCE = "instance", _("Instance")
