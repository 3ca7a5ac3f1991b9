"""`manage.py serve`, which is what `make run` runs: all of kgcurate in one terminal."""

import json
import os
import signal
import time
from contextlib import contextmanager, suppress

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kgcurate.launch.checks import check_address
from kgcurate.launch.parts import application_parts
from kgcurate.launch.probe import name_for
from kgcurate.launch.static import collect_if_changed
from kgcurate.launch.supervisor import Supervisor, end_leftovers
from kgcurate.servers import ServerError
from kgcurate.servers.command import START_LIMIT, own_parts
from kgcurate.servers.locks import Ownership
from kgcurate.servers.places import drop_socket_dir, make_private, require_writable, socket_dir

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """A signal asked us to stop. Not an Exception, so that nobody on the way takes it for an error."""


class Command(BaseCommand):
    help = "Run everything: PostgreSQL, Redis, web server, Celery worker and beat. Ctrl-C stops it."
    # Checks are for developers (make lint, make test), and would import every view before anything starts.
    requires_system_checks = ()
    began = 0.0

    def handle(self, **options):
        try:
            with whole_var(settings.VAR_DIR, self.say):
                self.run(settings.VAR_DIR)
        except ServerError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.say("stopped while waiting")

    def run(self, var):
        self.began = time.monotonic()
        end_leftovers(var, self.say)
        check_address(settings.HOST, settings.PORT, production=settings.PRODUCTION)
        supervisor = Supervisor(var, self.say)
        try:
            with stopped_by_signals(supervisor):
                self.start_servers(supervisor, var)
                self.prepare_database()
                self.start_application(supervisor, var)
                self.greet(var)
                supervisor.watch()
        except Stop:
            self.say("stopping …")
        finally:
            supervisor.stop()
        self.say("stopped; the data is kept in " + os.path.relpath(var))

    def start_servers(self, supervisor, var):
        servers = own_parts(var)
        if servers:
            self.step("starting " + " and ".join(part.name for part in servers) + " …")
        supervisor.sockets = socket_dir(var)
        supervisor.start(servers)
        for part in servers:
            part.wait_ready(timeout=START_LIMIT)

    def prepare_database(self):
        collect_if_changed(settings.STATIC_ROOT, self.step)
        migrate_if_needed(self.step)
        if self.wants_demo():
            self.step("loading the demo workspace, which takes about a minute …")
            call_command("load_demo")
        connection.close()
        # Or the launcher would hold connections for as long as it runs.
        connection.close_pool()  # type: ignore[attr-defined]

    def wants_demo(self):
        return (
            not settings.PRODUCTION
            and os.environ.get("DEMO", "1") != "0"
            and "load_demo" in get_commands()
            and not get_user_model().objects.exists()
        )

    def start_application(self, supervisor, var):
        make_private(var / "tmp")
        name = name_for(settings.ALLOWED_HOSTS)
        web, *others = application_parts(var, host=settings.HOST, port=settings.PORT, name=name)
        self.step("starting the web server …")
        # The first page does not wait for the imports of the others.
        supervisor.start([web])
        web.wait_ready(timeout=120)
        supervisor.start(others)

    def greet(self, var):
        url = f"http://{settings.HOST}:{settings.PORT}"
        # Commands that talk to the server find it there, whatever PORT it was started with.
        (var / "address").write_text(url, encoding="utf-8")
        self.say(f"kgcurate is at {url}/ (Ctrl-C stops it)")
        with suppress(OSError, ValueError):
            for login in json.loads((var / "demo_logins.json").read_text(encoding="utf-8")):
                self.say("  {role:<10} {username:<16} {password}".format(**login))

    def step(self, line):
        """A line with the seconds since the start, so that a long step is seen to be one."""
        self.say(f"  {time.monotonic() - self.began:4.0f} s  {line}")

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()


def migrate_if_needed(say):
    """As `migrate`, which takes its time to find that there is nothing to do."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("bringing the tables of the database up to date …")
        call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def whole_var(var, say):
    """Own the var folder: refuse beside another `serve`, wait for a command that runs the servers."""
    require_writable(var)
    ownership = Ownership(var)
    say_at: float | None = time.monotonic() + 1
    while not ownership.owner.acquire():
        if ownership.held_by("serve"):
            raise ServerError(f"kgcurate runs already on {var}: {ownership.describe()}")
        if say_at and time.monotonic() > say_at:
            say(f"waiting for {ownership.describe()}, which runs the servers, to finish")
            say_at = None
        time.sleep(0.2)
    ownership.sign()
    try:
        yield
    finally:
        drop_socket_dir(var)
        ownership.owner.release()


@contextmanager
def stopped_by_signals(supervisor):
    """The first signal raises Stop; the second kills all parts and leaves."""
    asked = 0

    def stop(_signal_number, _frame):
        nonlocal asked
        asked += 1
        if asked == 1:
            raise Stop
        supervisor.kill()
        os._exit(130)

    for number in STOPPING:
        signal.signal(number, stop)
    yield
