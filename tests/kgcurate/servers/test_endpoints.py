from pathlib import Path

import pytest

from kgcurate.servers import endpoints

VAR = Path("/srv/kgcurate/var")


@pytest.fixture(autouse=True)
def no_urls(monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "BROKER_URL"):
        monkeypatch.delenv(name, raising=False)


def test_without_urls_both_are_sockets_under_var():
    found = endpoints(VAR)

    assert found.embedded
    assert found.database["HOST"] == "/srv/kgcurate/var/run"
    assert found.redis == "unix:///srv/kgcurate/var/run/redis.sock?db=0"
    assert found.broker == "redis+socket:///srv/kgcurate/var/run/redis.sock?virtual_host=1"


def test_each_url_counts_for_itself(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://ada:s3cret@db.example:5433/graph?sslmode=require")

    found = endpoints(VAR)

    assert found.embedded
    assert found.redis.startswith("unix:")
    assert found.database["HOST"] == "db.example"
    assert found.database["PORT"] == 5433
    assert found.database["OPTIONS"] == {"sslmode": "require"}


def test_with_both_urls_nothing_is_ours(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://ada@db.example/graph")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example:6379/0")

    found = endpoints(VAR)

    assert not found.embedded
    assert found.redis == found.broker == "redis://cache.example:6379/0"


def test_the_broker_can_be_another_redis(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://cache.example:6379/0")
    monkeypatch.setenv("BROKER_URL", "redis://cache.example:6379/1")

    assert endpoints(VAR).broker == "redis://cache.example:6379/1"


def test_a_database_url_may_name_a_socket_folder(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://ada@%2Fvar%2Frun%2Fpostgresql/graph")

    assert endpoints(VAR).database["HOST"] == "/var/run/postgresql"
