"""What somebody can know about their own work: how much, how fast, and how often others agree."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from annotation.models import Answer, Judgment

DAYS = 14
WEEK = 7
# The last so many answers tell the pace and the agreement; older ones are another time.
PACE_OF = 200
COMPARED_OF = 1_000
# With fewer, one answer would move the share by more than it says.
LEAST_COMPARED = 20


@dataclass(frozen=True)
class Day:
    date: date
    answers: int


@dataclass(frozen=True)
class OwnFigures:
    days: list[Day]  # the last two weeks, today last
    ever: int
    seconds: float | None  # the middle one of the last answers
    compared: int  # answers to tasks whose verdict took a side
    agreed: int

    @property
    def today(self) -> int:
        return self.days[-1].answers

    @property
    def week(self) -> int:
        return sum(day.answers for day in self.days[-WEEK:])

    @property
    def most(self) -> int:
        """Of one day, for the height of the bars."""
        return max(day.answers for day in self.days)

    @property
    def agreement(self) -> float | None:
        return self.agreed / self.compared if self.compared >= LEAST_COMPARED else None


def answered_today(annotator) -> int:
    """Skips are no answers; what was undone is none either."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return _answers(annotator).filter(judged_at__gte=midnight).count()


def own_figures(annotator, *, now: datetime | None = None) -> OwnFigures:
    compared, agreed = _agreement(annotator)
    return OwnFigures(
        days=_days(annotator, now or timezone.now()),
        ever=_answers(annotator).count(),
        seconds=_pace(annotator),
        compared=compared,
        agreed=agreed,
    )


def _answers(annotator):
    return Judgment.objects.standing().filter(annotator=annotator).exclude(answer=Answer.SKIP)


DAYS_OF = """
SELECT (judged_at AT TIME ZONE %(zone)s)::date, count(*) FROM annotation_judgment
WHERE annotator_id = %(annotator)s AND judged_at >= %(since)s
  AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL AND answer <> 'skip'
GROUP BY 1
"""


def _days(annotator, now: datetime) -> list[Day]:
    today = timezone.localtime(now).date()
    with connection.cursor() as cursor:
        values = {
            "zone": timezone.get_current_timezone_name(),
            "annotator": annotator.pk,
            "since": now - timedelta(days=DAYS + 1),
        }
        cursor.execute(DAYS_OF, values)
        answers = dict(cursor.fetchall())
    dates = [today - timedelta(days=before) for before in reversed(range(DAYS))]
    return [Day(date, answers.get(date, 0)) for date in dates]


PACE = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took)) FROM (
    SELECT took FROM annotation_judgment
    WHERE annotator_id = %(annotator)s AND withdrawn_at IS NULL AND removed_at IS NULL AND answer <> 'skip'
    ORDER BY judged_at DESC LIMIT %(last)s
) AS recent
"""


def _pace(annotator) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(PACE, {"annotator": annotator.pk, "last": PACE_OF})
        (seconds,) = cursor.fetchone()
    return seconds


# Known answers have no verdict and stay unseen in here. "Cannot tell" neither agrees nor disagrees.
AGREEMENT = """
SELECT count(*), count(*) FILTER (WHERE recent.answer = verdict.answer) FROM (
    SELECT task_id, answer FROM annotation_judgment
    WHERE annotator_id = %(annotator)s AND withdrawn_at IS NULL AND removed_at IS NULL
      AND set_aside_at IS NULL AND is_counted AND answer IN ('accept', 'reject')
    ORDER BY judged_at DESC LIMIT %(last)s
) AS recent
JOIN annotation_task AS task ON task.id = recent.task_id AND task.pool <> 'gold'
JOIN annotation_verdict AS verdict ON verdict.task_id = task.id AND verdict.withdrawn_at IS NULL
WHERE verdict.answer IN ('accept', 'reject')
"""


def _agreement(annotator) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(AGREEMENT, {"annotator": annotator.pk, "last": COMPARED_OF})
        return cursor.fetchone()
