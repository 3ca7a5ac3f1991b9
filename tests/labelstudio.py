"""A real Label Studio from its package, in an environment of its own, on SQLite and a free port."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kgcurate.servers.part import tied_command
from kgcurate.servers.places import REPO
from tests.live import a_home, free_port, wait_for

VERSION = "1.23.2"
# One that runs already may be named, with its user; otherwise one is started for the tests.
RUNNING = os.environ.get("LABEL_STUDIO_TEST_URL", "")
TOKEN = os.environ.get("LABEL_STUDIO_TEST_TOKEN", "5ce9adf1d0f14c4e9c63e5a3f2b7d8c900112233")
USER, PASSWORD = os.environ.get("LABEL_STUDIO_TEST_USER", "boss@example.org"), "correct-horse-42"
# Made once; about a minute and 2 GB. Another place, such as one that outlives `make clean`, may be named.
PLACE = Path(os.environ.get("LABEL_STUDIO_ENV", REPO / "build" / f"label-studio-{VERSION}"))
INSTALLS_WITHIN = 1800
STARTS_WITHIN = 900  # seconds, with its migrations, on a busy machine


def install() -> Path:
    """The program, installed if it is not there yet."""
    program = PLACE / "bin" / "label-studio"
    done = PLACE / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", PLACE], check=True)
        pip = [PLACE / "bin" / "python", "-m", "pip", "install", "--quiet", f"label-studio=={VERSION}"]
        subprocess.run(pip, check=True, timeout=INSTALLS_WITHIN)
        done.touch()
    return program


class LabelStudio:
    def __init__(self, url: str, http: httpx.Client):
        self.url, self.token, self.http = url, TOKEN, http

    def client(self):
        from label_studio_sdk import LabelStudio as Client

        return Client(base_url=self.url, api_key=self.token, httpx_client=self.http)


@contextmanager
def running():
    if RUNNING:
        with httpx.Client(timeout=60) as http:
            yield LabelStudio(RUNNING, http)
    else:
        with started() as server:
            yield server


@contextmanager
def started():
    with a_home() as home:
        port, log = free_port(), home / "label-studio.log"
        url = f"http://127.0.0.1:{port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment = {
            **kept,
            "LABEL_STUDIO_BASE_DATA_DIR": str(home / "data"),
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
        }
        words = ["--no-browser", "--port", str(port), "--username", USER, "--password", PASSWORD]
        with log.open("wb") as output:
            process = subprocess.Popen(
                tied_command([str(install()), "start", *words, "--user-token", TOKEN], signal.SIGTERM, None),
                env=environment,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            wait_for(lambda: answers(url), f"Label Studio on {url}", log.read_text, patience=STARTS_WITHIN)
            with httpx.Client(timeout=60) as http:
                yield LabelStudio(url, http)
        finally:
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=10).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def label_studio():
    with running() as server:
        yield server
