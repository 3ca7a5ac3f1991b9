"""Import of short documents: rows per second and peak memory at two sizes, beside a bare COPY.

The documents are clauses of real reviews and product texts (Chinese and English), told apart by a number so
that none is a duplicate. Everything runs in a workspace of its own that is thrown away.
SMALL=1 for a minute's look, DATA names the folder of the development data; the last line is one JSON object.
"""

import csv
import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("DATA") or REPO.parent / "shared/data")
SMALL = os.environ.get("SMALL") == "1"
SIZES = (10_000, 50_000) if SMALL else (100_000, 1_000_000)
LONGEST = 60  # characters of a short document
# One step of the measurement in a process of its own, so that its peak memory is its own.
STEP = """
import json, resource, sys, time
import django
django.setup()
from bench.import_documents import STEPS
began = time.monotonic()
told = STEPS[sys.argv[1]](*sys.argv[2:])
told["seconds"] = round(time.monotonic() - began, 2)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told["peak_mb"] = round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
print(json.dumps(told))
"""


# A command that keeps the servers up until its input ends.
HOLD = "import sys; print('up', flush=True); sys.stdin.read()"


def main() -> int:
    sources = [DATA / "zh_reviews_10cats/reviews.csv", DATA / "en_marketplace_products/amazon.csv"]
    if not all(path.exists() for path in sources):
        print(f"skipped: no development data below {DATA}")
        print(json.dumps({"bench": "import_documents", "skipped": True}))
        return 0
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kgcurate-bench-")))
        home.chmod(0o711)
        environment = stack.enter_context(servers(home))
        files = write_files(home, sources)
        figures = {
            "bench": "import_documents",
            "small": SMALL,
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
            "copy": step(environment, "copy", str(files[SIZES[-1]])),
        }
        for size, path in files.items():
            figures[f"import_{size}"] = step(environment, "documents", str(path), f"corpus {size}")
        figures["again"] = step(environment, "documents", str(files[SIZES[-1]]), f"corpus {SIZES[-1]}")
    report(figures)
    return 0


def servers(home: Path) -> Any:
    """A PostgreSQL and Redis for the bench alone, migrated; their addresses as environment variables."""
    from contextlib import contextmanager

    from kgcurate.servers.places import socket_dir

    @contextmanager
    def run() -> Iterator[dict[str, str]]:
        environment = {
            **os.environ, "KGCURATE_VAR": str(home / "var"),
            "DATABASE_URL": "", "REDIS_URL": "", "BROKER_URL": "",
            "DJANGO_SETTINGS_MODULE": "kgcurate.settings", "LOG_LEVEL": "ERROR", "PYTHONPATH": str(REPO),
        }  # fmt: skip
        holder = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", HOLD],
            cwd=REPO, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert holder.stdout
            while (line := holder.stdout.readline()).strip() != "up":
                if not line:
                    raise SystemExit("the servers of the bench did not start")
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v", "0"], cwd=REPO, env=environment, check=True
            )
            yield environment
        finally:
            holder.communicate()
            shutil.rmtree(socket_dir(home / "var"), ignore_errors=True)

    return run()


def write_files(home: Path, sources: list[Path]) -> dict[int, Path]:
    files = {}
    for size in SIZES:
        files[size] = home / f"{size}.jsonl"
        with files[size].open("w", encoding="utf-8") as out:
            for row in itertools.islice(short_documents(sources), size):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return files


def short_documents(sources: list[Path]) -> Iterator[dict[str, str]]:
    """Without end: the clauses of the sources again and again, each with another number."""
    csv.field_size_limit(10**9)
    texts = []
    for path, column in zip(sources, ("review", "About Product"), strict=True):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                texts += [
                    piece.strip()[:LONGEST]
                    for piece in re.split(r"[\n|。.]", row[column])
                    if len(piece.strip()) > 8
                ]
    for number in itertools.count():
        text = texts[number % len(texts)]
        yield {
            "id": str(number),
            "text": f"{text}，{number}。" if "，" in text or not text.isascii() else f"{text}, {number}.",
        }


def step(environment: dict[str, str], name: str, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", STEP, name, *words],
        cwd=REPO,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stdout}{done.stderr}")
    told = json.loads(done.stdout.splitlines()[-1])
    told["rows_per_second"] = round(told["rows"] / told["seconds"])
    print(
        "{0} {rows:,} rows: {seconds} s, {rows_per_second:,}/s, {peak_mb} MB".format(name, **told),
        flush=True,
    )
    return told


def import_step(path: str, corpus: str) -> dict[str, Any]:
    """The import as `manage.py import_documents` does it."""
    from mining.actions.imports import import_documents
    from mining.actions.runs import create_claimed, do
    from mining.models import RunKind, RunStatus

    files = [{"path": path, "name": Path(path).name}]
    run = do(create_claimed(RunKind.IMPORT_DOCUMENTS, {"files": files, "corpus": corpus}), import_documents)
    if run.status != RunStatus.DONE:
        raise SystemExit(run.error)
    return {"rows": run.counts["read"], "sentences": run.counts["sentences"], "added": run.counts["added"]}


def copy_step(path: str) -> dict[str, Any]:
    """The limit: the same ids and texts into one table without index, not looked at."""
    from django.db import connection

    rows = 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id text, text text)")
        with cursor.copy("COPY bare FROM STDIN") as copy, open(path, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                copy.write_row((row["id"], row["text"]))
                rows += 1
        cursor.execute("DROP TABLE bare")
    return {"rows": rows}


STEPS = {"documents": import_step, "copy": copy_step}


def report(figures: dict[str, Any]) -> None:
    small, large = (figures[f"import_{size}"] for size in SIZES)
    figures["memory_growth"] = round(large["peak_mb"] / small["peak_mb"], 2)
    figures["share_of_copy"] = round(large["rows_per_second"] / figures["copy"]["rows_per_second"], 3)
    print(json.dumps(figures))


if __name__ == "__main__":
    sys.exit(main())
