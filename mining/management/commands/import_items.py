"""`manage.py import_items FILE…`"""

from mining.actions.imports_catalogue import import_items
from mining.management.importing import ImportCommand
from mining.models import RunKind


class Command(ImportCommand):
    help = "Import items: id, category, title, language, properties (pairs of name and value)."
    kind, what, job = RunKind.IMPORT_ITEMS, "items", staticmethod(import_items)
