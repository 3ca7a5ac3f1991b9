"""Steps of the serving benches that run inside Django: people, candidates, campaigns, and what SQL says.

Made by single SQL statements, so that a million tasks take seconds. The content of a task is what the phrase
kind makes of a mined phrase: a category and three example sentences.
"""

from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

CSRF = "b" * 32

CANDIDATES = """
INSERT INTO mining_phrasecandidate (
    text, normal_form, language, category_id, is_primary, revision, revised_at_count, count, document_count,
    pmi, left_entropy, right_entropy, boundary_share, lift, score, first_run_id, last_run_id, created_at)
SELECT words.text, words.text, words.language, %(category)s, true, 0, 3, 9, 3,
    6.5, 2.1, 2.2, 0.5, 2.0, 0.9, %(run)s, %(run)s, now()
FROM generate_series(%(first)s::bigint, %(last)s) AS n
CROSS JOIN LATERAL (SELECT
    CASE WHEN n %% 2 = 0 THEN 'long lasting comfort ' || n ELSE '持久舒适第' || n || '号' END,
    CASE WHEN n %% 2 = 0 THEN 'en' ELSE 'zh' END) AS words (text, language)
"""
TASKS = """
INSERT INTO annotation_task (
    campaign_id, candidate_id, revision, language, content, rank, pool, seats_free, seats_granted,
    taken_by, lapsed, chosen_by, gold_answer, gold_reason, created_at)
SELECT %(campaign)s, id, 0, language, jsonb_build_object(
        'phrase', text, 'language', language, 'category_id', 'shoes',
        'category', jsonb_build_object('en', 'Shoes', 'zh', '鞋'),
        'examples', (SELECT jsonb_agg(jsonb_build_object(
            'text', CASE language
                WHEN 'en' THEN 'I bought these for ' || text || ' and they keep their word, number ' || place
                ELSE '买来就是为了' || text || '，穿了一个月感觉很好，值得推荐' || place END,
            'start', CASE language WHEN 'en' THEN 19 ELSE 6 END,
            'end', CASE language WHEN 'en' THEN 19 ELSE 6 END + char_length(text),
            'source', 'Review', 'kind', 'review', 'sentence', id * 3 + place))
            FROM generate_series(1, 3) AS place)),
    random() * 1000000, 'model', %(seats)s, %(seats)s, '{}', '{}', 'random', '', '', now()
FROM mining_phrasecandidate ORDER BY id LIMIT %(size)s
"""

# Each must find nothing.
ERRORS = {
    "over the policy": """
        SELECT count(*) FROM (SELECT task_id FROM annotation_judgment
        WHERE is_counted AND withdrawn_at IS NULL
            AND task_id IN (SELECT id FROM annotation_task WHERE campaign_id = %(campaign)s)
        GROUP BY task_id HAVING count(*) > %(overlap)s) AS too_many""",
    "twice to one person": """
        SELECT count(*) FROM (SELECT task_id, annotator_id FROM (
            SELECT task_id, annotator_id FROM annotation_judgment WHERE withdrawn_at IS NULL
            UNION ALL SELECT task_id, annotator_id FROM annotation_lease) AS given
        WHERE task_id IN (SELECT id FROM annotation_task WHERE campaign_id = %(campaign)s)
        GROUP BY task_id, annotator_id HAVING count(*) > 1) AS twice""",
    "seats that do not add up": """
        SELECT count(*) FROM annotation_task AS task
        WHERE campaign_id = %(campaign)s AND cardinality(taken_by) > 0 AND seats_granted <> seats_free
            + (SELECT count(*) FROM annotation_lease WHERE task_id = task.id)
            + (SELECT count(*) FROM annotation_judgment
               WHERE task_id = task.id AND is_counted AND withdrawn_at IS NULL)""",
}


def prepare(*, people: int, candidates: int) -> list[dict[str, Any]]:
    """A category, people who are logged in, and phrase candidates; how to sit in each one's place."""
    from graph.actions.setup import ensure_default_ontology
    from graph.models import Concept, ConceptClass
    from mining.models import Run, RunKind

    ensure_default_ontology()
    of_class = ConceptClass.objects.get(name="Category")
    about: dict[str, Any] = {
        "concept_class": of_class,
        "name": "Shoes",
        "language": "en",
        "external_id": "shoes",
    }
    category = Concept.objects.create(key="5f0c2c8e-7d57-4c07-9d70-3bd7a2f0a001", status="approved", **about)
    run = Run.objects.create(kind=RunKind.MINE_PHRASES, status="done")
    _execute(CANDIDATES, category=category.pk, run=run.pk, first=1, last=candidates)
    _execute("ANALYZE mining_phrasecandidate")
    return [log_in(f"annotator{number}") for number in range(people)]


def log_in(name: str) -> dict[str, Any]:
    """A session as a login makes it, without the cost of checking a password."""
    from people.models import User

    user = User.objects.create_user(name, is_simulated=True)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "people.sessions.Backend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"annotator": user.pk, "cookie": session.session_key, "csrf": CSRF}


def open_campaign(*, name: str, tasks: int, overlap: int = 3, **more: Any) -> int:
    from annotation.actions.campaigns import Policy, create_campaign, start_campaign

    lease_for = timedelta(seconds=more.pop("lease_seconds", 600))
    policy = Policy(overlap=overlap, evaluation_share=0, retrain_every=0, lease_for=lease_for, **more)
    campaign = create_campaign(name=name, kind="phrase", question="poi", policy=policy)
    _execute(TASKS, campaign=campaign.pk, size=tasks, seats=campaign.first_seats)
    _execute("ANALYZE annotation_task")
    start_campaign(campaign=campaign)
    return campaign.pk


def check(*, campaign: int, overlap: int = 3, acknowledged: str) -> dict[str, int]:
    """What must be 0, and how it stands. `acknowledged` names a file of the ids that the client was told."""
    from pathlib import Path

    ids = Path(acknowledged).read_text().split()
    with connection.cursor() as cursor:
        found = {}
        for name, sql in ERRORS.items():
            cursor.execute(sql, {"campaign": campaign, "overlap": overlap})
            found[name] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM annotation_judgment WHERE id = ANY(%s::uuid[])", [ids])
        found["acknowledged but not there"] = len(set(ids)) - cursor.fetchone()[0]
        found["acknowledged twice"] = len(ids) - len(set(ids))
        cursor.execute("SELECT count(*) FROM annotation_verdict WHERE acted_at IS NULL")
        waiting = cursor.fetchone()[0]
    return {
        "errors": sum(found.values()),
        **{name: n for name, n in found.items() if n},
        "verdicts waiting": waiting,
    }


def verdicts(*, campaign: int) -> dict[str, Any]:
    """Phrase -> the standing verdict, and how many answers were counted."""
    from annotation.models import Judgment, Verdict

    standing = Verdict.objects.standing().filter(task__campaign=campaign)
    rows = standing.values_list("task__content__phrase", "answer", "is_disputed")
    counted = Judgment.objects.counted().filter(task__campaign=campaign, task__in=standing.values("task"))
    return {
        "verdicts": {phrase: "disputed" if is_disputed else answer for phrase, answer, is_disputed in rows},
        "judgments": counted.count(),
    }


def _execute(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def dsn() -> str:
    """How a bare client reaches the same PostgreSQL."""
    connection.ensure_connection()
    info = connection.connection.info
    return f"host={info.host} port={info.port} user={info.user} dbname={info.dbname} password={info.password}"
