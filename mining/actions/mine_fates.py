"""What became of every candidate of a run, into the table that its page reads."""

import json
from itertools import islice

from django.db import connection, transaction

from mining.actions.runs_progress import Progress
from mining.models import CandidateFate, Run, RunKind
from mining.phrases.result import MinedPhrases

BATCH = 10_000
LONGEST = 500
RUNS_KEPT = 5  # of the latest mining runs; of earlier ones the phrases stay, but not what was dropped


def store_fates(run: Run, progress: Progress, found: MinedPhrases) -> None:
    """In the order of the records, batches with a checkpoint each."""
    done = int(run.resume_at.get("fates", 0))
    total = found.recorded
    progress.stage("record", total, done=done)
    fates = islice(found.fates(), done, None)
    while batch := list(islice(fates, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy(INTO) as copy:
                for place, fate in enumerate(batch, start=done):
                    copy.write_row((
                        run.pk, place, fate.language, fate.text[:LONGEST], fate.count, fate.stage, fate.rule,
                        fate.quality, fate.score, json.dumps(fate.features),
                    ))  # fmt: skip
            done += len(batch)
            progress.checkpoint(resume_at={**run.resume_at, "fates": done})
        progress.advance(done)
    forget_old_fates()


def forget_old_fates() -> int:
    """Delete the records of all but the latest mining runs; comes back with the number of rows."""
    latest = Run.objects.filter(kind=RunKind.MINE_PHRASES).order_by("-pk").values("pk")[:RUNS_KEPT]
    deleted, _by_table = CandidateFate.objects.exclude(
        run__in=list(latest.values_list("pk", flat=True))
    ).delete()
    return deleted


INTO = """COPY mining_candidatefate
(run_id, place, language, text, count, stage, rule, quality, score, features) FROM STDIN"""
