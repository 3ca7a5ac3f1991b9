"""`manage.py runs`: list them, read a log, cancel one."""

from django.core.management import BaseCommand, CommandError

from mining.actions.runs import cancel_run
from mining.management.sync import summary
from mining.models import Run
from people.errors import UserError


class Command(BaseCommand):
    help = "List runs (default), show the log of one, or cancel one."

    def add_arguments(self, parser):
        commands = parser.add_subparsers(dest="command")
        listing = commands.add_parser("list", help="the newest runs")
        listing.add_argument("--number", type=int, default=20)
        for name, words in (("log", "what a run has told"), ("cancel", "ask a run to stop")):
            commands.add_parser(name, help=words).add_argument("run", type=int)

    def handle(self, *, command, run=None, number=20, **options):
        if command in (None, "list"):
            for row in Run.objects.order_by("-pk")[:number]:
                self.stdout.write(
                    f"{row.pk:>6}  {row.status:<9} {row.kind:<17} {row.created_at:%F %H:%M}  {row.error}"
                )
            return
        found = Run.objects.filter(pk=run).first()
        if found is None:
            raise CommandError(f"there is no run {run}")
        if command == "log":
            for line in found.lines.all():
                self.stdout.write(f"{line.at:%H:%M:%S} {line.level:<7} {line.text}")
            self.stdout.write(summary(found))
            return
        try:
            cancel_run(run=found)
        except UserError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"run {run} was asked to stop")
