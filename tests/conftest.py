"""The test run's own servers, shared by all workers of pytest-xdist, and the fixtures for everybody."""

import os
import shutil
from contextlib import suppress

import psutil
import pytest
from django.utils import translation

from kgcurate.servers import postgres, redis
from kgcurate.servers.command import start_all, stop_all
from tests import settings
from tests.browser import browser, open_page, page  # noqa: F401
from tests.live import demo_stack, live_stack, shared_stack, stack_home  # noqa: F401


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return
    config.add_cleanup(lambda: shutil.rmtree(settings.TEST_HOME, ignore_errors=True))
    _remove_what_killed_runs_left()
    if config.option.collectonly:
        return
    parts = _own_parts()
    start_all(parts)
    config.add_cleanup(lambda: stop_all(parts))


def _remove_what_killed_runs_left():
    """A run that could not clean up after itself is told by the pid in its folder, which is gone."""
    (settings.TEST_HOME / "pid").write_text(str(os.getpid()))
    for note in settings.TEST_HOME.parent.glob("kgcurate-test-*/pid"):
        with suppress(OSError, ValueError):
            if not psutil.pid_exists(int(note.read_text())):
                shutil.rmtree(note.parent)


def _own_parts():
    # Nothing here has to outlive a power cut; some tests are a crowd with a connection for everybody.
    options = {"fsync": "off", "full_page_writes": "off", "max_connections": "600"}
    parts = {
        "postgres": lambda: postgres.part(settings.SERVERS_VAR, **options),
        "redis": lambda: redis.part(settings.SERVERS_VAR),
    }
    return [parts[name]() for name in settings.OWN]


@pytest.fixture(autouse=True)
def english():
    """A request in Chinese leaves its language on the thread; the next test must not meet it."""
    with translation.override("en"):
        yield
