"""What a campaign that is not there yet would take, from what people of its kind have shown so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation import estimates, kinds
from annotation.actions.campaigns import Policy
from annotation.estimates import ASSUMED_RELIABILITY, QUICK_SECONDS, QUICK_SHARE, Span
from annotation.models import Campaign, Consensus
from annotation.statistics import rows

# A kind that cannot count is asked for its candidates one by one, up to here.
MOST_LISTED = 5_000
LATELY = timedelta(days=60)
# Seconds for an answer, where nobody has given one: a glance, a sentence, a doubt.
ASSUMED_SECONDS = Span(3, 6, 12)
# Somebody who went for lunch was not thinking about the task.
LONGEST_SECONDS = 120
LEAST_PEOPLE = 4  # for an interval of their own
LEAST_ANSWERS = 20  # before that they say nothing about the pace of thousands


@dataclass(frozen=True)
class Candidates:
    by_language: dict[str, int]
    is_more: bool = False  # counting stopped
    left_out: list[str] = field(default_factory=list)  # sentences about candidates that are not among them

    @property
    def total(self) -> int:
        return sum(self.by_language.values())


@dataclass(frozen=True)
class Estimate:
    candidates: Candidates
    per_task: Span  # answers
    answers: Span
    hours: Span  # of people's time
    cost: Span | None  # None where answers have no price
    currency: str
    reliability: Span
    seconds: Span  # for one answer
    assumptions: list[str] = field(default_factory=list)


def candidates(
    kind: str, question: str, languages: Sequence[str], source: dict[str, Any], *, explain: bool = False
) -> Candidates:
    """Candidates that such a campaign would ask about, by language; `explain`: and those it would not."""
    # Never saved: the sources read a campaign, and 0 is the id of none.
    draft = Campaign(pk=0, kind=kind, question=question, languages=list(languages), source=source)
    found = kinds.get(kind)
    if found.count is not None:
        counts = found.count(draft)
        return Candidates(
            {language: counts[language] for language in languages if counts.get(language)},
            left_out=found.left_out(draft) if explain and found.left_out else [],
        )
    listed = list(islice(found.source(draft), MOST_LISTED))
    by_language = {language: sum(new.language == language for new in listed) for language in languages}
    return Candidates(
        {language: number for language, number in by_language.items() if number}, len(listed) == MOST_LISTED
    )


def estimate(
    *,
    kind: str,
    question: str,
    languages: Sequence[str] = ("en", "zh"),
    source: dict[str, Any] | None = None,
    policy: Policy | None = None,
) -> Estimate:
    policy = policy or Policy()
    found = candidates(kind, question, languages, source or {})
    reliability, of_reliability = reliability_of(kind)
    seconds, of_seconds = _seconds(kind)
    how: dict[str, Any] = {
        "overlap": policy.overlap,
        "least": policy.least_overlap,
        "stop_at": policy.stop_at,
        "is_majority": policy.consensus == Consensus.MAJORITY,
        "reliability": reliability,
    }
    answers = estimates.answers(found.total, **how, gold_share=policy.gold_share)
    price = float(policy.price_per_answer)
    return Estimate(
        candidates=found,
        per_task=estimates.answers(1, **how),
        answers=answers,
        hours=answers.times(seconds).scaled(1 / 3600),
        cost=answers.scaled(price) if price else None,
        currency=policy.currency,
        reliability=reliability,
        seconds=seconds,
        assumptions=[of_reliability, of_seconds, *_of_policy(policy, found)],
    )


RELIABILITY = """
SELECT count(*) AS people, bool_and(annotator.is_simulated) AS is_simulated,
       sum(reliability * judgments) / sum(judgments) AS mean,
       sum(reliability_low * judgments) / sum(judgments) AS low,
       sum(reliability_high * judgments) / sum(judgments) AS high
FROM annotation_participation AS part
JOIN annotation_campaign AS campaign ON campaign.id = part.campaign_id
JOIN people_user AS annotator ON annotator.id = part.annotator_id
WHERE campaign.kind = %(kind)s AND part.standing = 'active' AND part.reliability IS NOT NULL
  AND part.judgments >= 20
GROUP BY annotator.is_simulated ORDER BY annotator.is_simulated LIMIT 1
"""


def reliability_of(kind: str) -> tuple[Span, str]:
    """People before simulated ones; and the sentence that says where it comes from."""
    for row in rows(RELIABILITY, kind=kind):
        words = {
            "people": row["people"],
            "mean": f"{row['mean']:.0%}",
            "low": f"{row['low']:.0%}",
            "high": f"{row['high']:.0%}",
        }
        text = (
            _("People are right in %(mean)s of cases (%(low)s–%(high)s), as %(people)s simulated ones were.")
            if row["is_simulated"]
            else _(
                "People are right in %(mean)s of cases (%(low)s–%(high)s), as %(people)s of them were so far."
            )
        )
        return Span(row["low"], row["mean"], row["high"]), text % words
    words = {"low": f"{ASSUMED_RELIABILITY.low:.0%}", "high": f"{ASSUMED_RELIABILITY.high:.0%}"}
    return ASSUMED_RELIABILITY, _(
        "People are right in %(low)s to %(high)s of cases: an assumption, nobody is measured yet."
    ) % words


# Of people alone, and without what the page of the annotators calls implausibly quick.
SECONDS = """
WITH given AS (
    SELECT judgment.annotator_id, extract(epoch FROM took)::float8 AS seconds
    FROM annotation_judgment AS judgment
    JOIN annotation_task AS task ON task.id = judgment.task_id
    JOIN annotation_campaign AS campaign ON campaign.id = task.campaign_id
    WHERE campaign.kind = %(kind)s AND judgment.answer <> 'skip' AND judgment.withdrawn_at IS NULL
      AND judgment.removed_at IS NULL AND judgment.set_aside_at IS NULL AND NOT judgment.is_simulated
      AND judgment.judged_at > %(since)s
), usual AS (
    SELECT greatest(%(quick)s, %(share)s * percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)) AS least
    FROM given
), people AS (
    SELECT annotator_id, count(*) AS answers, avg(least(seconds, %(longest)s)) AS seconds
    FROM given, usual WHERE seconds >= usual.least GROUP BY annotator_id
)
SELECT count(*) AS people, coalesce(sum(answers), 0)::bigint AS answers,
       (SELECT count(*) FROM given) AS there,
       (sum(seconds * answers) / sum(answers))::float8 AS mean,
       percentile_cont(0.25) WITHIN GROUP (ORDER BY seconds::float8) AS low,
       percentile_cont(0.75) WITHIN GROUP (ORDER BY seconds::float8) AS high
FROM people
"""


def _seconds(kind: str) -> tuple[Span, str]:
    (row,) = rows(
        SECONDS, kind=kind, longest=LONGEST_SECONDS, since=timezone.now() - LATELY,
        quick=QUICK_SECONDS, share=QUICK_SHARE,
    )  # fmt: skip
    if row["answers"] < LEAST_ANSWERS:
        return ASSUMED_SECONDS, _assumed_pace(row)
    mean = row["mean"]
    low, high = (
        (min(row["low"], mean), max(row["high"], mean))
        if row["people"] >= LEAST_PEOPLE
        else (0.7 * mean, 1.4 * mean)
    )
    return Span(low, mean, high), _(
        "An answer takes %(mean)s s (%(low)s–%(high)s), as in the last %(answers)s answers."
    ) % {"mean": f"{mean:.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}", "answers": f"{row['answers']:,}"}


def _assumed_pace(row: dict[str, Any]) -> str:
    """Why the usual pace is taken: nobody has answered, or too few answers tell how long people think."""
    ends = {"low": ASSUMED_SECONDS.low, "high": ASSUMED_SECONDS.high}
    if not row["there"]:
        return (
            _("An answer takes %(low)d to %(high)d s: an assumption, there are no answers of this kind yet.")
            % ends
        )
    return _(
        "An answer takes %(low)d to %(high)d s: an assumption, for only %(usable)d of the last %(there)d "
        "answers were not implausibly quick, and it takes %(least)d to tell."
    ) % {**ends, "usable": row["answers"], "there": row["there"], "least": LEAST_ANSWERS}


def _of_policy(policy: Policy, found: Candidates) -> list[str]:
    said = []
    if policy.stop_at is None:
        said.append(
            ngettext(
                "Every task is answered by %(count)d person.",
                "Every task is answered by %(count)d people.",
                policy.overlap,
            )
            % {"count": policy.overlap}
        )
    else:
        said.append(
            _("People err independently; where they err alike, fewer answers are asked and more are wrong.")
        )
    if policy.trusted_alone:
        said.append(_("That one answer of a proven annotator is enough is not counted; it will take less."))
    if policy.gold_share:
        said.append(
            _("Known answers come on top: %(share)s of what is asked.")
            % {"share": f"{policy.gold_share:.0%}"}
        )
    if found.is_more:
        said.append(_("Only the first %(count)s candidates were counted.") % {"count": f"{MOST_LISTED:,}"})
    return said
