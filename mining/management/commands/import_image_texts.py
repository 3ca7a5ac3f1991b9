"""`manage.py import_image_texts FILE… --images FOLDER_OR_ARCHIVE`"""

from pathlib import Path

from mining.actions.imports_images import import_image_texts
from mining.corpora.errors import UnreadableFile
from mining.management.importing import CandidateImportCommand
from mining.models import RunKind


class Command(CandidateImportCommand):
    help = "Import images with the texts they may show: image, text, text_class, title, category …"
    kind, what, job = RunKind.IMPORT_IMAGE_TEXTS, "image_texts", staticmethod(import_image_texts)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--images",
            required=True,
            metavar="FOLDER_OR_ARCHIVE",
            help="where the image files are: a folder, a ZIP or a TAR archive (plain, gz, bz2 or xz)",
        )

    def parameters(self, options):
        path = Path(options["images"]).absolute()
        if not path.exists():
            raise UnreadableFile(options["images"], "there is no such folder or archive")
        return {**super().parameters(options), "images": {"path": str(path), "name": path.name}}
