"""A guideline changed: ask anew what it affects, and nothing else.

The answers that were given stay for the trail, set aside: they count no longer, and who gave them may be
asked again. May be killed at any point: a task that was asked anew is not affected any more.
"""

import re
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.withdrawing import withdraw_verdicts
from annotation.bell import bell
from annotation.locks import alone
from annotation.models import CLASSES, Campaign, Guideline, Reask, Verdict
from people.errors import UserError
from people.models import Change

BATCH = 100  # tasks that are locked at once
FOUND_AT_ONCE = 5_000
LATIN = "[0-9a-z\u00c0-\u024f]"
MOST_CATEGORIES = 500
LEFT_LYING = timedelta(seconds=30)  # a worker that was told is at it by then; asking again is harmless


class NothingAffected(UserError):
    pass


@dataclass(frozen=True)
class Affected:
    """Which tasks a change affects; what is left empty narrows nothing down."""

    answers: list[str] = field(default_factory=list)  # of the verdict that stands
    categories: list[str] = field(default_factory=list)  # ids, as the content of a task names them
    only_disputed: bool = False
    less_sure_than: float | None = None  # confidence of the verdict
    # Any of them among the candidate's own words: whole words where they are written in Latin letters.
    words: list[str] = field(default_factory=list)

    def __post_init__(self):
        if unknown := set(self.answers) - set(CLASSES):
            raise ValueError(f"no answers of a verdict: {', '.join(sorted(unknown))}")


@dataclass(frozen=True)
class Cost:
    """What asking anew would set aside, and what it would cost."""

    tasks: int
    verdicts: int  # that fall
    set_aside: int  # answers
    answers: int  # that are asked for at least
    seconds: float | None  # all of them, at the median pace of the campaign


# Tasks with counted answers under an earlier version. A curator's decision stands, and known answers are
# changed on their own page. A curator who decided in the graph keeps that decision, too.
AFFECTED = """
SELECT task.id FROM annotation_task AS task
LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
WHERE task.campaign_id = %(campaign)s AND task.pool <> 'gold' AND task.id > %(after)s
  AND verdict.decided_by_id IS NULL
  AND EXISTS (
    SELECT 1 FROM annotation_judgment AS judgment
    JOIN annotation_guideline AS guideline ON guideline.id = judgment.guideline_id
    WHERE judgment.task_id = task.id AND judgment.is_counted AND judgment.withdrawn_at IS NULL
      AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL AND guideline.version < %(version)s
  )
  AND (cardinality(%(answers)s::text[]) = 0 OR verdict.answer = ANY(%(answers)s::text[]))
  AND (cardinality(%(categories)s::text[]) = 0
       OR task.content ->> 'category_id' = ANY(%(categories)s::text[]))
  AND (NOT %(only_disputed)s OR verdict.is_disputed)
  AND (%(less_sure_than)s::float8 IS NULL OR verdict.confidence < %(less_sure_than)s::float8)
  AND (cardinality(%(words)s::text[]) = 0 OR lower(concat_ws(' ', task.content ->> 'phrase',
        task.content ->> 'text', task.content #>> '{{words,subject}}', task.content #>> '{{words,object}}',
        task.content ->> 'title')) ~ ANY(%(words)s::text[]))
  {among}
"""

COST = """
SELECT count(*), count(verdict.id), coalesce(sum(given.answers), 0) FROM (
    SELECT affected.id FROM ({affected}) AS affected
) AS wanted
LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = wanted.id AND verdict.withdrawn_at IS NULL
LEFT JOIN LATERAL (
    SELECT count(*) AS answers FROM annotation_judgment AS judgment
    WHERE judgment.task_id = wanted.id AND judgment.is_counted AND judgment.withdrawn_at IS NULL
      AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL
) AS given ON true
"""


def cost_of(guideline: Guideline, affected: Affected) -> Cost:
    """How many tasks it is and what they cost, before anybody confirms it."""
    campaign = guideline.campaign
    sql = COST.format(affected=AFFECTED.format(among=""))
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(guideline, affected))
        tasks, verdicts, set_aside = cursor.fetchone()
    report = getattr(campaign, "quality_report", None)
    median = report.median_seconds if report else None
    answers = tasks * campaign.first_seats
    return Cost(tasks, verdicts, int(set_aside), answers, None if median is None else median * answers)


@transaction.atomic
def plan_reask(*, guideline: Guideline, affected: Affected, by, why: str) -> Reask:
    """What was confirmed, with its trail; a worker carries it out."""
    cost = cost_of(guideline, affected)
    if not cost.tasks:
        raise NothingAffected(_("No task is affected by this."))
    reask = Reask.objects.create(
        guideline=guideline, wanted=asdict(affected), why=why, asked_by=by, expected=cost.tasks
    )
    Change.objects.create(
        by=by,
        action="ask anew",
        entity="campaign",
        entity_id=guideline.campaign_id,
        after={"guideline": guideline.version, "wanted": reask.wanted, "tasks": cost.tasks},
        reason=why,
    )
    transaction.on_commit(lambda: tell_worker(reask.pk), robust=True)
    return reask


def tell_worker(reask_id: int) -> None:
    from annotation.tasks import carry_out_reask  # tasks import this module

    bell.ring(f"reask {reask_id}", lambda: carry_out_reask.apply_async((reask_id,), retry=False))


def left_lying() -> list[int]:
    """Confirmed and not finished: the message was lost, the worker died, or one is still at it."""
    due = Reask.objects.filter(finished_at=None, asked_at__lt=timezone.now() - LEFT_LYING)
    return list(due.order_by("pk").values_list("pk", flat=True))


def carry_out(reask: Reask) -> int:
    """Set the old answers aside and open the tasks again; how many tasks it was now.

    Called again it goes on where it was, beside another worker it does nothing.
    """
    with alone("reask", reask.pk) as is_mine:
        return _carry_out(reask) if is_mine else 0


def _carry_out(reask: Reask) -> int:
    guideline = Guideline.objects.select_related("campaign").get(pk=reask.guideline_id)
    affected, done, after = Affected(**reask.wanted), 0, 0
    while tasks := _next(guideline, affected, after):
        after = tasks[-1]
        for start in range(0, len(tasks), BATCH):
            done += _ask_anew(reask, guideline, affected, tasks[start : start + BATCH])
    Reask.objects.filter(pk=reask.pk, finished_at=None).update(finished_at=timezone.now())
    return done


LOCK = "SELECT id FROM annotation_task WHERE id = ANY(%(tasks)s) ORDER BY id FOR NO KEY UPDATE"
# Never before it was asked for, whatever the clocks say: that tells for which version (judging.SURROUNDINGS).
SET_ASIDE = """
UPDATE annotation_judgment SET set_aside_at = greatest(clock_timestamp(), %(asked_at)s)
WHERE task_id = ANY(%(tasks)s) AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL
"""
# As if nobody had answered; who holds it keeps it.
OPEN_AGAIN = """
UPDATE annotation_task AS task
SET seats_granted = greatest(%(seats)s, held.number),
    seats_free = greatest(%(seats)s, held.number) - held.number, taken_by = held.people
FROM (
    SELECT wanted.id, count(lease.id) AS number,
           coalesce(array_agg(lease.annotator_id ORDER BY lease.id) FILTER (WHERE lease.id IS NOT NULL), '{}')
               AS people
    FROM unnest(%(tasks)s::bigint[]) AS wanted (id)
    LEFT JOIN annotation_lease AS lease ON lease.task_id = wanted.id
    GROUP BY wanted.id
) AS held
WHERE task.id = held.id
"""


@transaction.atomic
def _ask_anew(reask: Reask, guideline: Guideline, affected: Affected, tasks: list[int]) -> int:
    """Some of the affected tasks; how many were so still when they were locked."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"tasks": tasks})
        # A curator may have been quicker, or somebody who asked for the same.
        sql = AFFECTED.format(among="AND task.id = ANY(%(tasks)s)")
        cursor.execute(sql, {**_values(guideline, affected), "tasks": tasks})
        tasks = [task_id for (task_id,) in cursor.fetchall()]
        withdraw_verdicts(guideline.campaign, Verdict.objects.standing().filter(task__in=tasks))
        cursor.execute(SET_ASIDE, {"tasks": tasks, "asked_at": reask.asked_at})
        cursor.execute(OPEN_AGAIN, {"tasks": tasks, "seats": guideline.campaign.first_seats})
    Reask.objects.filter(pk=reask.pk).update(done=F("done") + len(tasks))
    return len(tasks)


CATEGORIES = """
SELECT content ->> 'category_id' AS id, min(content #>> %(name)s) FROM annotation_task
WHERE campaign_id = %(campaign)s AND content ->> 'category_id' <> ''
GROUP BY 1 ORDER BY 2, 1 LIMIT %(most)s
"""


def categories_of(campaign: Campaign, language: str) -> list[tuple[str, str]]:
    """(id as `Affected.categories` takes it, name in "en" or "zh") of the campaign's tasks."""
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "name": ["category", language],
        "most": MOST_CATEGORIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(CATEGORIES, values)
        return [(number, name or number) for number, name in cursor.fetchall()]


def changed_examples(guideline: Guideline) -> list[str]:
    """Candidates of examples that are new, gone or told otherwise since the version before."""
    before = guideline.campaign.guidelines.filter(version__lt=guideline.version).order_by("-version").first()
    if before is None:
        return []
    then, now = ({_fact(one) for one in version.examples} for version in (before, guideline))
    return sorted({candidate for _language, candidate, _answer, _why in then ^ now})


def _fact(example: dict[str, str]) -> tuple[str, ...]:
    return tuple(example.get(name, "") for name in ("language", "candidate", "answer", "why"))


def _next(guideline: Guideline, affected: Affected, after: int) -> list[int]:
    sql = AFFECTED.format(among=f"ORDER BY task.id LIMIT {FOUND_AT_ONCE}")
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_values(guideline, affected), "after": after})
        return [task_id for (task_id,) in cursor.fetchall()]


def _values(guideline: Guideline, affected: Affected) -> dict[str, Any]:
    return {
        "campaign": guideline.campaign_id,
        "version": guideline.version,
        "after": 0,
        **asdict(affected),
        "words": [pattern_of(word) for word in affected.words],
    }


def pattern_of(word: str) -> str:
    """A regular expression of PostgreSQL: the word as a whole; Chinese, which has no spaces, anywhere."""
    text = " ".join(word.lower().split())
    literal = re.sub(r"([^\w\s])", r"\\\1", text).replace(" ", r"\s+")
    begins, ends = (re.match(LATIN, text[place : place + 1]) for place in (0, len(text) - 1))
    return (f"(?<!{LATIN})" if begins else "") + literal + (f"(?!{LATIN})" if ends else "")
