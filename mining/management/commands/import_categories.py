"""`manage.py import_categories FILE…`"""

from mining.actions.imports_catalogue import import_categories
from mining.management.importing import ImportCommand
from mining.models import RunKind


class Command(ImportCommand):
    help = "Import categories: id, parent, and a label per language (label_en, label_zh …)."
    kind, what, job = RunKind.IMPORT_CATEGORIES, "categories", staticmethod(import_categories)
