"""Settings of the test run: private servers in a temporary folder, which tests/conftest.py starts.

Here and not in the conftest, because pytest-django loads the settings before any conftest. Workers of
pytest-xdist share the servers; each has its own database (by pytest-django), Redis numbers and var folder.
"""

import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from kgcurate.servers import places

places.read_env()
TEST_HOME = Path(os.environ.get("KGCURATE_TEST_HOME") or tempfile.mkdtemp(prefix="kgcurate-test-"))
os.environ["KGCURATE_TEST_HOME"] = str(TEST_HOME)
TEST_HOME.chmod(0o711)  # as root, PostgreSQL runs as another user and has to pass
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
SERVERS_VAR = TEST_HOME / "servers"

os.environ["KGCURATE_VAR"] = str(TEST_HOME / f"var-{WORKER}")
# Which servers are the test run's own is decided once; the workers inherit the answer.
OWN = os.environ.setdefault(
    "KGCURATE_TEST_SERVERS",
    " ".join(
        name
        for name, url in {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}.items()
        if not os.environ.get(url)
    ),
).split()
_sockets = places.socket_dir(SERVERS_VAR)
if "postgres" in OWN:
    os.environ["DATABASE_URL"] = f"postgres://postgres@{quote(str(_sockets), safe='')}/kgcurate"
if "redis" in OWN:
    _number = 0 if WORKER == "main" else 2 * int(WORKER.removeprefix("gw")) + 2
    os.environ["REDIS_URL"] = f"unix://{_sockets}/redis.sock?db={_number}"
    os.environ["BROKER_URL"] = f"redis+socket://{_sockets}/redis.sock?virtual_host={_number + 1}"

from kgcurate.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Without a manifest, so that no test waits for collectstatic.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = TEST_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# All tests come from one address; those of throttling set their own.
API_RATES = {"user": 0, "anonymous": 0, "answers": 0}
