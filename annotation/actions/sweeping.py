"""What a worker does for a campaign's known answers every minute: count, retire, look for leaks, propose.

Runs in workers; each step is one statement, or one short action for each row that changes.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from annotation.actions.gold import add_gold, propose_gold, retire_gold
from annotation.consensus import leaks
from annotation.models import (
    Campaign,
    FromVerdicts,
    Gold,
    GoldSource,
    GoldStatus,
    GoldUse,
    QualityPolicy,
    RetiredFor,
    Suspicion,
    Verdict,
)
from people.errors import UserError

log = logging.getLogger(__name__)

ACTOR = "watch_quality"
LATEST = 200  # answers to one known answer that are looked at

COUNT = """
WITH counted AS (
    SELECT gold.task_id, count(*) AS answered, count(*) FILTER (WHERE judgment.answer = gold.answer) AS ok
    FROM annotation_gold AS gold
    JOIN annotation_task AS task ON task.id = gold.task_id
    JOIN annotation_judgment AS judgment ON judgment.task_id = gold.task_id
        AND judgment.judged_at >= gold.made_at AND judgment.answer <> 'skip'
        AND judgment.withdrawn_at IS NULL AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL
    WHERE task.campaign_id = %(campaign)s AND gold.status = 'live'
    GROUP BY gold.task_id
)
UPDATE annotation_gold AS gold SET answered = coalesce(counted.answered, 0), "right" = coalesce(counted.ok, 0)
FROM annotation_task AS task LEFT JOIN counted ON counted.task_id = task.id
WHERE gold.task_id = task.id AND task.campaign_id = %(campaign)s AND gold.status = 'live'
  AND (gold.answered, gold."right") IS DISTINCT FROM (coalesce(counted.answered, 0), coalesce(counted.ok, 0))
"""

WORN_OUT = """
SELECT gold.task_id, CASE WHEN %(days)s > 0 AND gold.made_at < now() - make_interval(days => %(days)s)
    THEN 'old' ELSE 'shown' END
FROM annotation_gold AS gold JOIN annotation_task AS task ON task.id = gold.task_id
WHERE task.campaign_id = %(campaign)s AND gold.status = 'live' AND gold.use = 'measure' AND (
    (%(days)s > 0 AND gold.made_at < now() - make_interval(days => %(days)s))
    OR (%(shown)s > 0 AND cardinality(task.taken_by) + cardinality(task.lapsed) >= %(shown)s)
)
"""

# The latest answers to each known answer that enough people have met, with what is known of who gave them.
LATEST_ANSWERS = """
SELECT gold.task_id, given.is_right, given.reliability, given.haste, given.judged_at
FROM annotation_gold AS gold
JOIN annotation_task AS task ON task.id = gold.task_id
CROSS JOIN LATERAL (
    SELECT judgment.judged_at, judgment.id, judgment.answer = gold.answer AS is_right,
           coalesce(person.reliability, 0.8) AS reliability,
           extract(epoch FROM judgment.took) / greatest((person.habits ->> 'seconds')::float8, 0.001) AS haste
    FROM annotation_judgment AS judgment
    LEFT JOIN annotation_participation AS person
        ON person.campaign_id = task.campaign_id AND person.annotator_id = judgment.annotator_id
    WHERE judgment.task_id = gold.task_id AND judgment.judged_at >= gold.made_at
      AND judgment.answer <> 'skip' AND judgment.withdrawn_at IS NULL AND judgment.removed_at IS NULL
      AND judgment.set_aside_at IS NULL
    ORDER BY judgment.judged_at DESC, judgment.id LIMIT %(latest)s
) AS given
WHERE task.campaign_id = %(campaign)s AND gold.status = 'live' AND gold.use = 'measure'
  AND gold.answered >= %(least)s
ORDER BY gold.task_id, given.judged_at, given.id
"""

# A majority's posterior knows nobody's reliability: there the judges of one mind have to be enough.
CONFIDENT = """
SELECT verdict.id FROM annotation_verdict AS verdict JOIN annotation_task AS task ON task.id = verdict.task_id
WHERE task.campaign_id = %(campaign)s AND task.pool = 'model' AND verdict.answer = %(answer)s
  AND verdict.withdrawn_at IS NULL AND verdict.decided_by_id IS NULL AND NOT verdict.is_disputed
  AND cardinality(verdict.basis) >= %(judges)s
  AND (verdict.votes ->> verdict.answer)::int = cardinality(verdict.basis)
  AND (verdict.method = 'majority' OR verdict.confidence >= %(sure)s)
  AND (verdict.people_posterior IS NULL
       OR CASE WHEN %(answer)s = 'accept' THEN verdict.people_posterior ELSE 1 - verdict.people_posterior END
          >= %(sure)s)
  AND NOT EXISTS (SELECT 1 FROM annotation_gold AS gold WHERE gold.task_id = task.id)
  -- One that stands for others, or lets itself be stood for, would leave its cluster without a verdict.
  AND task.represented_by_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM annotation_task AS member WHERE member.represented_by_id = task.id)
ORDER BY md5(%(seed)s || ' ' || task.id) LIMIT %(size)s
"""


@dataclass(frozen=True)
class Swept:
    retired: int
    leaked: int
    proposed: int


def sweep_gold(campaign: Campaign) -> Swept:
    policy = campaign.quality
    _run(COUNT, campaign=campaign.pk)
    return Swept(
        _retire_worn_out(campaign, policy), retire_leaked(campaign), _from_verdicts(campaign, policy)
    )


def _retire_worn_out(campaign: Campaign, policy: QualityPolicy) -> int:
    rows = _run(WORN_OUT, campaign=campaign.pk, days=policy.gold_days, shown=policy.gold_shown)
    for task_id, reason in rows:
        retire_gold(gold=Gold.objects.get(pk=task_id), reason=reason, actor=ACTOR)
    return len(rows)


def retire_leaked(campaign: Campaign) -> int:
    """Retire known answers whose latest answers are too good or too quick to have been thought of."""
    least = leaks.EARLY + leaks.LATE
    rows = _run(LATEST_ANSWERS, campaign=campaign.pk, latest=LATEST, least=least)
    given: dict[int, list[list]] = defaultdict(list)
    for task_id, *answer in rows:
        given[task_id].append(answer)
    found, since = {}, {}
    for task_id, answers in given.items():
        right, reliability, haste, judged_at = zip(*answers, strict=True)
        since[task_id] = judged_at[-leaks.LATE] if len(judged_at) >= leaks.LATE else None
        # Whose usual time is not known yet is neither quick nor slow.
        known = [1.0 if share is None else float(share) for share in haste]
        if seen := leaks.leak(leaks.Given(right, reliability, known)):
            found[task_id] = seen
    leaked = {task: seen for task, seen in found.items() if seen.p < leaks.threshold(len(found))}
    for task_id, seen in leaked.items():
        gold = Gold.objects.select_related("task__campaign").get(pk=task_id)
        gold.suspicion = Suspicion.QUICK if seen.p_quick < seen.p_right else Suspicion.RIGHT
        gold.save(update_fields=["suspicion"])
        retire_gold(
            gold=gold,
            reason=RetiredFor.LEAKED,
            words=str(gold.suspicion),
            actor=ACTOR,
            leaked_at=since[task_id],  # the first of the answers that look as if it was
        )
    return len(leaked)


def _from_verdicts(campaign: Campaign, policy: QualityPolicy) -> int:
    """As many as are wanted, drawn by lot, half of them yes and half no."""
    if policy.gold_from_verdicts == FromVerdicts.OFF:
        return 0
    there = Gold.objects.filter(
        task__campaign=campaign, use=GoldUse.MEASURE, status__in=[GoldStatus.LIVE, GoldStatus.PROPOSED]
    )
    made = 0
    for answer in ("accept", "reject"):
        wanted = policy.gold_wanted // 2 - there.filter(answer=answer).count()
        if wanted <= 0:
            continue
        rows = _run(
            CONFIDENT,
            campaign=campaign.pk,
            answer=answer,
            judges=policy.gold_judges,
            sure=policy.gold_sure,
            seed=str(campaign.seed),
            size=wanted,
        )
        for (verdict_id,) in rows:
            made += _make(Verdict.objects.select_related("task__campaign").get(pk=verdict_id), policy)
    return made


def _make(verdict: Verdict, policy: QualityPolicy) -> bool:
    if policy.gold_from_verdicts == FromVerdicts.PROPOSE:
        return propose_gold(verdict=verdict, actor=ACTOR) is not None
    try:
        add_gold(
            task=verdict.task,
            answer=verdict.answer,
            reason="",
            source=GoldSource.VERDICT,
            verdict=verdict,
            actor=ACTOR,
        )
    except UserError as error:
        log.info("task %s did not become a known answer: %s", verdict.task_id, error)
        return False
    return True


def _run(sql: str, **values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []
