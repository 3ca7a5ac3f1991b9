import os
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from annotation.exports import FORMATS, export, filename
from annotation.exports.tables import TABLES
from annotation.models import Campaign


class Command(BaseCommand):
    help = "Write a campaign's judgments or verdicts to a file or to standard output."

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="its id or its name")
        parser.add_argument("--table", choices=TABLES, default="judgments")
        parser.add_argument("--format", choices=FORMATS, default="jsonl")
        parser.add_argument("--names", action="store_true", help="annotators by their names, not pseudonyms")
        parser.add_argument("--output", type=Path, help="a file, or a folder for a file of the usual name")

    def handle(self, *, campaign, table, format, names, output, **options):
        try:
            found = Campaign.objects.named(campaign)
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        chunks = export(found, table, format, names=names)
        if output is None:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return
        if output.is_dir():
            output /= filename(found, table, format)
        # Under another name until it is whole, so that a stopped export is not taken for one.
        unfinished = output.with_name(output.name + ".part")
        try:
            with unfinished.open("wb") as file:
                file.writelines(chunks)
            os.replace(unfinished, output)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from error
        self.stdout.write(str(output))
