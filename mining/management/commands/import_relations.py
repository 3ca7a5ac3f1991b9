"""`manage.py import_relations FILE…`"""

from mining.actions.imports_relations import import_relations
from mining.management.importing import CandidateImportCommand
from mining.models import RunKind


class Command(CandidateImportCommand):
    help = "Import relation sentences: text, relation (satisfy, need, cause), subject, object, category …"
    kind, what, job = RunKind.IMPORT_RELATIONS, "relations", staticmethod(import_relations)
