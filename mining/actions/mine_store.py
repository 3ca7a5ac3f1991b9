"""Phrases of a mining run to candidates, by the set: one per phrase and category.

A candidate found again keeps its row. Its revision grows when the documents that hold it have at least
doubled since the last one: only then may a question that was answered before be asked again.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import connection, transaction

from mining.actions.runs_progress import Progress
from mining.models import Run
from mining.phrases.result import MinedPhrases, Phrase

BATCH = 1_000  # phrases
EXAMPLES = 5  # per candidate
ENOUGH = 3  # documents that make a category worth asking about
LONGEST = 200
VARIANTS = 20  # kept of a phrase


def store_phrases(run: Run, progress: Progress, found: MinedPhrases, *, categories_per_phrase: int) -> None:
    """Batches in the miner's order, each with its checkpoint."""
    done = int(run.resume_at.get("stored", 0))
    progress.stage("store", len(found), done=done)
    phrases = islice(found, done, None)
    while batch := list(islice(phrases, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            # Two runs that store at once would lock the same rows in different orders.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mining candidates'))")
            candidates, new = _store(cursor, run, batch, categories_per_phrase)
            done += len(batch)
            counts = run.counts
            progress.checkpoint(
                resume_at={**run.resume_at, "stored": done},
                candidates=counts.get("candidates", 0) + candidates,
                new_candidates=counts.get("new_candidates", 0) + new,
            )
        progress.advance(done)
    total, new = run.counts.get("candidates", 0), run.counts.get("new_candidates", 0)
    progress.say(f"Candidates: {total:,}, of them new: {new:,}.")


def in_categories(phrase: Phrase, most: int) -> list[tuple[int | None, int, float, float, bool]]:
    """(category, documents, lift, association, is it the primary one) for the categories a phrase is asked
    about.
    """
    shares = sorted(
        phrase.categories, key=lambda share: (-share.lift * share.document_count, share.category_id)
    )
    if not shares:
        return [(None, phrase.document_count, 1.0, 0.0, True)]
    kept = [share for share in shares if share.document_count >= ENOUGH][:most] or shares[:1]
    return [
        (share.category_id, share.document_count, share.lift, share.association, share is kept[0])
        for share in kept
    ]


def _rows(batch: list[Phrase], most: int) -> Iterator[tuple[Any, ...]]:
    for number, phrase in enumerate(batch):
        variants = json.dumps([one for one in phrase.variants if len(one) <= LONGEST][:VARIANTS])
        for category, documents, lift, association, is_primary in in_categories(phrase, most):
            yield (
                number,
                phrase.text,
                phrase.normalised,
                phrase.language,
                category,
                is_primary,
                phrase.count,
                documents,
                phrase.pmi or 0.0,
                phrase.left_entropy,
                phrase.right_entropy,
                phrase.boundary_share,
                lift,
                phrase.score,
                association,
                variants,
            )


def _store(cursor: Any, run: Run, batch: list[Phrase], most: int) -> tuple[int, int]:
    """Candidates proposed, and how many of them are new."""
    batch = [phrase for phrase in batch if max(len(phrase.text), len(phrase.normalised)) <= LONGEST]
    cursor.execute(MINED)
    with cursor.copy("COPY mined FROM STDIN") as copy:
        for row in _rows(batch, most):
            copy.write_row(row)
    cursor.execute(PLACES)
    with cursor.copy("COPY place FROM STDIN") as copy:
        for number, phrase in enumerate(batch):
            for position, place in enumerate(phrase.occurrences):
                copy.write_row((number, position, place.sentence_id, place.start, place.end))
    values = {"run": run.pk, "examples": EXAMPLES}
    cursor.execute("ANALYZE mined, place")
    cursor.execute(NOT_PRIMARY)
    cursor.execute(UPSERT, values)
    cursor.execute(PROPOSED, values)
    candidates, new = cursor.fetchone()
    cursor.execute(OLD_EXAMPLES)
    cursor.execute(NEW_EXAMPLES, values)
    cursor.execute("DROP TABLE mined, place")
    return candidates, new


MINED = """CREATE TEMPORARY TABLE mined (
  number int, text text, normal_form text, language text, category_id bigint, is_primary boolean, count int,
  document_count int, pmi float8, left_entropy float8, right_entropy float8, boundary_share float8,
  lift float8, score float8, association float8, variants jsonb) ON COMMIT DROP"""
PLACES = """CREATE TEMPORARY TABLE place (
  number int, position int, sentence_id bigint, "start" int, "end" int) ON COMMIT DROP"""
# A phrase has one primary category; one of an earlier run may no longer be it.
NOT_PRIMARY = """
UPDATE mining_phrasecandidate old SET is_primary = false FROM mined new
WHERE new.is_primary AND old.is_primary AND old.language = new.language AND old.normal_form = new.normal_form
  AND old.category_id IS DISTINCT FROM new.category_id"""
UPSERT = """
INSERT INTO mining_phrasecandidate AS old (
  text, normal_form, language, category_id, is_primary, revision, revised_at_count, count, document_count,
  pmi, left_entropy, right_entropy, boundary_share, lift, score, association, variants,
  first_run_id, last_run_id, created_at)
SELECT text, normal_form, language, category_id, is_primary, 0, document_count, count, document_count, pmi,
  left_entropy, right_entropy, boundary_share, lift, score, association, variants, %(run)s, %(run)s, now()
FROM mined ORDER BY number, is_primary DESC, category_id
ON CONFLICT (language, normal_form, category_id) DO UPDATE SET
  text = excluded.text, is_primary = excluded.is_primary, count = excluded.count,
  document_count = excluded.document_count, pmi = excluded.pmi, left_entropy = excluded.left_entropy,
  right_entropy = excluded.right_entropy, boundary_share = excluded.boundary_share, lift = excluded.lift,
  score = excluded.score, association = excluded.association, variants = excluded.variants,
  last_run_id = excluded.last_run_id,
  revision = old.revision + (excluded.document_count >= 2 * old.revised_at_count)::int,
  revised_at_count = CASE WHEN excluded.document_count >= 2 * old.revised_at_count
                          THEN excluded.document_count ELSE old.revised_at_count END"""
FOUND = """mined JOIN mining_phrasecandidate candidate
  ON candidate.language = mined.language AND candidate.normal_form = mined.normal_form
  AND candidate.category_id IS NOT DISTINCT FROM mined.category_id"""
PROPOSED = """
WITH proposed AS (
  INSERT INTO mining_runphrase (run_id, candidate_id, score, count, is_new)
  SELECT %(run)s, candidate.id, mined.score, mined.count, candidate.first_run_id = %(run)s FROM $found
  ON CONFLICT (run_id, candidate_id) DO UPDATE SET score = excluded.score, count = excluded.count
  RETURNING is_new)
SELECT count(*), count(*) FILTER (WHERE is_new) FROM proposed""".replace("$found", FOUND)
OLD_EXAMPLES = """
DELETE FROM mining_phraseexample USING $found
WHERE mining_phraseexample.candidate_id = candidate.id""".replace("$found", FOUND)
# Sentences of the candidate's own category first; one that an import has replaced meanwhile is left out.
NEW_EXAMPLES = """
INSERT INTO mining_phraseexample (candidate_id, sentence_id, "start", "end")
SELECT candidate_id, sentence_id, "start", "end" FROM (
  SELECT candidate.id AS candidate_id, place.sentence_id, place."start", place."end", row_number() OVER (
    PARTITION BY candidate.id
    ORDER BY document.category_id IS DISTINCT FROM candidate.category_id, place.position) AS rank
  FROM $found
  JOIN place ON place.number = mined.number
  JOIN mining_sentence sentence ON sentence.id = place.sentence_id
    AND place."end" <= sentence."end" - sentence."start"
  JOIN mining_document document ON document.id = sentence.document_id) placed
WHERE rank <= %(examples)s ORDER BY candidate_id, rank
ON CONFLICT (candidate_id, sentence_id) DO NOTHING""".replace("$found", FOUND)
