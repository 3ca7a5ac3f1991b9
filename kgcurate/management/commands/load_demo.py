from django.core.management import BaseCommand, CommandError

from kgcurate.demo import load_demo
from people.errors import UserError


class Command(BaseCommand):
    help = "Load the demo workspace into an empty one: users, catalogue, documents, a first run, campaigns."

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-mining", action="store_true", help="documents only, no run and no campaigns"
        )

    def handle(self, *, no_mining, **options):
        try:
            load_demo(say=self.stdout.write, mine=not no_mining)
        except UserError as error:
            raise CommandError(str(error)) from error
