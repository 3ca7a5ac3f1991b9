"""A campaign as its dashboard shows it: how much is left, how fast, how good, how sure, at what price."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import isinf
from typing import Any

from django.utils import timezone

from annotation import estimates, forecast
from annotation.estimates import Span
from annotation.models import Campaign, CampaignStatus, Consensus, Participation, QualityReport
from annotation.statistics import AnnotatorFigures, Hour, Totals, annotators, pace, rows, totals

BINS = 10
WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class Work:
    """Answers given and wanted. Known answers count as work, and so do those of people taken out since;
    skipped tasks do not."""

    answers: int
    simulated: int
    to_undecided: int  # counted answers to tasks without a verdict
    undecided: int
    seats: int  # free ones of tasks without a verdict
    per_verdict: float | None  # mean and standard error of the answers behind a verdict
    per_verdict_error: float | None
    agreeing: int  # pairs of answers to the same task that are the same, and all of them
    pairs: int

    @property
    def agreement(self) -> float | None:
        """The share of pairs of answers to the same task that are the same."""
        return self.agreeing / self.pairs if self.pairs else None


# One pass over the campaign's answers, one over its tasks, one over its verdicts.
WORK = """
WITH given AS (
    SELECT task.pool, verdict.id AS verdict,
           count(*) AS answers,
           count(*) FILTER (WHERE judgment.is_simulated) AS simulated,
           count(*) FILTER (WHERE judgment.stands) AS counted,
           count(*) FILTER (WHERE judgment.stands AND judgment.answer = 'accept') AS accept,
           count(*) FILTER (WHERE judgment.stands AND judgment.answer = 'reject') AS reject,
           count(*) FILTER (WHERE judgment.stands AND judgment.answer = 'unsure') AS unsure,
           count(*) FILTER (WHERE judgment.stands AND judgment.answer = 'bad') AS bad
    FROM (
        SELECT *, is_counted AND removed_at IS NULL AND set_aside_at IS NULL AS stands
        FROM annotation_judgment
    ) AS judgment
    JOIN annotation_task AS task ON task.id = judgment.task_id
    LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
    WHERE task.campaign_id = %(campaign)s AND judgment.answer <> 'skip'
      AND judgment.withdrawn_at IS NULL
    GROUP BY judgment.task_id, task.pool, verdict.id
), of_answers AS (
    SELECT coalesce(sum(answers), 0)::bigint AS answers,
           coalesce(sum(simulated), 0)::bigint AS simulated,
           coalesce(sum(counted) FILTER (WHERE verdict IS NULL AND pool <> 'gold'), 0)::bigint
               AS to_undecided,
           coalesce(sum((accept * (accept - 1) + reject * (reject - 1) + unsure * (unsure - 1)
                         + bad * (bad - 1)) / 2) FILTER (WHERE pool <> 'gold'), 0)::bigint AS agreeing,
           coalesce(sum(counted * (counted - 1) / 2) FILTER (WHERE pool <> 'gold'), 0)::bigint AS pairs
    FROM given
), of_tasks AS (
    SELECT count(*) FILTER (WHERE verdict.id IS NULL) AS undecided,
           coalesce(sum(task.seats_free) FILTER (WHERE verdict.id IS NULL), 0)::bigint AS seats,
           avg(cardinality(verdict.basis))::float8 AS per_verdict,
           (stddev_samp(cardinality(verdict.basis)) / sqrt(count(verdict.id)))::float8 AS per_verdict_error
    FROM annotation_task AS task
    LEFT JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
    WHERE task.campaign_id = %(campaign)s AND task.pool <> 'gold'
)
SELECT * FROM of_answers, of_tasks
"""


def work(campaign: Campaign) -> Work:
    (row,) = rows(WORK, campaign=campaign.pk)
    return Work(**row)


PARTS = """
SELECT width_bucket(extract(epoch FROM judged_at), %(first)s, %(last)s, %(parts)s) AS part,
       count(*) AS answers
FROM annotation_judgment AS judgment JOIN annotation_task AS task ON task.id = judgment.task_id
WHERE task.campaign_id = %(campaign)s AND judgment.answer <> 'skip' AND judgment.withdrawn_at IS NULL
  AND judged_at >= %(since)s
GROUP BY part
"""
FIRST = """
SELECT min(judged_at) AS at FROM annotation_judgment AS judgment
JOIN annotation_task AS task ON task.id = judgment.task_id
WHERE task.campaign_id = %(campaign)s AND judgment.withdrawn_at IS NULL AND judged_at >= %(since)s
"""


@dataclass(frozen=True)
class Rate:
    per_hour: Span
    over: timedelta  # the period it is taken from


def rate(campaign: Campaign, *, now: datetime | None = None) -> Rate | None:
    """Answers an hour in the last day, or since the first answer of that day; None without any."""
    now = now or timezone.now()
    (first,) = rows(FIRST, campaign=campaign.pk, since=now - WINDOW)
    if first["at"] is None:
        return None
    # Who has just begun is measured from the first answer, but not over less than a few minutes.
    since = min(first["at"], now - timedelta(minutes=6))
    over = now - since
    counted = rows(
        PARTS, campaign=campaign.pk, since=since, first=since.timestamp(), last=now.timestamp(),
        parts=estimates.PARTS,
    )  # fmt: skip
    parts = [0] * estimates.PARTS
    for row in counted:
        parts[min(max(row["part"], 1), estimates.PARTS) - 1] += row["answers"]
    per_hour = estimates.rate_per_hour(parts, over / timedelta(hours=1))
    return None if per_hour is None else Rate(per_hour, over)


POSTERIORS = """
SELECT least(width_bucket(verdict.posterior, 0, 1, %(bins)s), %(bins)s) AS bin, count(*) AS verdicts
FROM annotation_verdict AS verdict JOIN annotation_task AS task ON task.id = verdict.task_id
WHERE task.campaign_id = %(campaign)s AND verdict.withdrawn_at IS NULL AND task.pool <> 'gold'
GROUP BY bin
"""


def posteriors(campaign: Campaign) -> list[int]:
    """How many standing verdicts hold a yes for how likely, in ten equal steps from 0 to 1."""
    counts = {row["bin"]: row["verdicts"] for row in rows(POSTERIORS, campaign=campaign.pk, bins=BINS)}
    return [counts.get(place, 0) for place in range(1, BINS + 1)]


@dataclass(frozen=True)
class Costs:
    currency: str
    per_answer: Decimal
    so_far: float
    per_verdict: float | None
    in_all: Span | None  # None where it cannot be told what is left


@dataclass(frozen=True)
class Dashboard:
    totals: Totals
    work: Work
    left: Span  # answers still wanted, those to known answers included
    rate: Rate | None
    hours_left: Span | None
    costs: Costs | None  # None where answers have no price
    alpha: dict[str, Any] | None  # Krippendorff's, from the last quality report
    alpha_at: datetime | None
    posteriors: list[int]
    hours: list[Hour]
    people: list[AnnotatorFigures]
    participations: dict[int, Participation]

    @property
    def is_end_known(self) -> bool:
        return self.hours_left is not None and not isinf(self.hours_left.high)


def dashboard(campaign: Campaign) -> Dashboard:
    found, done, speed = totals(campaign), work(campaign), rate(campaign)
    left = estimates.answers_left(
        tasks=done.undecided, given=done.to_undecided, seats=done.seats, per_task=per_task(campaign, done)
    ).scaled(1 / (1 - _known_share(campaign, found)))
    report = QualityReport.objects.filter(campaign=campaign).first()
    of_all = [row for row in report.agreement if row.get("version") is None] if report else []
    return Dashboard(
        totals=found,
        work=done,
        left=left,
        rate=speed,
        hours_left=estimates.hours_left(left, speed.per_hour) if speed and left.high else None,
        costs=costs(campaign, done, found.decided, left),
        alpha=of_all[0] if of_all else None,
        alpha_at=report.made_at if report else None,
        posteriors=posteriors(campaign),
        hours=pace(campaign),
        people=annotators(campaign),
        participations={one.annotator_id: one for one in campaign.participations.all()[:1000]},
    )


def _known_share(campaign: Campaign, found: Totals) -> float:
    """Of what will be asked; a draft is reckoned with what its policy says, as before it was made."""
    are_asked = found.gold or campaign.status == CampaignStatus.DRAFT
    return min(campaign.gold_share, 0.95) if are_asked else 0.0


def per_task(campaign: Campaign, done: Work) -> Span:
    """Answers that a verdict takes: as measured, or as the policy promises where too little is."""
    if campaign.stop_at is None and not campaign.trusted_alone:
        return Span(campaign.overlap, campaign.overlap, campaign.overlap)
    if done.per_verdict is not None and done.per_verdict_error is not None:
        off = 1.96 * done.per_verdict_error
        low = max(done.per_verdict - off, 1 if campaign.trusted_alone else campaign.first_seats)
        return Span(low, done.per_verdict, min(done.per_verdict + off, campaign.overlap))
    # The same figures as the estimate before the campaign was made.
    reliability, _said = forecast.reliability_of(campaign.kind)
    return estimates.answers(
        1,
        overlap=campaign.overlap,
        least=campaign.least_overlap,
        stop_at=campaign.stop_at,
        is_majority=campaign.consensus == Consensus.MAJORITY,
        reliability=reliability,
    )


def costs(campaign: Campaign, done: Work, decided: int, left: Span) -> Costs | None:
    """Every answer is paid for, known answers too; skips are not."""
    price = float(campaign.price_per_answer)
    if not price:
        return None
    so_far = done.answers * price
    more = left.scaled(price)
    return Costs(
        currency=campaign.currency,
        per_answer=campaign.price_per_answer,
        so_far=so_far,
        per_verdict=so_far / decided if decided else None,
        in_all=Span(so_far + more.low, so_far + more.mean, so_far + more.high),
    )
