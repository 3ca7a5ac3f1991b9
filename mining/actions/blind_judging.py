"""Blind judging: random samples of several mining runs, pooled and shuffled, asked of two people each.

Nobody who judges sees which run found a phrase or what it scored. The draw follows from the seed and the
phrase alone: each run's sample is uniformly random, a phrase that several runs found is drawn for all of them
or for none, and so it is judged once and the runs are compared on common ground.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction

from annotation.actions.campaigns import Policy, create_campaign, start_campaign
from annotation.actions.filling import fill_campaign
from annotation.models import Answer, Campaign, Judgment, Priority, Verdict
from mining.agreement import alpha, kappa, wilson
from mining.models import JudgingSample, Run, RunKind, RunStatus
from mining.phrases.parameters import LANGUAGES
from people.errors import UserError
from people.models import User

SAMPLE, SAMPLE_MOST = 200, 10_000
OVERLAP = 2
QUESTION = "phrase"
NO = (Answer.REJECT, Answer.BAD)


class BadJudging(UserError):
    pass


# One row per phrase, whatever its categories: the primary one, the same for every run.
DRAW = """
INSERT INTO mining_judgingsample (campaign_id, run_id, candidate_id)
SELECT %(campaign)s, %(run)s, chosen.id
FROM (
  SELECT language, normal_form FROM (
    SELECT DISTINCT candidate.language, candidate.normal_form
    FROM mining_runphrase AS found
    JOIN mining_phrasecandidate AS candidate ON candidate.id = found.candidate_id
    WHERE found.run_id = %(run)s AND candidate.language = ANY(%(languages)s)) AS phrase
  ORDER BY md5(%(seed)s || ' ' || language || ' ' || normal_form), normal_form LIMIT %(sample)s) AS drawn
JOIN LATERAL (
  SELECT id FROM mining_phrasecandidate AS candidate
  WHERE candidate.language = drawn.language AND candidate.normal_form = drawn.normal_form
  ORDER BY is_primary DESC, id LIMIT 1) AS chosen ON true"""


@transaction.atomic
def start_blind_judging(
    *, name: str, runs: list[int], language: str, sample: int = SAMPLE, seed: int = 1, by: User | None = None
) -> Campaign:
    """A running campaign over the pooled samples of the runs; BadJudging says what is wrong."""
    wanted = sorted(set(runs))
    if len(wanted) < 1:
        raise BadJudging("Choose the runs whose phrases are to be judged.")
    found = {run.pk: run for run in Run.objects.filter(pk__in=wanted, kind=RunKind.MINE_PHRASES)}
    for pk in wanted:
        if pk not in found or found[pk].status != RunStatus.DONE:
            raise BadJudging(f"Run {pk} is no mining run that has ended well.")
    if not 1 <= sample <= SAMPLE_MOST:
        raise BadJudging(f"The sample must have between 1 and {SAMPLE_MOST:,} phrases of each run.")
    if language not in LANGUAGES:
        raise BadJudging(f"Phrases are judged in {' or '.join(LANGUAGES)}, one campaign each.")
    if Campaign.objects.filter(name=name.strip()).exists():
        raise BadJudging(f"There is a campaign “{name.strip()}” already.")
    campaign = create_campaign(
        name=name,
        kind="phrase",
        question=QUESTION,
        by=by,
        languages=[language],
        # Nothing here may tell where a phrase came from: annotators can read it.
        source={"judging": True},
        seed=seed,
        # All of it measures: nothing may ever learn from these answers (promise 7).
        policy=Policy(
            overlap=OVERLAP, evaluation_share=1.0, retrain_every=0, priority=Priority.RANDOM, random_share=1.0
        ),
    )
    with connection.cursor() as cursor:
        for pk in wanted:
            cursor.execute(DRAW, {
                "campaign": campaign.pk, "run": pk, "languages": [language], "seed": str(seed),
                "sample": sample,
            })  # fmt: skip
            if not cursor.rowcount:
                raise BadJudging(f"Run {pk} has proposed no phrase in this language.")
    fill_campaign(campaign, by=by)
    return start_campaign(campaign=campaign, by=by)


@dataclass(frozen=True)
class RunPrecision:
    """Of a run's sample: drawn = yes + no + unsure + open; precision is yes of yes and no."""

    run: int
    drawn: int
    yes: int
    no: int
    unsure: int  # the judges disagree, or do not know: left out of the precision
    open: int  # not judged by enough people yet

    @property
    def precision(self) -> float | None:
        decided = self.yes + self.no
        return self.yes / decided if decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.yes, self.yes + self.no)


@dataclass(frozen=True)
class Pair:
    """Two judges on what both answered with yes or no."""

    first: str
    second: str
    both: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True)
class Report:
    runs: list[RunPrecision]
    pairs: list[Pair]
    alpha: float | None
    judged: int  # phrases with answers of all judges
    phrases: int
    unsure_answers: int

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "runs": [
                {**asdict(row), "precision": row.precision, "interval": row.interval} for row in self.runs
            ],
        }


def judging_report(campaign: Campaign) -> Report:
    """Precision per run and agreement of the judges, from their answers as they stand."""
    answers: dict[int, dict[str, str]] = {}
    counted = Judgment.objects.counted().filter(task__campaign=campaign)
    for candidate, judge, answer in counted.values_list(
        "task__candidate_id", "annotator__username", "answer"
    ).order_by("task", "annotator"):
        answers.setdefault(candidate, {})[judge] = (
            "no" if answer in NO else {"accept": "yes"}.get(answer, "unsure")
        )
    curators = {
        candidate: "yes" if answer == Answer.ACCEPT else "no" if answer in NO else "unsure"
        for candidate, answer in Verdict.objects.standing()
        .filter(task__campaign=campaign, decided_by__isnull=False)
        .values_list("task__candidate_id", "answer")
    }
    drawn: dict[int, list[int]] = {}
    for run, candidate in JudgingSample.objects.filter(campaign=campaign).values_list("run", "candidate"):
        drawn.setdefault(run, []).append(candidate)
    everything = {candidate for sample in drawn.values() for candidate in sample}
    outcome = {
        candidate: curators.get(candidate) or _outcome(answers.get(candidate, {}), campaign.overlap)
        for candidate in everything
    }
    runs = []
    for run, sample in sorted(drawn.items()):
        said = [outcome[candidate] for candidate in sample]
        runs.append(
            RunPrecision(run, len(said), *(said.count(one) for one in ("yes", "no", "unsure", "open")))
        )
    sides = [[answer for answer in given.values() if answer != "unsure"] for given in answers.values()]
    return Report(
        runs=runs,
        pairs=_pairs(answers),
        alpha=alpha(sides),
        judged=sum(one != "open" for one in outcome.values()),
        phrases=len(everything),
        unsure_answers=sum(answer == "unsure" for given in answers.values() for answer in given.values()),
    )


def _outcome(given: dict[str, str], overlap: int) -> str:
    """Open until all have answered; yes or no by more of the one than of the other."""
    if len(given) < overlap:
        return "open"
    said = list(given.values())
    yes, no = said.count("yes"), said.count("no")
    return "yes" if yes > no else "no" if no > yes else "unsure"


def _pairs(answers: dict[int, dict[str, str]]) -> list[Pair]:
    both: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for given in answers.values():
        judges = sorted(judge for judge, answer in given.items() if answer != "unsure")
        for at, first in enumerate(judges):
            for second in judges[at + 1 :]:
                both.setdefault((first, second), []).append((given[first], given[second]))
    return [
        Pair(first, second, len(pairs), sum(one == other for one, other in pairs), kappa(pairs))
        for (first, second), pairs in sorted(both.items())
    ]
