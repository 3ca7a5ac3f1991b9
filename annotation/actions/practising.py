"""Tests before a campaign and training with explained answers: nothing in them counts towards a verdict."""

import random
from datetime import timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation import gate
from annotation.actions.deciding import trail_of_person
from annotation.models import (
    CLASSES,
    Attempt,
    AttemptAnswer,
    Campaign,
    GoldUse,
    Mode,
    Participation,
    Task,
)
from people.errors import UserError

LONGEST_TRAINING = 30  # questions in one go
LONGEST = timedelta(days=1)


class NotToPractise(UserError):
    pass


@transaction.atomic
def start_attempt(*, campaign: Campaign, annotator, mode: str) -> Attempt:
    """The walk that is under way, or a new one."""
    person, _is_new = Participation.objects.get_or_create(campaign=campaign, annotator=annotator)
    Participation.objects.select_for_update(no_key=True).get(pk=person.pk)  # two tabs, one attempt
    mine = Attempt.objects.filter(campaign=campaign, annotator=annotator, mode=mode)
    if there := mine.open().first():
        return there
    tasks = _test(campaign, annotator) if mode == Mode.TEST else _training(campaign, annotator, mine.count())
    return Attempt.objects.create(
        campaign=campaign,
        annotator=annotator,
        mode=mode,
        number=mine.count() + 1,
        tasks=tasks,
        guideline=campaign.guideline,
    )


def _test(campaign: Campaign, annotator) -> list[int]:
    now = gate.gate_of(campaign, annotator)
    if now.state == gate.NOT_READY:
        raise NotToPractise(_("The test is being prepared. Look in later."))
    if now.state != gate.TEST:
        raise NotToPractise(_("There is no test for you to take here."))
    asked = set()
    attempts = Attempt.objects.filter(campaign=campaign, annotator=annotator, mode=Mode.TEST)
    for attempt in attempts:
        asked |= set(attempt.tasks)
    there = _questions(campaign, annotator, GoldUse.TEST)
    random.Random(f"{campaign.seed} {annotator.pk} {attempts.count()}").shuffle(there)
    # What they have not met comes first: a second attempt is no test of memory as long as that can be.
    return sorted(there, key=lambda task: task in asked)[: now.policy.test_size]


def _training(campaign: Campaign, annotator, number: int) -> list[int]:
    now = gate.gate_of(campaign, annotator)
    if now.state in (gate.PAUSED, gate.REMOVED):
        raise NotToPractise(_("You do not take part in this campaign at the moment."))
    there = _questions(campaign, annotator, GoldUse.TRAINING)
    if not there:
        raise NotToPractise(_("There is nothing to train with here yet."))
    random.Random(f"{campaign.seed} {annotator.pk} {number}").shuffle(there)
    return there[:LONGEST_TRAINING]


def _questions(campaign: Campaign, annotator, use: str) -> list[int]:
    return list(gate.questions(campaign, annotator, use).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def answer_attempt(*, attempt: Attempt, task: Task, answer: str, took: timedelta) -> AttemptAnswer:
    """Keep one answer; a second one to the same question is the first. The last one ends the attempt."""
    attempt = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("campaign", "annotator")
        .get(pk=attempt.pk)
    )
    if there := attempt.answers.filter(task=task).first():
        return there
    if task.pk not in attempt.tasks or attempt.finished_at:
        raise NotToPractise(_("This question does not belong to what you are doing."))
    if answer not in CLASSES:
        raise NotToPractise(_("Answer yes, no, cannot tell or bad candidate."))
    took = min(max(took, timedelta(0)), LONGEST)
    # One that stopped being known meanwhile is right whatever is said: nobody is marked down for it.
    known = task.gold_answer or answer
    given = AttemptAnswer.objects.create(attempt=attempt, task=task, answer=answer, known=known, took=took)
    if attempt.answers.count() == attempt.size:
        _finish(attempt)
    return given


def _finish(attempt: Attempt) -> None:
    right = sum(answer.is_right for answer in attempt.answers.all())
    attempt.right, attempt.finished_at = right, timezone.now()
    if attempt.mode == Mode.TEST:
        attempt.passed = right >= ceil(attempt.campaign.quality.test_pass * attempt.size - 1e-9)
    attempt.save(update_fields=["right", "finished_at", "passed"])
    if attempt.passed:
        who = Participation.objects.filter(campaign=attempt.campaign, annotator=attempt.annotator)
        who.filter(qualified_at=None).update(qualified_at=attempt.finished_at)


def next_task(attempt: Attempt) -> Task | None:
    """The first question without an answer."""
    answered = set(attempt.answers.values_list("task", flat=True))
    left = [task for task in attempt.tasks if task not in answered]
    return Task.objects.select_related("campaign").filter(pk=left[0]).first() if left else None


@transaction.atomic
def let_in(*, campaign: Campaign, annotator, by, why: str) -> Participation:
    """An admin knows that somebody can do it: no test for them."""
    person, _is_new = Participation.objects.get_or_create(campaign=campaign, annotator=annotator)
    person = Participation.objects.select_for_update().get(pk=person.pk)
    if person.qualified_at is None:
        person.qualified_at = timezone.now()
        person.save(update_fields=["qualified_at"])
        after = {"qualified": True}
        trail_of_person(campaign, annotator, "let in", by, why, before={"qualified": False}, after=after)
    return person


@transaction.atomic
def grant_attempt(*, campaign: Campaign, annotator, by, why: str) -> Participation:
    """One more attempt at the test."""
    person, _is_new = Participation.objects.get_or_create(campaign=campaign, annotator=annotator)
    person = Participation.objects.select_for_update().get(pk=person.pk)
    before, person.more_attempts = person.more_attempts, person.more_attempts + 1
    person.save(update_fields=["more_attempts"])
    was, now = {"more_attempts": before}, {"more_attempts": person.more_attempts}
    trail_of_person(campaign, annotator, "grant attempt", by, why, before=was, after=now)
    return person
