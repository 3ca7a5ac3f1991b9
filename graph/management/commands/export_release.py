"""manage.py export_release NUMBER"""

import os
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from graph.exports import FORMATS, export, gzipped
from graph.models import Release


class Command(BaseCommand):
    help = "Write a release to a file or to standard output. Twice gives the same bytes."

    def add_arguments(self, parser):
        parser.add_argument("number", help="the number of the release, or “latest”")
        parser.add_argument("--format", choices=FORMATS, default="ntriples")
        parser.add_argument("--output", type=Path, help="a file, or a folder for a file of the usual name")
        parser.add_argument("--gzip", action="store_true", help="compress, without a time stamp")

    def handle(self, *, number, format, output, gzip, **options):
        release = self.find(number)
        chunks = export(release, FORMATS[format])
        if gzip:
            chunks = gzipped(chunks)
        if output is None:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return
        if output.is_dir():
            output /= FORMATS[format].filename(release) + (".gz" if gzip else "")
        # Under another name until it is whole, so that a stopped export is not taken for one.
        unfinished = output.with_name(output.name + ".part")
        try:
            with unfinished.open("wb") as file:
                file.writelines(chunks)
            os.replace(unfinished, output)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from error
        self.stdout.write(str(output))

    @staticmethod
    def find(number: str) -> Release:
        releases = Release.objects.order_by("-number")
        if number != "latest":
            if not number.isdecimal():
                raise CommandError(f"{number!r} is not the number of a release")
            releases = releases.filter(number=number)
        release = releases.first()
        if release is None:
            raise CommandError("there is no such release; see manage.py cut_release")
        return release
