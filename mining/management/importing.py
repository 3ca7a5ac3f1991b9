"""What the import commands have in common."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from mining.actions.runs import Job
from mining.corpora.documents import language_code
from mining.corpora.errors import BadRow
from mining.corpora.files import FORMATS, check_readable, format_of
from mining.corpora.mapping import ColumnMapping
from mining.management.sync import run_here, summary
from mining.models import RunKind, RunStatus
from people.errors import UserError


class ImportCommand(BaseCommand):
    kind: RunKind
    what: str
    job: Job

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="JSONL, CSV, TSV or Parquet, plain or .gz"
        )
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help="say which column is what"
        )
        parser.add_argument("--format", choices=FORMATS, help="where the name of the file does not tell it")
        parser.add_argument(
            "--language", default="", help="of rows that do not say theirs (default: detected)"
        )
        parser.add_argument("--limit", type=int, help="rows to read of each file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            parameters = self.parameters(options)
        except (UserError, BadRow) as error:
            raise CommandError(str(error)) from None
        run = run_here(self.kind, parameters, type(self).job, out=self.stdout)
        self.stdout.write(summary(run))
        if run.error_file.exists():
            self.stdout.write(f"rows that could not be used: {run.error_file}")
        if run.status != RunStatus.DONE:
            raise CommandError(run.error)

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        """Parameters of the run. Files that are plainly wrong stop here, before anything is written."""
        files = []
        for name in options["files"]:
            path = Path(name).absolute()
            check_readable(path, name)
            if not options["format"]:
                format_of(name)
            files.append({"path": str(path), "name": path.name})
        return {
            "files": files,
            "columns": dict(ColumnMapping.parse(self.what, options["map"]).columns),
            "format": options["format"] or "",
            "language": language_code(options["language"]),
            "limit": options["limit"],
        }


class CandidateImportCommand(ImportCommand):
    """Candidates that somebody else proposed; their categories must be known or may be made."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--create-categories", action="store_true", help="make categories that are not known"
        )

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**super().parameters(options), "create_categories": options["create_categories"]}
