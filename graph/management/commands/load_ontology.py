"""manage.py load_ontology FILE"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from graph.actions.setup import load_ontology
from graph.identity import everyone
from graph.ontology import DEFAULT_FILE, OntologyError


class Command(BaseCommand):
    help = "Load an ontology from YAML. Loading the same file twice changes nothing."

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("file", nargs="?", type=Path, help="the YAML file")
        which.add_argument("--default", action="store_true", help="the e-commerce ontology that is shipped")

    def handle(self, *, file, default, **options):
        path = DEFAULT_FILE if default else file
        try:
            loaded = load_ontology(source=path.read_bytes(), file=str(path), actor="load_ontology")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except OntologyError as error:
            raise CommandError(str(error)) from error
        if default:
            everyone()
        self.stdout.write(
            f"{loaded.added} added, {loaded.changed} changed, {loaded.unchanged} unchanged, "
            f"{loaded.retired} retired, {loaded.removed} removed"
        )
