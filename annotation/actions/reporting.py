"""The quality report of a campaign: agreement, habits of its annotators, who copies from whom.

Runs in workers. Every figure of the judgments is one statement over sets; only what two people share is
loaded, as arrays.
"""

from collections import defaultdict
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from annotation.actions import fitting
from annotation.consensus import copying
from annotation.consensus.agreement import Agreement, agreement
from annotation.consensus.dawid_skene import dawid_skene
from annotation.consensus.reliability import reliability, right_answers
from annotation.estimates import QUICK_SECONDS, QUICK_SHARE
from annotation.models import CLASSES, Campaign, ConsensusState, Judgment, Participation, QualityReport

NEWS = 0.02  # of all judgments; a report on less than that more is still good
KEPT_PAIRS = 50
ODD_BEYOND, ODD_Z, ODD_LEAST = 0.15, 4.0, 30

MEDIAN = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM judgment.took))
FROM annotation_judgment AS judgment JOIN annotation_task AS task ON task.id = judgment.task_id
WHERE task.campaign_id = %(campaign)s AND judgment.answer <> 'skip' AND judgment.withdrawn_at IS NULL
  AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL
"""

# How many tasks have which pattern of answers: over all versions of the guideline (NULL) and within each.
PATTERNS = """
SELECT version, accept, reject, unsure, bad, count(*) FROM (
    SELECT CASE WHEN GROUPING(guideline.version) = 0 THEN guideline.version END AS version,
           count(*) FILTER (WHERE judgment.answer = 'accept') AS accept,
           count(*) FILTER (WHERE judgment.answer = 'reject') AS reject,
           count(*) FILTER (WHERE judgment.answer = 'unsure') AS unsure,
           count(*) FILTER (WHERE judgment.answer = 'bad') AS bad
    FROM annotation_judgment AS judgment
    JOIN annotation_task AS task ON task.id = judgment.task_id
    JOIN annotation_guideline AS guideline ON guideline.id = judgment.guideline_id
    WHERE task.campaign_id = ANY(%(campaigns)s) AND judgment.is_counted AND judgment.withdrawn_at IS NULL
      AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL
    GROUP BY GROUPING SETS ((judgment.task_id), (judgment.task_id, guideline.version))
    HAVING count(*) > 1
) AS pattern
GROUP BY version, accept, reject, unsure, bad
"""

# What each person's tasks would have had anybody answer: known answers, verdicts, else the crowd's shares.
HABITS = """
SELECT given.annotator_id, count(*) AS answers,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY given.seconds) AS seconds,
       count(*) FILTER (WHERE given.seconds < %(quick)s) AS quick,
       count(*) FILTER (WHERE given.is_gold) AS gold,
       count(*) FILTER (WHERE given.is_gold AND given.answer = given.gold_answer) AS gold_right,
       array[count(*) FILTER (WHERE answer = 'accept'), count(*) FILTER (WHERE answer = 'reject'),
             count(*) FILTER (WHERE answer = 'unsure'), count(*) FILTER (WHERE answer = 'bad')] AS said,
       array[sum(given.likely[1]), sum(given.likely[2]), sum(given.likely[3]), sum(given.likely[4])] AS usual
FROM (
    SELECT judgment.annotator_id, judgment.answer, extract(epoch FROM judgment.took) AS seconds,
           task.gold_answer, gold.task_id IS NOT NULL AND judgment.judged_at >= gold.made_at AS is_gold,
           CASE WHEN task.gold_answer <> '' THEN
                array[(task.gold_answer = 'accept')::int, (task.gold_answer = 'reject')::int,
                      (task.gold_answer = 'unsure')::int, (task.gold_answer = 'bad')::int]::float8[]
                WHEN cardinality(verdict.posteriors) = 4 THEN verdict.posteriors
                ELSE %(prior)s::float8[] END AS likely
    FROM annotation_judgment AS judgment
    JOIN annotation_task AS task ON task.id = judgment.task_id
    LEFT JOIN annotation_gold AS gold ON gold.task_id = task.id AND gold.use = 'measure'
        AND gold.retired_for NOT IN ('wrong', 'basis') AND gold.status IN ('live', 'retired')
        AND (gold.retired_for <> 'leaked' OR judgment.judged_at < gold.leaked_at)
    LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
    LEFT JOIN annotation_participation AS person
        ON person.campaign_id = task.campaign_id AND person.annotator_id = judgment.annotator_id
    WHERE task.campaign_id = %(campaign)s AND judgment.answer <> 'skip' AND judgment.withdrawn_at IS NULL
      AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL
      AND judgment.judged_at >= coalesce(person.resumed_at, '-infinity')
) AS given
GROUP BY given.annotator_id
"""


def is_due(campaign: Campaign) -> bool:
    """Whether enough has been answered since the last report."""
    there = QualityReport.objects.filter(pk=campaign.pk).first()
    state = ConsensusState.objects.filter(campaign=campaign).first()
    known = state.fitted_judgments + state.added_judgments if state else 0
    if there is None:
        return known > 0
    return known < there.judgments or known > there.judgments * (1 + NEWS)


def report(campaign: Campaign) -> QualityReport:
    """Look at all judgments of the campaign anew."""
    state = ConsensusState.objects.filter(campaign=campaign).first()
    median = _rows(MEDIAN, campaign=campaign.pk)[0][0]
    quick = max(QUICK_SECONDS, QUICK_SHARE * float(median)) if median is not None else QUICK_SECONDS
    prior = state.prior if state and len(state.prior) == len(CLASSES) else [1 / len(CLASSES)] * len(CLASSES)
    habits = [_habits(row) for row in _rows(HABITS, campaign=campaign.pk, quick=quick, prior=prior)]
    found, people = _copying(campaign)
    with transaction.atomic():
        _keep_habits(campaign, habits)
        written, _is_new = QualityReport.objects.update_or_create(
            campaign=campaign,
            defaults={
                "made_at": timezone.now(),
                "judgments": state.fitted_judgments + state.added_judgments if state else 0,
                "agreement": _agreement(campaign),
                "pairs": [_pair(pair, people) for pair in found.pairs[:KEPT_PAIRS]],
                "rings": [[int(people[one]) for one in ring] for ring in found.rings],
                "median_seconds": median,
                "quick_seconds": quick,
            },
        )
    return written


def _agreement(campaign: Campaign) -> list[dict[str, Any]]:
    """Alpha of the campaign, of each version of its guideline, and of its kind in all campaigns."""
    rows = _by_version([campaign.pk])
    figures = [_figures(rows[None], scope="campaign")]
    figures += [
        _figures(rows[version], scope="version", version=version) for version in sorted(filter(None, rows))
    ]
    alike = list(Campaign.objects.filter(kind=campaign.kind).values_list("pk", flat=True))
    if len(alike) > 1:
        figures.append(_figures(_by_version(alike)[None], scope="kind", campaigns=len(alike)))
    return [one for one in figures if one]


def _by_version(campaigns: list[int]) -> dict[int | None, list[tuple]]:
    rows: dict[int | None, list[tuple]] = defaultdict(list)
    for version, *pattern in _rows(PATTERNS, campaigns=campaigns):
        rows[version].append(tuple(pattern))
    return rows


def _figures(rows: list[tuple], **facts) -> dict[str, Any]:
    table: np.ndarray = np.array(rows, dtype=np.int64).reshape(-1, len(CLASSES) + 1)
    measured: Agreement | None = agreement(table[:, :-1], table[:, -1])
    return {**facts, **vars(measured)} if measured else {}


def _habits(row: tuple) -> tuple[int, dict[str, Any]]:
    annotator, answers, seconds, quick, gold, gold_right, said, usual = row
    top = max(range(len(said)), key=lambda place: said[place])
    share, expected = said[top] / answers, float(usual[top]) / answers
    # Binomial, with a little on top for honest errors that go one way.
    beyond = (share - expected) / max(1e-9, (expected * (1 - expected) / answers) ** 0.5)
    is_odd = answers >= ODD_LEAST and share - expected > ODD_BEYOND and beyond > ODD_Z
    return annotator, {
        "answers": answers,
        "seconds": float(seconds),
        "quick": quick / answers,
        "top": str(CLASSES[top]),
        "top_share": share,
        "usual_share": expected,
        "is_odd": is_odd,
        "gold": gold,
        "gold_right": gold_right,
    }


def _keep_habits(campaign: Campaign, habits: list[tuple[int, dict[str, Any]]]) -> None:
    """On each person's participation; with their reliability over all campaigns of this kind."""
    of_kind = _reliability_of_kind(campaign, [annotator for annotator, _facts in habits])
    # Rows in one order, as whoever else writes participations does.
    there = {one.annotator_id: one for one in campaign.participations.order_by("pk")}
    for annotator, facts in habits:
        person = there.get(annotator) or Participation(campaign=campaign, annotator_id=annotator)
        person.habits = {**facts, "kind": of_kind.get(annotator)}
        there[annotator] = person
    gone = set(there) - {annotator for annotator, _facts in habits}
    for annotator in gone:
        there[annotator].habits = {}
    Participation.objects.bulk_create(
        there.values(),
        update_conflicts=True,
        unique_fields=["campaign", "annotator"],
        update_fields=["habits"],
        batch_size=1000,
    )


def _reliability_of_kind(campaign: Campaign, annotators: list[int]) -> dict[int, dict[str, float]]:
    """annotator -> reliability with its interval, over every campaign of the same kind."""
    right: dict[int, float] = defaultdict(float)
    seen: dict[int, float] = defaultdict(float)
    measured = Participation.objects.filter(campaign__kind=campaign.kind, annotator__in=annotators)
    rows = measured.exclude(reliability=None).values_list("annotator", "reliability", "judgments")
    for annotator, mean, judgments in rows:
        right[annotator] += right_answers(float(mean or 0), judgments)
        seen[annotator] += judgments
    figures = {}
    for annotator, count in seen.items():
        one = reliability(right[annotator], count)
        figures[annotator] = {"mean": one.mean, "low": one.low, "high": one.high, "judgments": round(count)}
    return figures


def _copying(campaign: Campaign) -> tuple[copying.Found, np.ndarray]:
    given = fitting.measuring(Judgment.objects.counted().filter(task__campaign=campaign))
    loaded = fitting.load(campaign, given=_since_resumed(given))
    fitted = dawid_skene(loaded.judgments)
    return copying.find(loaded.judgments, fitted.posteriors), loaded.annotators


def _since_resumed(given):
    """A person who was looked at and let go on is judged by what they have answered since."""
    resumed = Participation.objects.exclude(resumed_at=None)
    for person in resumed.filter(campaign__in=given.values("task__campaign")):
        given = given.exclude(
            annotator=person.annotator_id, task__campaign=person.campaign_id, judged_at__lt=person.resumed_at
        )
    return given


def _pair(pair: copying.Pair, people) -> dict[str, Any]:
    return {**vars(pair), "one": int(people[pair.one]), "other": int(people[pair.other])}


def _rows(sql: str, **values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
