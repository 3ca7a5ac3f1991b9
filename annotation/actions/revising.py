"""Verdicts change when more is known: after a fit, a curator's decision, or the removal of an annotator."""

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from annotation.actions import fitting, recomputing
from annotation.actions.clusters import follow
from annotation.actions.gold_seats import return_to_queue
from annotation.actions.removing import note_removal
from annotation.actions.settling import (
    Opinion,
    base_rate,
    change_seats,
    form_verdict,
    judged,
    lock_task,
    withdraw_standing,
)
from annotation.columns import as_array, fetch_columns
from annotation.consensus.opinions import opinions
from annotation.models import (
    CLASSES,
    Answer,
    Campaign,
    Consensus,
    Gold,
    GoldSource,
    Judgment,
    Lease,
    Participation,
    RetiredFor,
    Verdict,
)
from annotation.models.gold import NOT_KNOWN
from people.errors import UserError

log = logging.getLogger(__name__)

BATCH = 500
AT_ONCE = 5_000  # verdicts whose posteriors are written by one statement
MOVED = 0.005  # a posterior that moved less is left as it is

STANDING = """
SELECT verdict.id, verdict.task_id, array_position(%(classes)s::text[], verdict.answer::text) - 1,
    verdict.is_disputed, verdict.posterior,
    CASE WHEN task.pool <> 'evaluation' THEN coalesce(task.score, 'NaN') ELSE 'NaN' END
FROM annotation_verdict AS verdict JOIN annotation_task AS task ON task.id = verdict.task_id
WHERE task.campaign_id = %(campaign)s AND verdict.withdrawn_at IS NULL AND verdict.decided_by_id IS NULL
ORDER BY verdict.id
"""
# Whoever holds one of them is about to replace or withdraw it; nobody waits for anybody here.
WRITE = """
WITH held AS (
    SELECT id FROM annotation_verdict WHERE id = ANY(%(ids)s::bigint[]) AND withdrawn_at IS NULL
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE annotation_verdict AS verdict
SET posterior = moved.accept, posteriors = array[moved.accept, moved.reject, moved.unsure, moved.bad],
    confidence = greatest(moved.accept, moved.reject, moved.unsure, moved.bad),
    people_posterior = nullif(moved.people, 'NaN')
FROM held JOIN unnest(%(ids)s::bigint[], %(accept)s::float8[], %(reject)s::float8[], %(unsure)s::float8[],
    %(bad)s::float8[], %(people)s::float8[]) AS moved (id, accept, reject, unsure, bad, people) USING (id)
WHERE verdict.id = held.id
"""


def revise(campaign: Campaign, fitted: "fitting.Fitted") -> int:
    """Hold every standing verdict against the new posteriors; how many now say something else.

    A verdict that only became more or less certain keeps its place; one that says something else is
    withdrawn and a new one formed, so that the trail shows both. Curators' verdicts stay.
    """
    if campaign.consensus == Consensus.MAJORITY:
        return 0  # votes are votes, whoever gave them
    verdicts, tasks, answers, is_disputed, posterior, scores = _standing(campaign)
    places = fitted.places(tasks)
    known = places >= 0
    new = opinions(
        fitted.posteriors[places[known]],
        dispute_below=campaign.dispute_below,
        unsure=CLASSES.index(Answer.UNSURE),
        scores=scores[known] if campaign.model_votes else None,
        base_rate=base_rate(campaign),
    )
    differs = (new.answers != answers[known]) | (new.is_disputed != is_disputed[known])
    moved = ~differs & (np.abs(new.posteriors[:, 0] - posterior[known]) > MOVED)
    _write(verdicts[known][moved], new.posteriors[moved], new.people[moved])
    return _replace_all(campaign, fitted, verdicts[known][differs])


def _standing(campaign: Campaign) -> list[NDArray[Any]]:
    """(N,) ids, tasks, places of the answers, whether disputed, posteriors, and scores that have a vote."""
    values = {"campaign": campaign.pk, "classes": [str(answer) for answer in CLASSES]}
    return fetch_columns(STANDING, values, ["int8", "int8", "int4", "bool", "float8", "float8"])


def _write(verdicts: NDArray[Any], posteriors: NDArray[Any], people: NDArray[Any]) -> None:
    for start in range(0, len(verdicts), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        shares = zip(("accept", "reject", "unsure", "bad"), posteriors[part].T, strict=True)
        values = {name: as_array(column) for name, column in shares}
        values |= {"ids": as_array(verdicts[part]), "people": as_array(people[part])}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WRITE, values)
            follow(verdicts[part].tolist())


def _replace_all(campaign: Campaign, fitted: "fitting.Fitted", verdicts: NDArray[Any]) -> int:
    changed = 0
    for start in range(0, len(verdicts), BATCH):
        ids = verdicts[start : start + BATCH].tolist()
        found = Verdict.objects.standing().filter(pk__in=ids).order_by("pk")
        for verdict in found.select_related("task").defer("task__content"):
            posteriors = fitted.of(verdict.task_id)
            if posteriors is not None:
                opinion = judged(campaign, verdict.task.pool, verdict.task.score, posteriors)
                if (opinion.answer, opinion.is_disputed) != (verdict.answer, verdict.is_disputed):
                    changed += _replace(campaign, verdict, opinion)
    return changed


@transaction.atomic
def _replace(campaign: Campaign, verdict: Verdict, opinion: Opinion) -> bool:
    task = lock_task(campaign, verdict.task_id)
    counted = list(task.judgments.counted().order_by("judged_at", "pk"))
    if not task.verdicts.standing().filter(pk=verdict.pk).exists() or {
        judgment.pk for judgment in counted
    } != set(verdict.basis):
        return False  # somebody was quicker; the next fit sees what they did
    try:
        with transaction.atomic():
            withdraw_standing(task, verdict)
    except UserError:
        return False  # a curator has decided about what it proposed: that decision stays
    if opinion.is_disputed and campaign.stop_at is not None and len(counted) < campaign.overlap:
        change_seats(task, 1)
    else:
        form_verdict(task, counted, opinion)
    return True


def remove_annotator(*, campaign: Campaign, annotator, by, why: str) -> int:
    """Take a person and all their answers out of a campaign, as if they had never been there.

    Their judgments are kept, marked as removed, but nothing rests on them any more: seats are free
    again, verdicts fall and are formed anew from the others, everybody's figures are fitted without
    them. May be called again after a crash. Returns how many of their judgments were taken out now.
    """
    participation = note_removal(campaign=campaign, annotator=annotator, by=by, why=why)
    Participation.objects.filter(pk=participation.pk).update(
        confusion=[], judgments=0, reliability=None, reliability_low=None, reliability_high=None, habits={}
    )
    # Those taken out before a crash too: their tasks may still wait to be recomputed.
    answered = Judgment.objects.filter(task__campaign=campaign, annotator=annotator)
    held = Lease.objects.filter(task__campaign=campaign, annotator=annotator)
    touched = sorted({*answered.values_list("task", flat=True), *held.values_list("task", flat=True)})
    for gold in Gold.objects.filter(verdict__basis__overlap=list(answered.values_list("pk", flat=True))):
        _forget_gold(campaign, gold)
    removed = recomputing.take_out(campaign, touched, annotator)
    recompute(campaign, touched)
    Participation.objects.filter(pk=participation.pk).update(taken_out_at=timezone.now())
    return removed


@transaction.atomic
def _forget_gold(campaign: Campaign, gold: Gold) -> None:
    """What was known from a verdict that rested on their answers is not known any more."""
    task = lock_task(campaign, gold.task_id)
    gold = Gold.objects.select_for_update().get(pk=task.pk)
    if gold.source != GoldSource.VERDICT or gold.retired_for in NOT_KNOWN:
        return
    if task.is_gold:
        return_to_queue(task, gold, reason=RetiredFor.BASIS)
    else:
        gold.delete()  # a proposal: it is made anew if the others' verdict is as sure


def recompute(campaign: Campaign, task_ids: Iterable[int]) -> None:
    """Seats, verdicts and figures from the standing judgments alone, whatever was there before."""
    task_ids = sorted(task_ids)
    recomputing.start_over(campaign, task_ids)
    with fitting.alone(campaign):
        fitted = fitting.fit(campaign)
    recomputing.advance_all(campaign, task_ids)
    revise(campaign, fitted)
