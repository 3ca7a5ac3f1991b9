"""The graph at a million triples: review queue, bulk decisions, release cut, exports.

Made-up concepts and triples with a verdict as evidence each, written as sets into a workspace of its own
that is thrown away: half of the triples and points of interest wait in the queue, the rest is approved. Pages
are asked for through the whole of Django, in one process, without a network.
SMALL=1 for a quick look, TRIPLES for another number; the last line is one JSON object.
"""

import hashlib
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.import_documents import servers

REPO = Path(__file__).resolve().parents[1]
SMALL = os.environ.get("SMALL") == "1"
TRIPLES = int(os.environ.get("TRIPLES") or (100_000 if SMALL else 1_000_000))
TIMES = 5 if SMALL else 11
BULK = 1_000
STEP = """
import json, resource, sys, time
import django
django.setup()
from bench.graph import STEPS
began = time.monotonic()
told = STEPS[sys.argv[1]](*sys.argv[2:])
told["seconds"] = round(time.monotonic() - began, 2)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told["peak_mb"] = round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
print(json.dumps(told))
"""

# %(triples)s triples: of items and their property values (all but a fifth), of categories and their points of
# interest (a fifth). Ends: a category to 5,000 triples, an item to 4, a value or point of interest to 20.
FILL = [
    """CREATE TEMPORARY TABLE made (class text, number int, id bigint, key uuid)""",
    """INSERT INTO made SELECT class, number, nextval(pg_get_serial_sequence('graph_concept', 'id')),
         md5(class || number)::uuid
       FROM (VALUES ('Category', greatest(%(triples)s / 5000, 1)), ('Item', %(triples)s / 5),
         ('PropertyValue', %(triples)s / 25), ('POI', %(triples)s / 25)) AS wanted (class, many),
       generate_series(1, many) AS number""",
    """INSERT INTO graph_concept (id, key, concept_class_id, status, name, language, external_id, posterior,
         is_simulated, created_at, decided_at)
       SELECT made.id, made.key, class.id,
         CASE WHEN made.class = 'POI' AND number %% 2 = 0 THEN 'proposed' ELSE 'approved' END,
         made.class || ' ' || number, 'en', made.class || number,
         CASE WHEN made.class = 'POI' THEN (number %% 97) / 100.0 + 0.03 END, false, now(), now()
       FROM made JOIN graph_conceptclass AS class ON class.name = made.class""",
    """INSERT INTO graph_label (concept_id, language, text, normal_form, is_preferred)
       SELECT id, language, class || ' ' || number || word, lower(class) || ' ' || number || word, true
       FROM made, (VALUES ('en', ''), ('zh', ' 词')) AS words (language, word)""",
    """CREATE INDEX ON made (class, number)""",
    """ANALYZE made""",
    """INSERT INTO graph_triple (key, subject_id, relation_id, object_id, status, posterior, is_simulated,
         created_at, decided_at)
       SELECT md5('triple ' || nth)::uuid, subject.id, relation.id, object.id,
         CASE WHEN nth %% 2 = 0 THEN 'proposed' ELSE 'approved' END,
         CASE WHEN nth %% 10 = 0 THEN NULL ELSE (nth::bigint * 7919 %% 9700) / 10000.0 + 0.03 END,
         false, now(),
         CASE WHEN nth %% 2 = 1 THEN now() END
       FROM generate_series(1, %(triples)s) AS nth
       JOIN made AS subject ON subject.class = CASE WHEN nth %% 5 = 0 THEN 'Category' ELSE 'Item' END
         AND subject.number = CASE WHEN nth %% 5 = 0
           THEN 1 + nth / 5 %% greatest(%(triples)s / 5000, 1) ELSE 1 + nth / 5 END
       JOIN made AS object ON object.class = CASE WHEN nth %% 5 = 0 THEN 'POI' ELSE 'PropertyValue' END
         AND object.number = 1 + (hashint4(nth) & 2147483647) %% (%(triples)s / 25)
       JOIN graph_relation AS relation
         ON relation.name = CASE WHEN nth %% 5 = 0 THEN 'has_poi' ELSE 'has_property' END
       WHERE nth / 5 < %(triples)s / 5
       ON CONFLICT DO NOTHING""",
    """INSERT INTO graph_evidence (triple_id, kind, reference, text, language, detail, created_at)
       SELECT id, 'verdict', 'verdict/' || id, '', '',
         '{"votes": {"accept": 2, "reject": 1}, "posterior": 0.9, "campaign": "bench"}', now()
       FROM graph_triple""",
    """INSERT INTO graph_evidence (concept_id, kind, reference, text, language, detail, created_at)
       SELECT id, 'import', 'run/1', '', '', '{}', now() FROM graph_concept""",
    """ANALYZE graph_concept, graph_label, graph_triple, graph_evidence""",
]


def main() -> int:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kgcurate-bench-")))
        home.chmod(0o711)
        environment = stack.enter_context(servers(home)) | {"AXES_ENABLED": "0"}
        # Pages name their static files by content.
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"],
            cwd=REPO, env=environment, check=True,
        )  # fmt: skip
        figures: dict[str, Any] = {
            "bench": "graph", "small": SMALL, "python": platform.python_version(), "cpus": os.cpu_count(),
            "fill": step(environment, "fill"),
        }  # fmt: skip
        for name in ("queue", "bulk", "cut_first", "approve_rest", "cut", "cut_nothing", "cut_few"):
            figures[name] = step(environment, name)
        for name in ("ntriples", "jsonld", "csv", "csv-concepts"):
            # Release 1 holds about half of what release 2 holds: memory must be the same.
            half, whole = (step(environment, "export", number, name) for number in ("1", "2"))
            again = step(environment, "export", "2", name) if SMALL else whole
            if again["sha256"] != whole["sha256"]:
                raise SystemExit(f"{name}: the second export differs")
            figures[f"export_{name}"] = {"half": half, "whole": whole}
    print(json.dumps(figures))
    return 0


def step(environment: dict[str, str], name: str, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", STEP, name, *words],
        cwd=REPO, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stdout}{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(" ".join((name, *words)), json.dumps(told), flush=True)
    return told


def fill() -> dict[str, Any]:
    from django.db import connection, transaction

    from graph.actions.setup import ensure_default_ontology
    from graph.models import Concept, Evidence, Triple
    from people.models import User

    ensure_default_ontology()
    User.objects.create_user("bench", role="admin")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"triples": TRIPLES})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {model.__name__: model.objects.count() for model in (Concept, Triple, Evidence)}


def queue() -> dict[str, Any]:
    """Milliseconds a page, median of several; every page is asked for in full."""
    from django.conf import settings
    from django.test import Client

    from graph import queue as waiting
    from graph.models import Triple
    from people.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="bench"), settings.AUTHENTICATION_BACKENDS[-1])
    first = client.get("/graph/queue")
    after = re.search(r"after=([^\"&]+)", first.content.decode())
    if after is None:
        raise SystemExit(f"the queue has no next page: {first.status_code}")
    category = (
        Triple.objects.proposed()
        .filter(relation__name="has_poi")
        .values_list("subject_id", flat=True)
        .first()
    )
    deep = Triple.objects.proposed().filter(posterior__lt=0.2).order_by("-posterior", "pk").first()
    untold = Triple.objects.proposed().filter(posterior=None).order_by("-pk")[100:101].get()
    pages = {
        "first page": "/graph/queue",
        "next page": f"/graph/queue?after={after[1]}",
        "page after most of the queue": f"/graph/queue?after={deep.posterior!r}_{deep.pk}",
        "page near the end, all of one score": f"/graph/queue?after=-1.0_{untold.pk}",
        "one category": f"/graph/queue?category={category}",
        "one relation": "/graph/queue?relation=has_poi",
        "words found often": "/graph/queue?q=POI+1",
        "words found nowhere": "/graph/queue?q=nowhere",
        "concepts on their own": "/graph/queue?show=concepts",
        "one triple in the reading pane": f"/graph/queue/triples/{deep.pk}",
        "list of concepts": "/graph/concepts",
        "concepts by their first letters": "/graph/concepts?q=poi+123",
        "overview": "/overview",
        "changes": "/graph/changes",
        "API: proposed triples": "/api/v1/triples?status=proposed",
        "API: concepts": "/api/v1/concepts",
    }
    told = {name: _milliseconds(client, address) for name, address in pages.items()}
    assert waiting.page_of(Triple.objects.proposed()).total > waiting.COUNTED
    return {"ms": told}


def _milliseconds(client: Any, address: str) -> float:
    took = []
    for _ in range(TIMES):
        began = time.monotonic()
        answer = client.get(address)
        took.append((time.monotonic() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        if took[-1] > 5_000:
            break
    return round(statistics.median(took), 1)


def bulk() -> dict[str, Any]:
    """A thousand triples approved as one decision, undone, and approved again."""
    from graph.actions import curate
    from graph.models import Triple
    from people.models import User

    by = User.objects.get(username="bench")
    ids = list(Triple.objects.proposed().filter(relation__name="has_poi").values_list("pk", flat=True)[:BULK])
    began = time.monotonic()
    decided = curate.decide(triple_ids=ids, status="approved", by=by, expected="proposed")
    approved = time.monotonic()
    curate.undo(batch=decided.batch, by=by)
    undone = time.monotonic()
    curate.decide(triple_ids=ids, status="rejected", by=by, reason="bench")
    rejected = time.monotonic()
    return {
        "rows": decided.total, "also": len(decided.also_concepts), "approve_s": round(approved - began, 2),
        "undo_s": round(undone - approved, 2), "reject_s": round(rejected - undone, 2),
    }  # fmt: skip


def approve_rest() -> dict[str, Any]:
    from django.db import connection

    rows = 0
    with connection.cursor() as cursor:
        for table in ("graph_concept", "graph_triple"):
            cursor.execute(
                f"UPDATE {table} SET status = 'approved', decided_at = now() WHERE status = 'proposed'"
            )
            rows += cursor.rowcount
        cursor.execute("VACUUM ANALYZE")
    return {"rows": rows}


def cut() -> dict[str, Any]:
    from graph.actions.release import cut_release
    from people.models import User

    by = User.objects.get(username="bench")
    release = cut_release(levels=["schema", "instance"], by=by, allow_empty=True)
    return {"release": release.number, "concepts": release.concepts, "triples": release.triples}


def cut_few() -> dict[str, Any]:
    """A day's work: a thousand triples taken out."""
    from graph.models import Triple

    ids = list(Triple.objects.filter(status="approved").order_by("key").values_list("pk", flat=True)[:BULK])
    Triple.objects.filter(pk__in=ids).update(status="withdrawn")
    return cut()


def export(number: str, name: str) -> dict[str, Any]:
    from graph.exports import FORMATS
    from graph.exports import export as exported
    from graph.models import Release

    release = Release.objects.get(number=int(number))
    format = FORMATS[name]
    digest, size, lines = hashlib.sha256(), 0, 0
    began = time.monotonic()
    for chunk in exported(release, format):
        digest.update(chunk)
        size += len(chunk)
        lines += chunk.count(b"\n")
    seconds = time.monotonic() - began
    return {
        "lines": lines, "megabytes": round(size / 1e6, 1), "lines_per_second": round(lines / seconds),
        "sha256": digest.hexdigest()[:16],
    }  # fmt: skip


STEPS = {
    "fill": fill, "queue": queue, "bulk": bulk, "cut_first": cut, "approve_rest": approve_rest, "cut": cut,
    "cut_nothing": cut, "cut_few": cut_few, "export": export,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
