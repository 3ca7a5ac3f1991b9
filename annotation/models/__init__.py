"""The tables of asking, one word of the design per file."""

from annotation.models.answer import CLASSES, Answer, BadReason, Typicality
from annotation.models.campaign import Campaign, CampaignStatus, Consensus, Guideline, Priority
from annotation.models.exchange import (
    Exchange,
    ExchangeAction,
    ExchangeStatus,
    LabelStudioProject,
    LabelStudioTask,
)
from annotation.models.export_file import ExportFile, ExportStatus
from annotation.models.filling import Filling, FillingStatus
from annotation.models.gold import (
    MEASURES_NOBODY,
    Gold,
    GoldSource,
    GoldStatus,
    GoldUse,
    RetiredFor,
    Suspicion,
)
from annotation.models.judgment import Judgment
from annotation.models.lease import Lease
from annotation.models.participation import ConsensusState, Participation, Rule, Standing
from annotation.models.practice import Appeal, AppealStatus, Attempt, AttemptAnswer, Mode
from annotation.models.quality import FromVerdicts, QualityPolicy, QualityReport, Reask
from annotation.models.task import GOLD_SEATS, ChosenBy, Pool, Task
from annotation.models.verdict import Verdict

__all__ = [
    "CLASSES",
    "GOLD_SEATS",
    "MEASURES_NOBODY",
    "Answer",
    "Appeal",
    "AppealStatus",
    "Attempt",
    "AttemptAnswer",
    "BadReason",
    "Campaign",
    "CampaignStatus",
    "ChosenBy",
    "Consensus",
    "ConsensusState",
    "Exchange",
    "ExchangeAction",
    "ExchangeStatus",
    "ExportFile",
    "ExportStatus",
    "Filling",
    "FillingStatus",
    "FromVerdicts",
    "Gold",
    "GoldSource",
    "GoldStatus",
    "GoldUse",
    "Guideline",
    "Judgment",
    "LabelStudioProject",
    "LabelStudioTask",
    "Lease",
    "Mode",
    "Participation",
    "Pool",
    "Priority",
    "QualityPolicy",
    "QualityReport",
    "Reask",
    "RetiredFor",
    "Rule",
    "Standing",
    "Suspicion",
    "Task",
    "Typicality",
    "Verdict",
]
