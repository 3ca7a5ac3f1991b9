"""docker-compose.yml without an engine: what a person relies on when they start it."""

import re

import pytest
import yaml
from celery.bin.base import CLIContext
from celery.bin.worker import worker

from kgcurate.celery import app
from kgcurate.servers.places import REPO

TEXT = (REPO / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
SETTINGS = (REPO / "kgcurate" / "settings.py").read_text()
APPLICATION = ["migrate", "web", "worker", "worker-gpu", "beat"]


def test_all_parts_are_there():
    assert set(SERVICES) == {"postgres", "redis", *APPLICATION}
    assert "pgvector" in SERVICES["postgres"]["image"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_each_running_part_has_a_health_check(name):
    check = SERVICES[name]["healthcheck"]

    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


@pytest.mark.parametrize("name", APPLICATION)
def test_applications_run_in_production_on_the_same_image(name):
    service = SERVICES[name]

    assert service["environment"]["KGCURATE_ENV"] == "production"
    assert service["build"] == "."


@pytest.mark.parametrize("name", sorted(set(APPLICATION) - {"migrate"}))
def test_applications_wait_for_servers_and_migrations(name):
    assert {part: wait["condition"] for part, wait in SERVICES[name]["depends_on"].items()} == {
        "postgres": "service_healthy",
        "redis": "service_healthy",
        "migrate": "service_completed_successfully",
    }


@pytest.mark.parametrize(("name", "queue"), [("worker", "default"), ("worker-gpu", "gpu")])
def test_workers_share_out_the_queues(name, queue):
    """Each as Celery itself reads its command line: a worker takes from its own queue and no other."""
    program, *words = SERVICES[name]["command"]
    assert program == "celery"
    words = [re.sub(r"\$\{\w+:-(\w+)\}", r"\1", word) for word in words]
    at = words.index("worker")
    context = worker.make_context("worker", words[at + 1 :], obj=CLIContext(app, False, True))

    assert context.params["queues"] == [queue]
    assert queue in {app.conf.task_default_queue, app.conf.task_routes["mining.tasks.encoders.*"]["queue"]}


def test_secrets_have_no_default():
    secret = re.compile(r"\$\{(\w*(?:PASSWORD|SECRET_KEY)\w*)([^}]*)\}")
    uses = secret.findall(TEXT)

    assert {name for name, _ in uses} == {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY"}
    assert all(rest.startswith(":?") for _, rest in uses)
    # and no password is written down as such
    assert not re.search(r"(?i)password:\s*[\"']?[a-z0-9]+[\"']?\s*$", TEXT, re.MULTILINE)


def test_volumes_are_declared():
    used = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}

    assert used == set(COMPOSE["volumes"])


def test_the_web_server_is_published_on_this_machine_only():
    assert SERVICES["web"]["ports"] == ["${PUBLISH:-127.0.0.1:8000}:8000"]
    assert not any("ports" in service for name, service in SERVICES.items() if name != "web")


def test_the_image_installs_the_same_requirements_and_drops_root():
    dockerfile = (REPO / "Dockerfile").read_text()

    assert "pip install --requirement requirements.txt" in dockerfile
    assert "npm ci" in dockerfile
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["kgcurate"]


def test_every_variable_is_in_the_example():
    known = set(re.findall(r"^(\w+)=", (REPO / ".env.example").read_text(), re.MULTILINE))

    assert set(re.findall(r"environment\.\w+\(\s*\"(\w+)\"", SETTINGS)) <= known
    assert set(re.findall(r"\$\{(\w+)", TEXT)) <= known


def test_every_setting_reaches_the_applications():
    read = set(re.findall(r"environment\.\w+\(\s*\"(\w+)\"", SETTINGS))
    # A container is production, listens where its image says, and with as many processes and threads.
    fixed = {"DEBUG", "HOST", "PORT", "WEB_PROCESSES", "WEB_THREADS"}

    for name in APPLICATION:
        assert read - fixed <= set(SERVICES[name]["environment"]), name


def test_compose_and_settings_have_the_same_defaults():
    settings = dict(re.findall(r"environment\.(?:number|text)\(\"(\w+)\", \"?([\w_]+)\"?\)", SETTINGS))
    compose = dict(re.findall(r"\$\{(\w+):-([\w.]+)\}", TEXT))
    both = (settings.keys() & compose.keys()) - {"KGCURATE_ENV"}

    assert len(both) >= 10
    assert {name: settings[name].replace("_", "") for name in both} == {name: compose[name] for name in both}
