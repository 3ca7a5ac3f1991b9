"""The tables of asking, one word of the design per file."""

from annotation.models.answer import CLASSES, Answer, BadReason, Typicality
from annotation.models.campaign import Campaign, CampaignStatus, Consensus, Guideline, Priority
from annotation.models.judgment import Judgment
from annotation.models.lease import Lease
from annotation.models.participation import ConsensusState, Participation, Standing
from annotation.models.task import GOLD_SEATS, ChosenBy, Pool, Task
from annotation.models.verdict import Verdict

__all__ = [
    "CLASSES",
    "GOLD_SEATS",
    "Answer",
    "BadReason",
    "Campaign",
    "CampaignStatus",
    "ChosenBy",
    "Consensus",
    "ConsensusState",
    "Guideline",
    "Judgment",
    "Lease",
    "Participation",
    "Pool",
    "Priority",
    "Standing",
    "Task",
    "Typicality",
    "Verdict",
]
