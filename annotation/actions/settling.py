"""What follows from the answers to a task: one more seat, a verdict, or a dispute for a curator.

Every function here expects its caller to hold the lock of the task's row.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from annotation import telling
from annotation.consensus import majority, naive_bayes
from annotation.models import (
    CLASSES,
    Answer,
    Campaign,
    Consensus,
    ConsensusState,
    Judgment,
    Participation,
    Pool,
    Task,
    Typicality,
    Verdict,
)
from people.errors import UserError
from people.statements import columns, fetch, insert, instances

log = logging.getLogger(__name__)

UNIFORM = [1 / len(CLASSES)] * len(CLASSES)
PLACE = {answer: place for place, answer in enumerate(CLASSES)}


@dataclass(frozen=True)
class Opinion:
    """What the judges of a task think, with and without the model's vote."""

    answer: str  # "unsure" where they cannot agree
    posteriors: list[float]  # in the order of CLASSES
    people_posterior: float | None  # of accept, where the model voted too
    is_disputed: bool
    method: str

    @property
    def confidence(self) -> float:
        return max(self.posteriors)


def lock_task(campaign: Campaign, task_id: int) -> Task:
    """The task's row, locked. NO KEY UPDATE: rows that merely point at it need not wait."""
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    task.campaign = campaign
    return task


def advance(task: Task) -> Verdict | None:
    """Take the next step after an answer, or after a seat came free: ask one more, or form the verdict."""
    if task.is_gold:
        return None  # gold measures people, not candidates
    counted, has_verdict = _counted(task)
    if not counted:
        return None
    known = _participations(task.campaign, counted)
    is_settled_alone = any(_settles_alone(judgment, known) for judgment in counted)
    if is_settled_alone and task.seats_free:
        change_seats(task, -task.seats_free)  # nobody else need be asked
    if len(counted) < task.seats_granted or has_verdict:
        return None  # a free seat or somebody who holds one still waits for its answer
    opinion = form_opinion(task, counted, known)
    wanted = 0 if is_settled_alone else seats_wanted(task.campaign, len(counted), opinion.confidence)
    if wanted:
        change_seats(task, wanted)
        return None
    return form_verdict(task, counted, opinion)


COUNTED = """
SELECT EXISTS (SELECT 1 FROM annotation_verdict WHERE task_id = %(task)s AND withdrawn_at IS NULL), {judgment}
FROM annotation_judgment AS judgment
WHERE task_id = %(task)s AND is_counted
  AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL
ORDER BY judged_at, id
"""


def _counted(task: Task) -> tuple[list[Judgment], bool]:
    """The answers that count, in the order in which they came, and whether a verdict stands already."""
    found = fetch(_counting(), {"task": task.pk})
    return list(instances(Judgment, [row[1:] for row in found])), bool(found and found[0][0])


@lru_cache
def _counting() -> str:
    return COUNTED.format(judgment=columns(Judgment, "judgment"))


def may_advance(task: Task, counted: int) -> bool:
    """Whether `counted` answers can have any consequence, told without reading them."""
    return not task.is_gold and (counted >= task.seats_granted or task.campaign.trusted_alone)


def seats_wanted(campaign: Campaign, counted: int, confidence: float) -> int:
    """How many more people the policy asks for when `counted` have answered."""
    if counted < campaign.first_seats:
        return campaign.first_seats - counted
    is_doubtful = campaign.stop_at is not None and confidence < campaign.stop_at
    return 1 if is_doubtful and counted < campaign.overlap else 0


def form_opinion(
    task: Task, counted: Sequence[Judgment], known: dict[int, Participation] | None = None
) -> Opinion:
    """The campaign's consensus method on these judgments, at what is known of their annotators today."""
    campaign = task.campaign
    if known is None:
        known = _participations(campaign, counted)
    if campaign.consensus == Consensus.MAJORITY:
        winner, posteriors = majority.majority(list(votes_of(counted).values()))
    else:
        prior = _prior(campaign)
        posteriors = naive_bayes.posteriors(
            [(PLACE[Answer(judgment.answer)], _counts(judgment, known)) for judgment in counted],
            prior or UNIFORM,
        )
        winner = None
    return judged(campaign, task.pool, task.score, posteriors, winner=winner)


def judged(
    campaign: Campaign, pool: str, score: float | None, posteriors: list[float], *, winner: int | None = None
) -> Opinion:
    """Add the model's vote where the campaign gives it one, and see whether the judges agree.

    The evaluation sample stays with the people alone: a model must not be measured on its own vote.
    """
    method, people = str(campaign.consensus), None
    if campaign.model_votes and score is not None and pool != Pool.EVALUATION:
        people = posteriors[0]
        posteriors = naive_bayes.with_model(posteriors, score, base_rate(campaign))
        method += "+model"
    best = max(posteriors)
    if method == Consensus.MAJORITY:
        is_disputed = winner is None
    else:
        is_disputed = best < campaign.dispute_below
        winner = posteriors.index(best)
    answer = Answer.UNSURE if is_disputed or winner is None else CLASSES[winner]
    return Opinion(str(answer), posteriors, people, is_disputed, method)


def votes_of(judgments: Sequence[Judgment]) -> dict[str, int]:
    """answer -> how many, in the order of CLASSES."""
    given = Counter(judgment.answer for judgment in judgments)
    return {str(answer): given[answer] for answer in CLASSES}


def withdraw_standing(task: Task, verdict: Verdict, *, at=None) -> None:
    """A verdict falls, and with it what it proposed; a curator's decision about that stays."""
    # A worker may have acted on it since it was read: whoever acts holds the verdict's row.
    held = Verdict.objects.select_for_update(no_key=True).values_list("acted_at", flat=True)
    verdict.acted_at = held.get(pk=verdict.pk)
    verdict.withdrawn_at = at or timezone.now()
    verdict.save(update_fields=["withdrawn_at"])
    telling.withdrawn(task, verdict)
    if task.cluster and task.represented_by_id is None:
        from annotation.actions.clusters import give_back  # which imports this module

        give_back(verdict)
    if verdict.acted_at and verdict.answer == Answer.ACCEPT:
        task.kind.on_withdraw(verdict)


def withdraw_or_leave_to_curator(task: Task, verdict: Verdict) -> None:
    """The verdict falls in any case; what it proposed stays where a curator has decided about that."""
    if task.cluster and task.represented_by_id is None:
        from annotation.actions.clusters import taken_from  # which imports this module

        # Each by itself: one that a curator has decided about must not keep the others' proposals.
        for taken in taken_from(verdict):
            withdraw_or_leave_to_curator(taken.task, taken)
    try:
        with transaction.atomic():
            withdraw_standing(task, verdict)
    except UserError:
        # What it proposed was decided by a curator, whose word stays; the verdict itself still falls.
        log.info("verdict %s was withdrawn, its proposal had been decided", verdict.pk)
        Verdict.objects.standing().filter(pk=verdict.pk).update(withdrawn_at=timezone.now())
        telling.withdrawn(task, verdict)


def form_verdict(task: Task, counted: Sequence[Judgment], opinion: Opinion) -> Verdict:
    now = timezone.now()
    verdict = Verdict(
        task=task,
        answer=opinion.answer,
        formed_at=now,
        # Only a yes proposes something that a worker has to write.
        acted_at=None if opinion.answer == Answer.ACCEPT else now,
        reason=_commonest(judgment.reason for judgment in counted) if opinion.answer == Answer.BAD else "",
        typicality=_typicality(counted) if opinion.answer == Answer.ACCEPT else None,
        posterior=opinion.posteriors[0],
        posteriors=opinion.posteriors,
        people_posterior=opinion.people_posterior,
        confidence=opinion.confidence,
        is_disputed=opinion.is_disputed,
        method=opinion.method,
        votes=votes_of(counted),
        basis=[judgment.pk for judgment in counted],
    )
    insert(verdict)
    if not verdict.acted_at:
        announce(verdict)
    telling.formed(task, verdict)
    if task.cluster:
        from annotation.actions.clusters import settled  # which imports this module

        settled(task, verdict)
    return verdict


def announce(verdict: Verdict) -> None:
    """Tell a worker once this is committed.

    Robust: the answer is stored by then, and a silent broker must not make it look refused. Beat finds
    the verdicts that nobody was told about.
    """

    def tell() -> None:
        from annotation.tasks import announce as announce_now  # tasks import this module's neighbours

        announce_now(verdict.pk)

    transaction.on_commit(tell, robust=True)


def change_seats(task: Task, by: int) -> None:
    task.seats_free += by
    task.seats_granted += by
    task.save(update_fields=["seats_free", "seats_granted"])


def _participations(campaign: Campaign, counted: Sequence[Judgment]) -> dict[int, Participation]:
    """What is known of these judges; nothing is read where the policy does not ask."""
    if campaign.consensus == Consensus.MAJORITY and not campaign.trusted_alone:
        return {}
    people = campaign.participations.filter(annotator__in=[judgment.annotator_id for judgment in counted])
    found = {}
    for participation in people:
        participation.campaign = campaign
        found[participation.annotator_id] = participation
    return found


def _settles_alone(judgment: Judgment, known: dict[int, Participation]) -> bool:
    participation = known.get(judgment.annotator_id)
    return (
        participation is not None
        and participation.campaign.trusted_alone
        and participation.is_trusted
        and judgment.answer != Answer.UNSURE
    )


def _counts(judgment: Judgment, known: dict[int, Participation]) -> list[list[float]] | None:
    participation = known.get(judgment.annotator_id)
    return participation.counts if participation else None


def _prior(campaign: Campaign) -> list[float]:
    state = ConsensusState.objects.filter(campaign=campaign).first()
    return state.prior if state else []


def base_rate(campaign: Campaign) -> float:
    """The share of accepts that the model's score was calibrated at."""
    prior = _prior(campaign) or UNIFORM
    sided = prior[0] + prior[1] + prior[3]
    return prior[0] / sided


def _commonest(reasons) -> str:
    given = Counter(reason for reason in reasons if reason)
    # The first given of equally common ones, so that the same answers always make the same verdict.
    return given.most_common(1)[0][0] if given else ""


def _typicality(counted: Sequence[Judgment]) -> float | None:
    said = [judgment.typicality for judgment in counted if judgment.typicality]
    return said.count(Typicality.TYPICAL) / len(said) if said else None
