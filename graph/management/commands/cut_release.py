"""manage.py cut_release"""

from django.core.management.base import BaseCommand, CommandError

from graph.actions.release import cut_release
from graph.models import Level
from people.errors import UserError


class Command(BaseCommand):
    help = "Publish the approved graph as the next release."

    def add_arguments(self, parser):
        parser.add_argument(
            "--level",
            action="append",
            choices=Level.values,
            help="bring only this level up to date; may be repeated",
        )
        parser.add_argument("--note", default="", help="what changed, for those who use the release")
        parser.add_argument("--allow-empty", action="store_true", help="also where nothing has changed")

    def handle(self, *, level, note, allow_empty, **options):
        try:
            release = cut_release(
                levels=level or Level.values, note=note, by=None, actor="cut_release", allow_empty=allow_empty
            )
        except UserError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"release {release.number}: {release.concepts} concepts, {release.triples} triples")
