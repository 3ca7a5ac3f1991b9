"""The test run's own servers, shared by all workers of pytest-xdist, and the fixtures for everybody."""

import shutil

from kgcurate.servers import postgres, redis
from kgcurate.servers.command import start_all, stop_all
from tests import settings
from tests.browser import browser, open_page, page  # noqa: F401
from tests.live import demo_stack, live_stack, shared_stack, stack_home  # noqa: F401


def pytest_configure(config):
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    config.add_cleanup(lambda: shutil.rmtree(settings.TEST_HOME, ignore_errors=True))
    parts = _own_parts()
    start_all(parts)
    config.add_cleanup(lambda: stop_all(parts))


def _own_parts():
    # Nothing here has to outlive a power cut.
    parts = {
        "postgres": lambda: postgres.part(settings.SERVERS_VAR, fsync="off", full_page_writes="off"),
        "redis": lambda: redis.part(settings.SERVERS_VAR),
    }
    return [parts[name]() for name in settings.OWN]
