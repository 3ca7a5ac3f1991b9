"""What a campaign's judgments say about its annotators, and back: the fit of the consensus.

Runs in workers. `refresh` is what beat calls: it adds what is new to the figures, in time proportional
to the news, and fits everything anew when the news have become a good part of the whole.
"""

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from numpy.typing import NDArray

from annotation import locks
from annotation.columns import columns_of
from annotation.consensus import dawid_skene as ds
from annotation.consensus import methods
from annotation.consensus.reliability import reliability, right_answers
from annotation.models import (
    CLASSES,
    Answer,
    Campaign,
    Consensus,
    ConsensusState,
    Gold,
    Judgment,
    Participation,
    Pool,
    RetiredFor,
    Verdict,
)

log = logging.getLogger(__name__)

CHUNK = 20_000
# A transaction that began earlier may commit later: what is this young may have neighbours not yet seen.
SETTLED_AFTER = timedelta(seconds=10)
LEAST_NEWS = 100
NEWS_SHARE = 0.25
PLACE = {str(answer): place for place, answer in enumerate(CLASSES)}
PLACE_OF_ANSWER = Case(
    *(When(answer=answer, then=Value(place)) for answer, place in PLACE.items()), output_field=IntegerField()
)
FIGURES = (
    "confusion",
    "reliability",
    "reliability_low",
    "reliability_high",
    "judgments",
    "measured_at",
)


@dataclass(frozen=True)
class Loaded:
    """Judgments as arrays, and which rows their ids stand for."""

    judgments: ds.Judgments
    tasks: NDArray[np.int64]
    annotators: NDArray[np.int64]


@dataclass(frozen=True)
class Fitted:
    """Posteriors by the campaign's method, task by task."""

    tasks: NDArray[np.int64]  # ids, ascending
    posteriors: NDArray[np.float64]

    def of(self, task_id: int) -> list[float] | None:
        place = int(self.places(np.array([task_id]))[0])
        return None if place < 0 else self.posteriors[place].tolist()

    def places(self, tasks: NDArray[np.int64]) -> NDArray[np.intp]:
        """(N,) rows of `posteriors`, -1 where nobody has said anything."""
        if not len(self.tasks):
            return np.full(len(tasks), -1)
        places = np.minimum(np.searchsorted(self.tasks, tasks), len(self.tasks) - 1)
        return np.where(self.tasks[places] == tasks, places, -1)


def refresh(campaign: Campaign) -> str:
    """Bring the figures up to date: "nothing", "added" or "fitted"; "busy" while another worker does."""
    from annotation.actions.revising import revise

    with alone(campaign) as is_mine:
        if not is_mine:
            return "busy"
        state = ConsensusState.objects.filter(campaign=campaign).first()
        if state is None or state.method != campaign.consensus or state.fitted_at is None:
            if not Judgment.objects.counted().filter(task__campaign=campaign).exists():
                return "nothing"
            revise(campaign, fit(campaign))
            return "fitted"
        added = add(campaign, state)
        if added and state.added_judgments >= max(LEAST_NEWS, NEWS_SHARE * state.fitted_judgments):
            revise(campaign, fit(campaign))
            return "fitted"
        return "added" if added else "nothing"


def alone(campaign: Campaign) -> AbstractContextManager[bool]:
    """Whether nobody else fits this campaign."""
    return locks.alone("consensus", campaign.pk)


def fit(campaign: Campaign) -> Fitted:
    """Fit the campaign's method to all its counted judgments and keep what it says about people.

    People are measured by Dawid-Skene whatever the verdicts are formed by, known answers included: its
    posterior without somebody's own vote is the best guess there is at what they should have said.
    """
    began = timezone.now() - SETTLED_AFTER
    last = Verdict.objects.of_campaign(campaign).filter(formed_at__lt=began).order_by("-pk").first()
    loaded = load(campaign)
    measured = ds.dawid_skene(loaded.judgments)
    if campaign.consensus in (Consensus.DAWID_SKENE, Consensus.MAJORITY):
        chosen = measured
    else:
        try:
            chosen = methods.fit(campaign.consensus, loaded.judgments)
        except methods.DidNotFit as error:
            log.warning("campaign %s: %s; Dawid-Skene stands in for it", campaign.pk, error)
            chosen = measured
    counts = ds.confusion_counts(loaded.judgments, chosen.posteriors)
    right, seen = _right_and_seen(loaded.judgments, measured.posteriors)
    Participation.objects.bulk_create(
        [
            _measured(campaign, int(annotator), counts[place], right[place], seen[place])
            for place, annotator in enumerate(loaded.annotators)
        ],
        update_conflicts=True,
        unique_fields=["campaign", "annotator"],
        update_fields=FIGURES,
        batch_size=1000,
    )
    ConsensusState.objects.update_or_create(
        campaign=campaign,
        defaults={
            "method": campaign.consensus,
            "prior": chosen.prior.tolist(),
            "fitted_judgments": len(loaded.judgments),
            "added_judgments": 0,
            "last_verdict_id": last.pk if last else 0,
            "gold_until": began,
            "fitted_at": timezone.now(),
        },
    )
    return Fitted(loaded.tasks, chosen.posteriors)


def load(campaign: Campaign, given: QuerySet[Judgment] | None = None) -> Loaded:
    """Every counted judgment of the campaign, or those given; what is known or decided as truth.

    Takes some 100 bytes of memory for each judgment while it loads, and half of that afterwards.
    """
    if given is None:
        given = measuring(Judgment.objects.counted().filter(task__campaign=campaign))
    truth = {
        task: PLACE[answer]
        for task, answer in campaign.tasks.filter(pool=Pool.GOLD).values_list("pk", "gold_answer")
    }
    curators = Verdict.objects.standing().of_campaign(campaign).filter(decided_by__isnull=False)
    truth |= {task: PLACE[answer] for task, answer in curators.values_list("task", "answer")}
    return _arrays(_told(given), truth)


def _told(given: QuerySet[Judgment]) -> list[NDArray[Any]]:
    """(N,) tasks, annotators, and places of the answers; a skip says nothing."""
    rows = given.exclude(answer=Answer.SKIP).order_by()
    return columns_of(rows.values_list("task_id", "annotator_id", PLACE_OF_ANSWER), "int8", "int8", "int4")


def measuring(given: QuerySet[Judgment]) -> QuerySet[Judgment]:
    """Without what was answered to known answers after they had got about: it measures who talks to whom."""
    leaked = Gold.objects.filter(task=OuterRef("task"), retired_for=RetiredFor.LEAKED)
    is_since = Q(leaked_at=None) | Q(leaked_at__lte=OuterRef("judged_at"))
    return given.exclude(Exists(leaked.filter(is_since)))


def add(campaign: Campaign, state: ConsensusState) -> int:
    """Add verdicts and answers to gold since the last time to people's figures; how many judgments."""
    until = timezone.now() - SETTLED_AFTER
    verdicts = Verdict.objects.standing().of_campaign(campaign)
    fresh = verdicts.filter(pk__gt=state.last_verdict_id, formed_at__lt=until).order_by("pk")[:CHUNK]
    posteriors = {}
    for pk, task, shares in fresh.values_list("pk", "task", "posteriors"):
        state.last_verdict_id = pk
        if len(shares) == len(CLASSES):
            posteriors[task] = shares
    truth = {}
    gold = measuring(
        Judgment.objects.counted().filter(
            task__campaign=campaign,
            task__pool=Pool.GOLD,
            judged_at__gt=state.gold_until,
            judged_at__lte=until,
        )
    )
    for task, answer in gold.values_list("task", "task__gold_answer"):
        truth[task] = PLACE[answer]
    about = Judgment.objects.counted().filter(task__in=posteriors)
    news = [np.concatenate(two) for two in zip(_told(about), _told(gold), strict=True)]
    state.gold_until = until
    if added := len(news[0]):
        _add(campaign, _arrays(news, truth), posteriors)
        state.added_judgments += added
    state.save()
    return added


def _add(campaign: Campaign, loaded: Loaded, posteriors: dict[int, list[float]]) -> None:
    size = len(CLASSES)
    shares = np.array([posteriors.get(int(task), [1 / size] * size) for task in loaded.tasks])
    shares = ds.clamp(shares, loaded.judgments)
    counts = ds.confusion_counts(loaded.judgments, shares)
    known = {one.annotator_id: one for one in campaign.participations.filter(annotator__in=loaded.annotators)}
    before = np.zeros_like(counts)
    for place, annotator in enumerate(loaded.annotators):
        if (there := known.get(int(annotator))) and there.confusion:
            before[place] = np.array(there.confusion).reshape(size, size)
    right, seen = _right_and_seen(loaded.judgments, shares, before + counts)
    people = []
    for place, annotator in enumerate(loaded.annotators):
        there = known.get(int(annotator))
        if there and there.reliability is not None:
            right[place] += right_answers(there.reliability, there.judgments)
            seen[place] += there.judgments
        people.append(
            _measured(campaign, int(annotator), before[place] + counts[place], right[place], seen[place])
        )
    Participation.objects.bulk_create(
        people, update_conflicts=True, unique_fields=["campaign", "annotator"], update_fields=FIGURES
    )


def _right_and_seen(judgments: ds.Judgments, posteriors, counts=None) -> tuple[NDArray, NDArray]:
    """Per annotator: expected right answers, and answers that somebody else can speak to."""
    if counts is None:
        counts = ds.confusion_counts(judgments, posteriors)
    right, is_seen = ds.right_by_the_others(judgments, posteriors, counts)
    people = {"minlength": judgments.annotator_count}
    return (
        np.bincount(judgments.annotators, weights=right * is_seen, **people),
        np.bincount(judgments.annotators, weights=is_seen, **people),
    )


def _measured(campaign: Campaign, annotator: int, counts, right: float, seen: float) -> Participation:
    figures = reliability(float(right), float(seen))
    return Participation(
        campaign=campaign,
        annotator_id=annotator,
        confusion=np.asarray(counts).ravel().tolist(),
        reliability=figures.mean,
        reliability_low=figures.low,
        reliability_high=figures.high,
        judgments=round(float(seen)),
        measured_at=timezone.now(),
    )


def _arrays(told: list[NDArray[Any]], truth: dict[int, int]) -> Loaded:
    tasks, annotators, answers = told
    task_ids, task_places = np.unique(tasks, return_inverse=True)
    people, person_places = np.unique(annotators, return_inverse=True)
    known = np.full(len(task_ids), -1, dtype=np.int64)
    there = np.isin(task_ids, np.array(list(truth), dtype=np.int64))
    known[there] = [truth[int(task)] for task in task_ids[there]]
    judgments = ds.Judgments(
        tasks=task_places,
        annotators=person_places,
        answers=answers.astype(np.int64),
        task_count=len(task_ids),
        annotator_count=len(people),
        classes=len(CLASSES),
        truth=known,
    )
    return Loaded(judgments, task_ids, people)
