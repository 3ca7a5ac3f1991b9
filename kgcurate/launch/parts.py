"""The parts that are Python: web server, Celery worker, Celery beat."""

import signal
import sys
from pathlib import Path

from django.conf import settings

from kgcurate.launch.probe import healthy
from kgcurate.operations.words import LAUNCHED
from kgcurate.servers.part import Part
from kgcurate.servers.places import REPO

ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": "kgcurate.settings", "PYTHONUNBUFFERED": "1", LAUNCHED: "1"}


def application_parts(var: Path, *, host: str, port: int, name: str) -> list[Part]:
    """In starting order; they stop in the same order, so that nobody asks what nobody will do."""
    return [web(var, host=host, port=port, name=name), beat(var), worker(var)]


def web(var: Path, *, host: str, port: int, name: str) -> Part:
    command = [
        *("gunicorn", "kgcurate.wsgi:application"),
        *("--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
        *("--worker-class", "gthread"),
        *("--workers", str(settings.WEB_PROCESSES), "--threads", str(settings.WEB_THREADS)),
        *("--timeout", "120", "--graceful-timeout", "5"),
        *("--worker-tmp-dir", str(var / "tmp")),
        "--preload",  # imports everything once and not once for each worker
        "--no-control-socket",
    ]
    return _python(
        "web", command, var, grace=8, orphan_signal=signal.SIGINT, ready=lambda: healthy(host, port, name)
    )


def worker(var: Path) -> Part:
    command = [
        *("celery", "--app", "kgcurate", "worker"),
        *("--queues", "default,gpu", "--pool", "prefork", "--concurrency", "2"),
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]
    # A run that is cut off here is taken up again at the next start, so nobody waits for it.
    return _python("worker", command, var, grace=6, orphan_signal=signal.SIGQUIT)


def beat(var: Path) -> Part:
    command = [
        *("celery", "--app", "kgcurate", "beat"),
        *("--loglevel", "WARNING", "--schedule", str(var / "beat-schedule")),
        "--pidfile=",  # the launcher's lock already says that there is one
    ]
    return _python("beat", command, var, grace=5)


def _python(name: str, module: list[str], var: Path, **rest) -> Part:
    return Part(
        name=name,
        command=[sys.executable, "-m", *module],
        log=var / "log" / f"{name}.log",
        cwd=REPO,
        environment={**ENVIRONMENT, "TMPDIR": str(var / "tmp")},
        **rest,
    )
