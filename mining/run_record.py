"""What the pages of a mining run ask of its record (CandidateFate): lists by key, one story, two runs beside
each other. Every figure is one query, however many rows there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Q, QuerySet

from annotation.models import Verdict
from mining.models import CandidateFate, PhraseCandidate, Run, RunPhrase
from mining.sentences.normal_form import normal_form

# The columns that a list may be sorted by, highest first; without one it has the order of the run's list.
SORTS = ("count", "quality", "score")
SAMPLE = 4_000  # rows that stand for all of a run in a distribution
PATIENCE = 2_000  # milliseconds to look for sentences of a phrase that nobody kept


def fates_of(
    run: Run,
    *,
    stage: str = "",
    rule: str = "",
    language: str = "",
    category: int | None = None,
    words: str = "",
) -> QuerySet[CandidateFate]:
    """stage: "kept", "dropped", or the name of the stage that dropped them; empty arguments do not narrow."""
    found = CandidateFate.objects.filter(run=run)
    if stage == "kept":
        found = found.kept()
    elif stage == "dropped":
        found = found.dropped()
    elif stage:
        found = found.filter(stage=stage)
    if rule:
        found = found.filter(rule=rule)
    if language:
        found = found.filter(language=language)
    if category is not None:
        # Categories belong to phrases that were kept.
        there = RunPhrase.objects.filter(run=run, candidate__category=category)
        found = found.kept().filter(text__in=there.values("candidate__normal_form"))
    if words := normal_form(words):
        found = found.filter(text__contains=words)
    return found


def counts_of(run: Run) -> list[dict[str, Any]]:
    """Rows of language, stage, rule, number, the kept ones first."""
    counted = (
        CandidateFate.objects.filter(run=run)
        .values("language", "stage", "rule")
        .annotate(number=Count("pk"))
        .order_by("-language", "stage", "-number", "rule")
    )
    return [dict(row) for row in counted]


def stages_of(run: Run, language: str) -> list[str]:
    """The stages that candidates of a language went through, in order, without the counting before them."""
    names = [stage["name"].removeprefix(f"{language}:") for stage in run.stages
             if stage["name"].startswith(f"{language}:")]  # fmt: skip
    return [name for name in names if not name.startswith(("count", "encode", "words", "record"))]


@dataclass(frozen=True)
class Standing:
    """A feature's value among those of the run: the share of kept and of dropped candidates below it, 0 to 1;
    None where none has the feature."""

    name: str
    value: float
    below_kept: float | None
    below_dropped: float | None


STANDING = """
WITH sample AS (
  SELECT stage = '' AS kept, features FROM mining_candidatefate
  WHERE run_id = %(run)s AND language = %(language)s AND place %% %(step)s = 0)
SELECT told.key, avg((value.at < told.at)::int) FILTER (WHERE value.kept),
       avg((value.at < told.at)::int) FILTER (WHERE NOT value.kept)
FROM unnest(%(names)s::text[], %(values)s::float8[]) AS told(key, at)
LEFT JOIN LATERAL (
  SELECT kept, (features->>told.key)::float8 AS at FROM sample WHERE features ? told.key) AS value ON true
GROUP BY told.key"""


def standing_of(fate: CandidateFate) -> list[Standing]:
    """Each feature of a candidate beside a sample of its run and language."""
    features = {name: value for name, value in fate.features.items() if isinstance(value, int | float)}
    last = (
        CandidateFate.objects.filter(run=fate.run_id)
        .order_by("-place")
        .values_list("place", flat=True)
        .first()
    )
    values: dict[str, Any] = {
        "run": fate.run_id, "language": fate.language, "step": max((last or 0) // SAMPLE, 1),
        "names": list(features), "values": [float(value) for value in features.values()],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STANDING, values)
        shares = {name: (kept, dropped) for name, kept, dropped in cursor.fetchall()}
    return [
        Standing(
            name,
            value,
            *(None if share is None else float(share) for share in shares.get(name, (None, None))),
        )
        for name, value in features.items()
    ]


def candidates_of(fate: CandidateFate) -> list[PhraseCandidate]:
    """What the phrase became, in each of its categories; also where another run kept it."""
    return list(
        PhraseCandidate.objects.filter(language=fate.language, normal_form=fate.text)
        .select_related("category")
        .order_by("-lift", "pk")
    )


def verdicts_of(candidates: list[PhraseCandidate]) -> list[Verdict]:
    """What people decided about it, newest first."""
    return list(
        Verdict.objects.standing()
        .filter(task__campaign__kind="phrase", task__candidate_id__in=[one.pk for one in candidates])
        .select_related("task__campaign")
        .order_by("-pk")[:50]
    )


SENTENCES = """
SELECT document.id, substr(document.text, sentence."start" + 1, sentence."end" - sentence."start")
FROM mining_document AS document JOIN mining_sentence AS sentence ON sentence.document_id = document.id
WHERE document.language = %(language)s AND document.text ILIKE %(like)s
  AND substr(document.text, sentence."start" + 1, sentence."end" - sentence."start") ILIKE %(like)s
LIMIT %(limit)s"""


def sentences_with(text: str, language: str, *, limit: int = 5) -> list[tuple[int, str, str, str]] | None:
    """(document, before, phrase, after) of a few sentences that hold it; None where that takes too long."""
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
            cursor.execute(SENTENCES, {"language": language, "like": f"%{escaped}%", "limit": limit})
            rows = cursor.fetchall()
            # Inside somebody's transaction it would outlive this question.
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError:
        return None
    found = []
    for document, sentence in rows:
        at = sentence.casefold().find(text.casefold())
        at = max(at, 0)
        found.append((document, sentence[:at], sentence[at : at + len(text)], sentence[at + len(text) :]))
    return found


# Two runs

SHOWN = ("only_a", "only_b", "moved")


def parameter_differences(a: Run, b: Run) -> list[tuple[str, Any, Any]]:
    """Parameters that differ, by name."""
    names = sorted({*a.parameters, *b.parameters})
    pairs = [(name, a.parameters.get(name), b.parameters.get(name)) for name in names]
    return [row for row in pairs if row[1] != row[2]]


def count_differences(a: Run, b: Run) -> list[dict[str, Any]]:
    """language, stage, rule with the number of each run."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for name, run in (("a", a), ("b", b)):
        for row in counts_of(run):
            key = (row["language"], row["stage"], row["rule"])
            entry = found.setdefault(key, {**row, "a": 0, "b": 0})
            entry[name] = row["number"]
    order = {
        name: place
        for place, name in enumerate(["", *stages_of(a, "zh"), *stages_of(b, "zh"), *stages_of(a, "en")])
    }
    return sorted(
        found.values(),
        key=lambda row: (row["language"] != "zh", row["language"], order.get(row["stage"], 99), row["rule"]),
    )


TOTALS = """
SELECT count(*) FILTER (WHERE a.place IS NOT NULL AND b.place IS NOT NULL),
       count(*) FILTER (WHERE b.place IS NULL), count(*) FILTER (WHERE a.place IS NULL)
FROM (SELECT language, text, place FROM mining_candidatefate WHERE run_id = %(a)s AND stage = '') AS a
FULL JOIN (SELECT language, text, place FROM mining_candidatefate WHERE run_id = %(b)s AND stage = '') AS b
  USING (language, text)"""


def shared(a: Run, b: Run) -> dict[str, int]:
    """Kept phrases of both, of A alone and of B alone."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, {"a": a.pk, "b": b.pk})
        return dict(zip(("both", "only_a", "only_b"), cursor.fetchone(), strict=True))


# Kept by the one run; what the other did with it stands beside it.
ONLY = """
SELECT mine.place, mine.language, mine.text, mine.count, mine.score, other.score, other.stage, other.rule,
       NULL
FROM mining_candidatefate AS mine
LEFT JOIN LATERAL (
  SELECT score, stage, rule FROM mining_candidatefate AS there
  WHERE there.run_id = %(other)s AND there.language = mine.language AND there.text = mine.text
  ORDER BY (stage = '') DESC, place LIMIT 1) AS other ON true
WHERE mine.run_id = %(mine)s AND mine.stage = '' AND other.stage IS DISTINCT FROM ''
  AND mine.place > %(after)s
ORDER BY mine.place LIMIT %(limit)s"""
MOVED = """
SELECT a.place, a.language, a.text, a.count, a.score, b.score, '', '', abs(a.score - b.score)
FROM mining_candidatefate AS a JOIN mining_candidatefate AS b USING (language, text)
WHERE a.run_id = %(mine)s AND b.run_id = %(other)s AND a.stage = '' AND b.stage = '' AND a.score <> b.score
  AND (%(gap)s::float8 IS NULL OR (abs(a.score - b.score), -a.place) < (%(gap)s, -%(after)s))
ORDER BY abs(a.score - b.score) DESC, a.place LIMIT %(limit)s"""


@dataclass(frozen=True)
class Pair:
    """One phrase in two runs. score: of the run that is asked about first; stage, rule: what dropped it in
    the other one, empty where it has no record of it or kept it."""

    place: int
    language: str
    text: str
    count: int
    score: float | None
    other_score: float | None
    stage: str | None
    rule: str | None
    gap: float | None

    @property
    def key(self) -> str:
        return f"{self.gap!r}~{self.place}" if self.gap is not None else str(self.place)


def differences(a: Run, b: Run, show: str, *, after: str = "", limit: int = 51) -> list[Pair]:
    """Phrases kept by A alone, by B alone, or by both with another score (largest change first)."""
    mine, other = (b, a) if show == "only_b" else (a, b)
    gap, place = _key(after)
    values = {"mine": mine.pk, "other": other.pk, "after": place, "gap": gap, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(MOVED if show == "moved" else ONLY, values)
        return [Pair(*row) for row in cursor.fetchall()]


def all_differences(a: Run, b: Run, show: str, *, batch: int = 5_000) -> Iterator[Pair]:
    after = ""
    while rows := differences(a, b, show, after=after, limit=batch):
        yield from rows
        after = rows[-1].key


def _key(after: str) -> tuple[float | None, int]:
    gap, tilde, place = after.rpartition("~")
    try:
        number = float(gap) if tilde else None
        return (number if number is None or number == number else None), min(max(int(place), -1), 2**31 - 1)
    except ValueError:
        return None, -1


def mined_runs() -> QuerySet[Run]:
    """Runs that have a record, newest first."""
    return Run.objects.filter(Q(fates__place=0)).order_by("-pk")
