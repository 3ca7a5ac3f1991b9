"""The answers an annotator can give, and what may be said beside them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    ACCEPT = "accept", _("Yes")
    REJECT = "reject", _("No")
    # Two careful people could honestly differ, or what is shown does not tell. Counted like the others.
    UNSURE = "unsure", _("Cannot tell")
    # The question makes no sense of this candidate; `Judgment.reason` says why. The miner gets it as a
    # class of its own: a phrase cut off in the middle is no example of what people do not care about.
    BAD = "bad", _("Bad candidate")
    # Gives the seat back; never counted.
    SKIP = "skip", _("Skip")


class BadReason(models.TextChoices):
    """Why a candidate is bad. Each kind names those that can be said of it."""

    WRONG_BOUNDARY = "wrong_boundary", _("Wrong boundary")
    WRONG_TYPE = "wrong_type", _("Wrong type")
    WRONG_IMAGE = "wrong_image", _("Wrong image")
    OUTDATED = "outdated", _("Outdated")


class Typicality(models.TextChoices):
    """The second key of a campaign that asks for it: does what was accepted hold as a rule?

    After the typicality of commonsense statements: "typical" is what most people would name,
    "plausible" what can be true without being worth telling.
    """

    TYPICAL = "typical", _("Typical")
    PLAUSIBLE = "plausible", _("Merely plausible")


# What a verdict can say, in the order of every array of votes and posteriors.
CLASSES = (Answer.ACCEPT, Answer.REJECT, Answer.UNSURE, Answer.BAD)
CLASS_CHOICES = [choice for choice in Answer.choices if choice[0] != Answer.SKIP]
