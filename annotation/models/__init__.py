"""The tables of asking, one word of the design per file."""

from annotation.models.answer import Answer
from annotation.models.campaign import Campaign, CampaignStatus, Guideline
from annotation.models.judgment import Judgment
from annotation.models.lease import Lease
from annotation.models.task import GOLD_SEATS, ChosenBy, Pool, Task
from annotation.models.verdict import Verdict

__all__ = [
    "GOLD_SEATS",
    "Answer",
    "Campaign",
    "CampaignStatus",
    "ChosenBy",
    "Guideline",
    "Judgment",
    "Lease",
    "Pool",
    "Task",
    "Verdict",
]
