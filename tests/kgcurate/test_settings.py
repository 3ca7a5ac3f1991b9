import subprocess
import sys

import pytest

from kgcurate.servers.places import REPO
from tests.live import clean_environment

PRODUCTION = {
    "KGCURATE_ENV": "production",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "graph.example.org",
    "DATABASE_URL": "postgres://kgcurate:x@db.example/kgcurate",
    "REDIS_URL": "redis://cache.example:6379/0",
}


def check(tmp_path, *words, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", "check", *words],
        cwd=REPO,
        env={**clean_environment(KGCURATE_VAR=str(tmp_path / "var")), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_passes_djangos_own_check(tmp_path):
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_production_wants_its_values_in_one_line(tmp_path, name):
    done = check(tmp_path, **{**PRODUCTION, name: ""})

    assert done.returncode == 1
    assert name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_debug_and_production_exclude_each_other(tmp_path):
    done = check(tmp_path, **PRODUCTION, DEBUG="true")

    assert done.stderr.strip() == "kgcurate: DEBUG must be off where KGCURATE_ENV is production"


@pytest.mark.parametrize(
    ("name", "rule"),
    [("PORT", "a whole number"), ("DATABASE_POOL", "a whole number"), ("DEBUG", "true or false")],
)
def test_a_value_that_cannot_be_understood_is_named(tmp_path, name, rule):
    done = check(tmp_path, **{name: "many"})

    assert done.returncode == 1
    assert done.stderr.strip() == f"kgcurate: {name} is 'many'; it must be {rule}"


def test_the_example_env_works_as_it_is(tmp_path):
    lines = (REPO / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    del example["KGCURATE_VAR"]

    done = check(tmp_path, **example)

    assert done.returncode == 0, done.stderr
