"""Label Studio Community as a peer: its PyPI package in a virtual environment of its own, on PostgreSQL.

It gets what kgcurate gets: the same machine in the same run, gunicorn with 2 workers of 8 threads, phrase
tasks with the same words, three answers a task, annotators who ask for the next task and submit an answer.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.load import Connection, percentile, processor_time
from bench.stack import PATIENCE, REPO, free_port, held
from kgcurate.servers.access import open_way, unprivileged_user
from kgcurate.servers.part import tied_command

VERSION = "1.23.2"
HOME = Path(os.environ.get("LABEL_STUDIO") or REPO / "build/peers/label-studio")
CONFIG = """<View><Text name="phrase" value="$phrase"/><Text name="example" value="$example"/>
<Choices name="answer" toName="phrase" choice="single">
<Choice value="yes"/><Choice value="no"/></Choices></View>"""

SETUP = """
import json, os, sys
import label_studio
sys.path.insert(0, os.path.dirname(label_studio.__file__))
os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings.label_studio"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from organizations.models import Organization
from rest_framework.authtoken.models import Token
from users.models import User
names = [f"annotator{n}@example.com" for n in range(int(sys.argv[1]))]
people = [User.objects.create_user(name, "a good password") for name in names]
organization = Organization.create_organization(created_by=people[0], title="bench")
for user in people:
    organization.add_user(user)
    user.active_organization = organization
    user.save()
settings = organization.jwt
settings.legacy_api_tokens_enabled = True
settings.save()
print(json.dumps([Token.objects.get_or_create(user=user)[0].key for user in people]))
"""

# Served to more people than asked for; not one of their answers is lost.
OVERLAP_ERRORS = """
SELECT count(*) FROM (SELECT task_id FROM task_completion WHERE project_id = %s AND NOT was_cancelled
GROUP BY task_id HAVING count(DISTINCT completed_by_id) > 3) AS too_many
"""


class Absent(Exception):
    """Why Label Studio cannot be measured here."""


def installed() -> Path:
    """Its Python; installed where that has not been done yet."""
    python = HOME / "bin/python"
    if not (HOME / f"installed-{VERSION}").exists():
        commands = [
            [sys.executable, "-m", "venv", str(HOME)],
            [str(python), "-m", "pip", "install", "--quiet", f"label-studio=={VERSION}", "gunicorn==27.0.1"],
        ]
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Absent(f"label-studio {VERSION} could not be installed: {done.stderr.strip()[-300:]}")
        (HOME / f"installed-{VERSION}").touch()
    return python


def binaries() -> Path:
    """A PostgreSQL with pg_trgm, which Label Studio needs and the embedded one does not have."""
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    for postgres in reversed(there):
        version = postgres.parent.parent.name
        if Path(f"/usr/share/postgresql/{version}/extension/pg_trgm.control").exists():
            return postgres.parent
    raise Absent("no distribution's PostgreSQL with pg_trgm below /usr/lib/postgresql")


@contextmanager
def postgres(home: Path) -> Iterator[dict[str, str]]:
    """A cluster of its own with the memory that the embedded PostgreSQL has; how to reach it."""
    folder, port, where = home / "postgres15", str(free_port()), binaries()
    user = unprivileged_user(folder) if os.geteuid() == 0 else None
    folder.mkdir(mode=0o700)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        open_way([folder], user, ours=home)
    quiet: Any = {
        "cwd": "/",
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    initdb = [str(where / "initdb"), "-D", str(folder), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    subprocess.run(tied_command(initdb, signal.SIGTERM, user), check=True, **quiet)
    command = [
        str(where / "postgres"), "-D", str(folder), "-k", str(folder), "-p", port,
        "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB",
    ]  # fmt: skip
    server = subprocess.Popen(tied_command(command, signal.SIGINT, user), **quiet)
    try:
        _wait(lambda: _answers(port), "PostgreSQL")
        yield {
            "DJANGO_DB": "default", "POSTGRE_HOST": "127.0.0.1", "POSTGRE_PORT": port,
            "POSTGRE_USER": "postgres", "POSTGRE_NAME": "postgres", "POSTGRE_PASSWORD": "none",
        }  # fmt: skip
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def _answers(port: str) -> bool:
    import psycopg

    try:
        psycopg.connect(
            host="127.0.0.1", port=port, user="postgres", dbname="postgres", connect_timeout=2
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _wait(condition, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Absent(f"{what} did not start")
        time.sleep(0.3)


@contextmanager
def server(home: Path, people: int) -> Iterator[tuple[int, list[str], dict[str, str], subprocess.Popen]]:
    """Its port, a token for each annotator, how to reach its database, and its process."""
    python = installed()
    with postgres(home) as database:
        port = free_port()
        environment = {
            **os.environ, **database, "LABEL_STUDIO_BASE_DATA_DIR": str(home / "label-studio"),
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true", "COLLECT_ANALYTICS": "false",
            "LOG_LEVEL": "ERROR", "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": "", "PYTHONPATH": "",
            "latest_version_check": "false",
        }  # fmt: skip
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [str(python), "-c", SETUP, str(people)],
            cwd=home, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Absent(f"it could not be set up: {done.stderr.strip()[-600:]}")
        tokens = json.loads(done.stdout.splitlines()[-1])
        package = next((HOME / "lib").glob("python*/site-packages/label_studio"))
        command = [
            str(python), "-m", "gunicorn", "core.wsgi:application", "--chdir", str(package),
            "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "8",
            "--timeout", "120", "--preload", "--log-level", "error",
        ]  # fmt: skip
        environment["DJANGO_SETTINGS_MODULE"] = "core.settings.label_studio"
        with (home / "label-studio.log").open("wb") as log:
            process = subprocess.Popen(
                tied_command(command, signal.SIGTERM, None), cwd=home, env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            _wait(lambda: asyncio.run(_is_up(port)), "Label Studio")
            yield port, tokens, database, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


async def _is_up(port: int) -> bool:
    connection = Connection("127.0.0.1", port)
    try:
        return (await connection.send("GET", "/health", ""))[0] == 200
    except (OSError, asyncio.IncompleteReadError):
        return False
    finally:
        connection.close()


def compare(home: Path, *, levels: list[int], tasks: int, seconds: float) -> dict[str, Any]:
    """Its figures at each number of annotators, or why there are none."""
    import psycopg

    try:
        with server(home, max(levels)) as (port, tokens, database, process):
            figures: dict[str, Any] = {"version": VERSION, "tasks": tasks}
            for people in levels:
                project = asyncio.run(_project(port, tokens[0], tasks))
                figures[str(people)] = asyncio.run(_measure(port, project, tokens[:people], seconds))
                with psycopg.connect(
                    host="127.0.0.1", port=database["POSTGRE_PORT"], user="postgres", dbname="postgres"
                ) as connection:
                    (errors,) = connection.execute(OVERLAP_ERRORS, [project]).fetchone() or (0,)
                figures[str(people)]["overlap_errors"] = errors
                print(f"Label Studio, {people} annotators: {json.dumps(figures[str(people)])}", flush=True)
            main = __import__("psutil").Process(process.pid)
            figures["memory_mb"] = round(
                sum(held(one) for one in [main, *main.children(recursive=True)]) / 2**20
            )
            return figures
    except Absent as why:
        print(f"Label Studio is left out: {why}", flush=True)
        return {"skipped": str(why)}
    finally:
        shutil.rmtree(home / "label-studio", ignore_errors=True)


async def _project(port: int, token: str, tasks: int) -> int:
    connection = Connection("127.0.0.1", port)
    headers = f"Authorization: Token {token}\r\nContent-Type: application/json\r\n"
    settings = {"title": f"bench {time.time()}", "label_config": CONFIG, "maximum_annotations": 3}
    status, reply = await connection.send("POST", "/api/projects/", headers, json.dumps(settings).encode())
    if status != 201:
        raise Absent(f"no project: {status} {reply[:300]!r}")
    project = json.loads(reply)["id"]
    for first in range(0, tasks, 1000):
        rows = [
            {
                "phrase": f"long lasting comfort {n}",
                "example": f"I bought these for long lasting comfort {n}.",
            }
            for n in range(first, min(first + 1000, tasks))
        ]
        status, reply = await connection.send(
            "POST", f"/api/projects/{project}/import", headers, json.dumps(rows).encode()
        )
        if status != 201:
            raise Absent(f"no tasks: {status} {reply[:300]!r}")
    connection.close()
    return project


async def _measure(port: int, project: int, tokens: list[str], seconds: float) -> dict[str, Any]:
    told: dict[str, Any] = {"answers": 0, "refused": 0, "rounds": [], "next": [], "submit": []}
    ends = time.monotonic() + seconds
    began = processor_time()
    await asyncio.gather(
        *(_sit(port, project, token, ends, told, random.Random(place)) for place, token in enumerate(tokens))
    )
    ordered = sorted(told["rounds"])
    return {
        "per_second": round(told["answers"] / seconds, 2),
        **{f"p{share}_ms": round(1000 * percentile(ordered, share), 1) for share in (50, 95, 99)},
        "p95_next_ms": round(1000 * percentile(sorted(told["next"]), 95), 1),
        "p95_submit_ms": round(1000 * percentile(sorted(told["submit"]), 95), 1),
        "answers": told["answers"],
        "refused": told["refused"],
        "client_cpu": round((processor_time() - began) / seconds, 2),
    }


async def _sit(port: int, project: int, token: str, ends: float, told: dict, chance: random.Random) -> None:
    connection = Connection("127.0.0.1", port)
    headers = f"Authorization: Token {token}\r\nContent-Type: application/json\r\n"
    while (began := time.monotonic()) < ends:
        status, reply = await connection.send("GET", f"/api/projects/{project}/next", headers)
        served = time.monotonic()
        if status != 200:
            told["refused"] += 1
            await asyncio.sleep(0.1)
            continue
        task = json.loads(reply)["id"]
        choice = {"choices": [chance.choice(["yes", "no"])]}
        result = {"from_name": "answer", "to_name": "phrase", "type": "choices", "value": choice}
        body = json.dumps({"result": [result], "lead_time": 1.5}).encode()
        status, reply = await connection.send("POST", f"/api/tasks/{task}/annotations/", headers, body)
        done = time.monotonic()
        if status != 201:
            told["refused"] += 1
        elif done <= ends:
            told["answers"] += 1
            told["rounds"].append(done - began)
            told["next"].append(served - began)
            told["submit"].append(done - served)
    connection.close()
