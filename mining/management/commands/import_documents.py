"""`manage.py import_documents FILE… --corpus NAME`"""

from mining.actions.imports import import_documents
from mining.corpora.documents import KINDS
from mining.management.importing import ImportCommand
from mining.models import RunKind


class Command(ImportCommand):
    help = "Import documents into a corpus. Importing the same file again changes nothing."
    kind, what, job = RunKind.IMPORT_DOCUMENTS, "documents", staticmethod(import_documents)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--corpus", required=True, help="name of the corpus; made if need be")
        parser.add_argument("--kind", choices=KINDS, default="other", help="of rows that do not say theirs")
        parser.add_argument(
            "--create-categories", action="store_true", help="make categories that are not known"
        )

    def parameters(self, options):
        own = {name: options[name] for name in ("corpus", "kind", "create_categories")}
        return {**super().parameters(options), **own}
