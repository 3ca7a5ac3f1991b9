"""A real Chromium for the tests, driven by Playwright."""

import os
import shutil
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import expect, sync_playwright

# Two workers share two cores with servers and browsers: what is asked is whether it happens, not how fast.
expect.set_options(timeout=30_000)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ARGUMENTS = [
    "--no-sandbox",  # root in a container has no user namespaces
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--force-color-profile=srgb",
]


def chromium_path():
    """The browser on this machine, or None. KGCURATE_CHROMIUM names another one."""
    found = os.environ.get("KGCURATE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (ON_MACOS if os.path.exists(ON_MACOS) else None)


@pytest.fixture(scope="module")
def browser():
    """One Chromium per module; Playwright's loop would get in the way of other tests' database calls."""
    path = chromium_path()
    if path is None:
        reason = "no Chromium here: install chromium (apt-get install chromium) or set KGCURATE_CHROMIUM"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    patch = pytest.MonkeyPatch()
    # Playwright's sync API leaves a running loop in this thread, which Django takes for async code.
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield running
        running.close()
    patch.undo()


@pytest.fixture
def open_page(browser, request):
    """`open_page(**context)`: a page in a browser profile of its own, one per person of a story.

    At the end no page may have thrown, broken the content policy or asked a foreign host.
    """
    contexts, troubles = [], []

    def open_one(**options):
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "en", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"error on {page.url}: {error}"))
        page.on("console", lambda message: _note_policy(message, page, troubles))
        page.on("request", lambda request: _note_foreign(request, troubles))
        return page

    yield open_one
    for context in contexts:
        context.close()
    if "live_server" in request.fixturenames:
        _let_the_server_finish()
    assert not troubles, "\n".join(troubles)


def _let_the_server_finish():
    """What a closed page had asked for is still being answered, in the way of emptying the tables."""
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(busy)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)


@pytest.fixture
def page(open_page):
    """One page in a fresh profile, 1280 by 800, English."""
    return open_page()


def _note_policy(message, page, troubles):
    if "Content Security Policy" in message.text:
        troubles.append(f"policy on {page.url}: {message.text}")


def _note_foreign(request, troubles):
    address = urlsplit(request.url)
    if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in {
        "127.0.0.1",
        "localhost",
    }:
        troubles.append(f"asked a foreign host: {request.url}")
