"""Campaigns from draft to finished: what is asked, of whom, under which guideline."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation import kinds, telling
from annotation.models import (
    Campaign,
    CampaignStatus,
    Consensus,
    Guideline,
    Priority,
)
from people.errors import UserError
from people.models import Change

# Fields that may change later; kind, question, overlap and seed are what the tasks were made with.
CHANGEABLE = {
    "name",
    "stop_at",
    "trusted_alone",
    "trust_at",
    "consensus",
    "dispute_below",
    "model_votes",
    "priority",
    "breadth_first",
    "asks_typicality",
    "languages",
    "lease_for",
    "gold_share",
    "evaluation_share",
    "random_share",
    "check_share",
    "retrain_every",
    "price_per_answer",
    "currency",
    "source",
}


class WrongStatus(UserError):
    def __init__(self, campaign: Campaign, verb: str):
        words = {"campaign": campaign.name, "status": campaign.get_status_display(), "verb": verb}
        super().__init__(_("“%(campaign)s” is %(status)s; it cannot be %(verb)s.") % words)


@dataclass(frozen=True)
class Policy:
    """How a campaign asks; the defaults suit a small crowd."""

    overlap: int = 3
    stop_at: float | None = None
    least_overlap: int = 2
    trusted_alone: bool = False
    trust_at: float = 0.9
    consensus: str = Consensus.MAJORITY
    dispute_below: float = 0.7
    model_votes: bool = False
    priority: str = Priority.UNCERTAIN
    breadth_first: bool = False
    asks_typicality: bool = False
    lease_for: timedelta = timedelta(minutes=10)
    gold_share: float = 0.0
    evaluation_share: float = 0.15
    random_share: float = 0.2
    check_share: float = 0.1
    retrain_every: int = 50
    price_per_answer: Decimal = Decimal(0)
    currency: str = "USD"


@transaction.atomic
def create_campaign(
    *,
    name: str,
    kind: str,
    question: str,
    by=None,
    languages: Sequence[str] = ("en", "zh"),
    source: dict[str, Any] | None = None,
    seed: int | None = None,
    policy: Policy | None = None,
    text: dict[str, str] | None = None,
    examples: list[dict[str, str]] | None = None,
    actor: str = "",
) -> Campaign:
    """A draft with the first version of its guideline: the given one, or that of the kind's question."""
    asks = check_question(kind, question)
    campaign = Campaign(
        name=name.strip(),
        kind=kind,
        question=question,
        languages=list(languages),
        source=source or {},
        created_by=by,
        **asdict(policy or Policy()),
        **({} if seed is None else {"seed": seed}),
    )
    campaign.full_clean()
    campaign.save()
    campaign.guidelines.create(
        version=1,
        text=first_text(asks) if text is None else text,
        examples=first_examples(asks) if examples is None else examples,
        created_by=by,
    )
    _trail(campaign, "create", by, actor=actor, after=_facts(campaign))
    return campaign


def first_text(asks: kinds.Question) -> dict[str, str]:
    """What the kind says to annotators about this question, by language."""
    return {language: str(text) for language, text in asks.guideline.items()}


def first_examples(asks: kinds.Question) -> list[dict[str, str]]:
    return [{key: str(value) for key, value in example.items()} for example in asks.examples]


@transaction.atomic
def change_campaign(*, campaign: Campaign, by=None, reason: str = "", **changes) -> Campaign:
    """Change how a campaign asks from now on."""
    campaign = _locked(campaign)
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise ValidationError(
            {name: [_("This cannot be changed once a campaign exists.")] for name in sorted(unknown)}
        )
    before = _facts(campaign)
    for name, value in changes.items():
        setattr(campaign, name, value)
    campaign.full_clean()
    campaign.save(update_fields=list(changes))
    after = _facts(campaign)
    if before != after:
        _trail(campaign, "change", by, before=before, after=after, reason=reason)
    return campaign


def start_campaign(*, campaign: Campaign, by=None, actor: str = "") -> Campaign:
    """Let annotators in; what is asked next is decided by the ranks of its tasks."""
    opened = {CampaignStatus.DRAFT, CampaignStatus.PAUSED}
    return _move(campaign, opened, CampaignStatus.RUNNING, "start", _("started"), by, actor)


def pause_campaign(*, campaign: Campaign, by=None, actor: str = "") -> Campaign:
    """Ask nothing new. Answers that are under way still count."""
    return _move(campaign, {CampaignStatus.RUNNING}, CampaignStatus.PAUSED, "pause", _("paused"), by, actor)


def finish_campaign(*, campaign: Campaign, by=None, actor: str = "") -> Campaign:
    """Close for good: nothing is asked and nothing undone any more."""
    opened = {CampaignStatus.DRAFT, CampaignStatus.RUNNING, CampaignStatus.PAUSED}
    return _move(campaign, opened, CampaignStatus.FINISHED, "finish", _("finished"), by, actor)


@transaction.atomic
def new_guideline_version(
    *, campaign: Campaign, text: dict[str, str], examples: list[dict[str, str]], by=None, reason: str = ""
) -> Guideline:
    """The next version; the same words again change nothing. Judgments keep the version they had."""
    campaign = _locked(campaign)  # two editors get two numbers
    newest = campaign.guideline
    if (newest.text, newest.examples) == (text, examples):
        return newest
    guideline = campaign.guidelines.create(
        version=newest.version + 1, text=text, examples=examples, created_by=by
    )
    was, now = {"guideline": newest.version}, {"guideline": guideline.version}
    _trail(campaign, "new guideline", by, before=was, after=now, reason=reason)
    return guideline


def check_question(kind: str, question: str) -> kinds.Question:
    """The question of that name. Raises ValidationError where the kind or the question is unknown."""
    try:
        questions = kinds.get(kind).questions
    except kinds.UnknownKind as error:
        raise ValidationError({"kind": [str(error)]}) from None
    if question not in questions:
        there = ", ".join(sorted(questions))
        raise ValidationError(
            {"question": [_("There is no such question; there are: %(names)s.") % {"names": there}]}
        )
    return questions[question]


@transaction.atomic
def _move(campaign, before: set, after: CampaignStatus, action: str, verb: str, by, actor: str) -> Campaign:
    campaign = _locked(campaign)
    if campaign.status == after:
        return campaign  # a second click
    if campaign.status not in before:
        raise WrongStatus(campaign, verb)
    was, campaign.status = campaign.status, after
    campaign.save(update_fields=["status"])
    _trail(campaign, action, by, actor=actor, before={"status": was}, after={"status": after})
    telling.moved(campaign)
    return campaign


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def _facts(campaign: Campaign) -> dict[str, Any]:
    names = sorted(CHANGEABLE | {"kind", "question", "overlap", "least_overlap", "seed"})
    return {name: _plain(getattr(campaign, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Decimal) else value


def _trail(
    campaign: Campaign, action: str, by, *, before=None, after=None, reason: str = "", actor: str = ""
) -> None:
    Change.objects.create(
        by=by,
        actor=actor,
        action=action,
        entity="campaign",
        entity_id=campaign.pk,
        before=before,
        after=after,
        reason=reason,
    )
