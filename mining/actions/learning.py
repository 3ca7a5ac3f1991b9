"""When a campaign's model is trained and which version is live.

Web processes call these; the work itself is done by a worker (mining.actions.rounds), and nothing here
imports what only workers have.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.models import Answer, Campaign, CampaignStatus, Pool, Task, Verdict
from mining.actions.runs import start_run
from mining.classifiers.base import DEFAULT
from mining.models import LabelSet, ModelVersion, Run, RunKind, RunStatus
from people.errors import UserError
from people.models import Change

# Fewer labels than this teach a classifier nothing worth asking for.
LEAST_LABELS = 20
UNFINISHED = (RunStatus.QUEUED, RunStatus.RUNNING)


class NotEnoughLabels(UserError):
    def __init__(self, readiness: "Readiness"):
        super().__init__(readiness.why_not)


class TrainingUnderWay(UserError):
    def __init__(self, run: Run):
        super().__init__(
            _("Training run %(run)s is under way; wait until it is finished, or cancel it.") % {"run": run.pk}
        )


@dataclass(frozen=True)
class Readiness:
    """What a campaign has to learn from."""

    positives: int  # training labels
    negatives: int
    evaluation: int  # labels that measure and never train
    new: int  # training labels since the last training
    retrain_every: int

    @property
    def training(self) -> int:
        return self.positives + self.negatives

    @property
    def is_enough(self) -> bool:
        return self.training >= LEAST_LABELS and self.positives > 0 and self.negatives > 0

    @property
    def more_until_due(self) -> int | None:
        """Verdicts missing until training starts by itself; None where it never does."""
        if not self.retrain_every:
            return None
        return max(self.retrain_every - self.new, LEAST_LABELS - self.training, 0)

    @property
    def is_due(self) -> bool:
        return self.is_enough and self.more_until_due == 0

    @property
    def why_not(self) -> str:
        """What is missing before anything can be learnt, for a person; empty when nothing is."""
        missing = LEAST_LABELS - self.training
        if missing > 0:
            return ngettext(
                "%(count)d more verdict is needed before a model can be trained.",
                "%(count)d more verdicts are needed before a model can be trained.",
                missing,
            ) % {"count": missing}
        if not self.positives:
            return _("Every verdict so far is no. A model needs at least one yes to learn from.")
        if not self.negatives:
            return _("Every verdict so far is yes. A model needs at least one no to learn from.")
        return ""


def labels_of(campaign: Campaign):
    """Standing verdicts that say yes or something else than yes.

    A bad candidate is no yes either; its verdict keeps it apart, with the reason, for who wants to tell.
    """
    return Verdict.objects.standing().filter(
        task__campaign=campaign, answer__in=(Answer.ACCEPT, Answer.REJECT, Answer.BAD)
    )


def training_labels(campaign: Campaign):
    """Labels a model may learn from: never a candidate that any evaluation task asks about (promise 7)."""
    measured = Task.objects.filter(
        campaign=campaign, pool=Pool.EVALUATION, candidate_id=OuterRef("task__candidate_id")
    )
    return labels_of(campaign).filter(task__pool=Pool.MODEL).exclude(Exists(measured))


def evaluation_labels(campaign: Campaign):
    """Labels of the random sample drawn when the tasks were made."""
    return labels_of(campaign).filter(task__pool=Pool.EVALUATION)


def readiness(campaign: Campaign) -> Readiness:
    is_positive = Q(answer=Answer.ACCEPT)
    counted = training_labels(campaign).aggregate(
        positives=Count("pk", filter=is_positive),
        negatives=Count("pk", filter=~is_positive),
        new=Count("pk", filter=_since_last_training(campaign)),
    )
    return Readiness(
        **counted,
        evaluation=evaluation_labels(campaign).count(),
        retrain_every=campaign.retrain_every,
    )


def _since_last_training(campaign: Campaign) -> Q:
    since = Q()
    newest = LabelSet.objects.filter(campaign=campaign).order_by("-pk").first()
    if newest and newest.last_verdict_id:
        since &= Q(pk__gt=newest.last_verdict_id)
    # A run that failed is not started again by itself until there is something new to learn.
    failed = training_runs(campaign).filter(status__in=(RunStatus.FAILED, RunStatus.CANCELLED)).first()
    if failed:
        since &= Q(formed_at__gt=failed.created_at)
    return since


def training_runs(campaign: Campaign):
    """Training and rescoring runs of a campaign, newest first."""
    return Run.objects.filter(kind=RunKind.TRAIN, parameters__campaign=campaign.pk).order_by("-pk")


def run_under_way(campaign: Campaign) -> Run | None:
    return training_runs(campaign).filter(status__in=UNFINISHED).first()


@transaction.atomic
def start_training(*, campaign: Campaign, by=None, classifier: str = DEFAULT) -> Run:
    """A new round of learning; while one is under way, that one (a second click starts nothing)."""
    _lock(campaign)
    if under_way := run_under_way(campaign):
        return under_way
    ready = readiness(campaign)
    if not ready.is_enough:
        raise NotEnoughLabels(ready)
    return start_run(
        kind=RunKind.TRAIN, parameters={"campaign": campaign.pk, "classifier": classifier}, by=by
    )


@transaction.atomic
def make_live(*, model_version: ModelVersion, by=None, reason: str = "") -> Run | None:
    """Let this version rank the queue again; the run that rescores with it, None where it already does."""
    campaign = model_version.campaign
    _lock(campaign)
    if under_way := run_under_way(campaign):
        raise TrainingUnderWay(under_way)
    if ModelVersion.objects.filter(pk=model_version.pk, is_live=True).exists():
        return None
    before = ModelVersion.objects.filter(campaign=campaign, is_live=True).first()
    Change.objects.create(
        by=by,
        action="make live",
        entity="campaign",
        entity_id=campaign.pk,
        before={"model": before.number if before else None},
        after={"model": model_version.number},
        reason=reason,
    )
    put_live(model_version)
    return start_run(
        kind=RunKind.TRAIN, parameters={"campaign": campaign.pk, "rescore": model_version.pk}, by=by
    )


def put_live(model_version: ModelVersion) -> None:
    """One live version per campaign; the caller is in a transaction."""
    versions = ModelVersion.objects.filter(campaign=model_version.campaign_id)
    versions.filter(is_live=True).exclude(pk=model_version.pk).update(is_live=False)
    versions.filter(pk=model_version.pk).update(is_live=True)


def start_due() -> list[Run]:
    """Start training in every running campaign that has enough new verdicts; safe to run twice at once."""
    started = []
    for campaign in Campaign.objects.filter(status=CampaignStatus.RUNNING, retrain_every__gt=0):
        if run_under_way(campaign) or not readiness(campaign).is_due:
            continue
        with transaction.atomic():
            _lock(campaign)
            # Looked at again under the lock: the other beat may have been here first.
            if run_under_way(campaign) is None and readiness(campaign).is_due:
                started.append(start_training(campaign=campaign))
    return started


def _lock(campaign: Campaign) -> None:
    # NO KEY UPDATE: tasks and verdicts that point at the campaign need not wait.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
