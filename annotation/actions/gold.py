"""Known answers: made by curators or from confident verdicts, used, retired, and corrected."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.clusters import leave
from annotation.actions.deciding import adjudicate
from annotation.actions.gold_seats import close_seats, open_seats, return_to_queue
from annotation.models import (
    CLASSES,
    AttemptAnswer,
    Campaign,
    ConsensusState,
    Gold,
    GoldSource,
    GoldStatus,
    GoldUse,
    Mode,
    Pool,
    RetiredFor,
    Task,
    Verdict,
)
from people.errors import UserError
from people.models import Change


class NotGold(UserError):
    pass


@transaction.atomic
def add_gold(
    *,
    task: Task,
    answer: str,
    reason: str,
    by=None,
    use: str = GoldUse.MEASURE,
    source: str = GoldSource.CURATOR,
    verdict: Verdict | None = None,
    actor: str = "",
) -> Task:
    """Make a task a known answer, or change what is known; `reason` explains it to annotators.

    Never one of the evaluation sample: taking tasks out of it by hand would end its being random. Where
    the crowd's verdict said otherwise, the curator's word replaces it.
    """
    if task.pool == Pool.EVALUATION:
        raise NotGold(_("This task belongs to the evaluation sample, which nobody may choose from."))
    if answer not in CLASSES:
        raise NotGold(_("A known answer is yes, no, cannot tell or bad candidate."))
    told = AttemptAnswer.objects.filter(task=task, attempt__mode=Mode.TRAINING)
    if use == GoldUse.MEASURE and told.exists():
        raise NotGold(_("People were told its answer in training: it cannot be mixed in unseen any more."))
    leave(task, by=by, why="a known answer stands for itself alone")
    task = _locked(task)
    gold = Gold.objects.filter(task=task).first()
    was_live = gold is not None and gold.status == GoldStatus.LIVE
    before = {"pool": task.pool, "answer": task.gold_answer}
    if gold is None:
        gold = Gold(task=task)
    if not was_live:
        gold.made_at, gold.answered, gold.right, gold.suspicion = timezone.now(), 0, 0, ""
    gold.answer, gold.why, gold.use, gold.source = answer, reason, use, source
    gold.verdict, gold.made_by = verdict or gold.verdict, by
    gold.status, gold.retired_for, gold.retired_at, gold.leaked_at = GoldStatus.LIVE, "", None, None
    gold.save()
    _correct_verdict(task, answer, reason, by)
    (open_seats if use == GoldUse.MEASURE else close_seats)(task)
    task.pool, task.gold_answer, task.gold_reason = Pool.GOLD, answer, reason
    task.save(update_fields=["pool", "gold_answer", "gold_reason"])
    if before["answer"] not in ("", answer):
        refit_soon(task.campaign)
    after = {"pool": task.pool, "answer": answer, "use": str(use)}
    _trail(task, "gold", by, before=before, after=after, reason=reason, actor=actor)
    return task


def _correct_verdict(task: Task, answer: str, reason: str, by) -> None:
    standing = task.verdicts.standing().first()
    if standing is None or standing.answer == answer or by is None:
        return
    said = task.judgments.counted().filter(answer="bad").exclude(reason="").first()
    bad_reason = said.reason if said else next(iter(task.kind.bad_reasons), "")
    adjudicate(verdict=standing, answer=answer, by=by, why=reason, reason=str(bad_reason))


@transaction.atomic
def retire_gold(
    *, gold: Gold, reason: str, by=None, words: str = "", actor: str = "", leaked_at: datetime | None = None
) -> Gold:
    """Take a known answer out of use; twice is the same as once.

    Annotators may then read it. One that was wrong becomes an ordinary question again instead, and what
    was answered to it measures nobody any more, nor what was answered to one since it had got about
    (`leaked_at`; not known since when: none of its answers).
    """
    task = _locked(gold.task)
    gold = Gold.objects.select_for_update().get(pk=task.pk)
    if gold.status != GoldStatus.LIVE:
        return gold
    if reason == RetiredFor.WRONG:
        return_to_queue(task, gold, reason=RetiredFor.WRONG, by=by)
    else:
        close_seats(task)
        gold.status, gold.retired_for, gold.retired_at = GoldStatus.RETIRED, reason, timezone.now()
        gold.leaked_at = leaked_at if reason == RetiredFor.LEAKED else None
        gold.save(update_fields=["status", "retired_for", "retired_at", "leaked_at"])
    if reason in (RetiredFor.WRONG, RetiredFor.LEAKED):
        refit_soon(task.campaign)
    after = {"status": GoldStatus.RETIRED, "for": str(reason)}
    _trail(
        task, "retire gold", by, before={"status": GoldStatus.LIVE}, after=after, reason=words, actor=actor
    )
    return gold


@transaction.atomic
def correct_gold(*, gold: Gold, answer: str, by, why: str) -> Gold:
    """The known answer was another one. In use or not, people are measured anew by the right one."""
    task = _locked(gold.task)
    gold = Gold.objects.select_for_update().get(pk=task.pk)
    if not task.is_gold or gold.answer == answer:
        return gold
    before, gold.answer, gold.why = {"answer": gold.answer}, answer, why or gold.why
    gold.save(update_fields=["answer", "why"])
    task.gold_answer, task.gold_reason = gold.answer, gold.why
    task.save(update_fields=["gold_answer", "gold_reason"])
    _correct_verdict(task, answer, gold.why, by)
    refit_soon(task.campaign)
    _trail(task, "correct gold", by, before=before, after={"answer": answer}, reason=why)
    return gold


@transaction.atomic
def decide_and_keep(*, verdict: Verdict, answer: str, by, why: str, reason: str = "") -> Verdict:
    """Decide a dispute, and keep the task as a known answer that measures people from now on."""
    decided = adjudicate(verdict=verdict, answer=answer, by=by, why=why, reason=reason)
    add_gold(task=verdict.task, answer=answer, reason=why, by=by, verdict=decided)
    return decided


@transaction.atomic
def propose_gold(*, verdict: Verdict, actor: str = "") -> Gold | None:
    """Offer a confident verdict to a curator as a known answer; none where the task has been one before."""
    task = _locked(verdict.task)
    gold, is_new = Gold.objects.get_or_create(
        task=task,
        defaults={
            "answer": verdict.answer,
            "source": GoldSource.VERDICT,
            "status": GoldStatus.PROPOSED,
            "verdict": verdict,
        },
    )
    return gold if is_new else None


@transaction.atomic
def accept_proposal(*, gold: Gold, by, reason: str = "", use: str = GoldUse.MEASURE) -> Gold:
    task = _locked(gold.task)
    gold = Gold.objects.select_for_update().get(pk=task.pk)
    if gold.status == GoldStatus.PROPOSED:
        add_gold(
            task=task,
            answer=gold.answer,
            reason=reason,
            by=by,
            use=use,
            source=gold.source,
            verdict=gold.verdict,
        )
        gold.refresh_from_db()
    return gold


@transaction.atomic
def refuse_proposal(*, gold: Gold, by, words: str = "") -> Gold:
    """It is not proposed again."""
    task = _locked(gold.task)
    gold = Gold.objects.select_for_update().get(pk=task.pk)
    if gold.status == GoldStatus.PROPOSED:
        gold.status = GoldStatus.REFUSED
        gold.save(update_fields=["status"])
        status = {"status": GoldStatus.REFUSED}
        _trail(task, "refuse gold", by, before={"status": "proposed"}, after=status, reason=words)
    return gold


def refit_soon(campaign: Campaign) -> None:
    """People's figures rested on what is no longer true: the next turn of the worker fits them anew."""
    ConsensusState.objects.filter(campaign=campaign).update(fitted_at=None)


def _locked(task: Task) -> Task:
    tasks = Task.objects.select_for_update(of=("self",), no_key=True)
    return tasks.select_related("campaign").get(pk=task.pk)


def _trail(task: Task, action: str, by, *, before, after, reason: str, actor: str = "") -> None:
    Change.objects.create(
        by=by,
        actor=actor,
        action=action,
        entity="task",
        entity_id=task.pk,
        before=before,
        after=after,
        reason=reason,
    )
