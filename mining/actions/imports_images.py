"""Import of images with texts: the rows from a table, the image files from a folder or an archive."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from mining.actions.imports_candidates import CandidateImporter, Errors
from mining.actions.imports_files import Checked, import_files
from mining.actions.imports_seen import SeenIds
from mining.actions.runs_progress import Cancelled, Progress
from mining.corpora.image_texts import ImageTextRow, image_text_row
from mining.images.check import BadImage, ImageFacts, image_facts
from mining.images.sources import ImageSource, open_images
from mining.images.statistics import image_statistics
from mining.images.store import ImageStore, web_mime
from mining.models import Image, ImageCandidate, Run
from people.errors import UserError


def image_store() -> ImageStore:
    return ImageStore(Path(settings.MEDIA_ROOT) / "images")


def import_image_texts(run: Run, progress: Progress) -> None:
    told = run.parameters["images"]
    progress.stage("images")
    opened = open_images(Path(told["path"]), name=told["name"], work_dir=run.folder, advance=progress.advance)
    try:
        with opened as images, SeenIds() as seen:
            import_files(run, progress, ImageTextImporter(run, seen, images))
    except (UserError, Cancelled):
        progress.clear_folder()
        raise
    # What a TAR was unpacked to; an attempt that is cut off leaves it for the next one.
    progress.clear_folder()


class ImageTextImporter(CandidateImporter[ImageTextRow]):
    what = "image_texts"
    batch_rows = 100  # decoding one takes some 20 ms: progress every few seconds
    table = ImageCandidate._meta.db_table
    asked = ("image_id", "text", "text_class", "language", "category_id")

    def __init__(self, run: Run, seen: SeenIds, images: ImageSource) -> None:
        super().__init__(run, seen)
        self.images = images
        self.kept = image_store()
        self.ids: dict[str, int] = {}  # of the images of the batch, by digest

    def check(self, values: dict[str, Any], columns: Mapping[str, tuple[str, ...]]) -> ImageTextRow:
        """Runs ahead of the database, in a thread: the images are decoded there, one at a time."""
        row = image_text_row(values, columns, language=self.language)
        try:
            row.facts = self.kept.keep(self.images.read(row.image_name))
        except BadImage as error:
            raise BadImage(_named(row.image_name, str(error))) from None
        row.name_after_content()
        return row

    def prepare(self, batch: list[Checked[ImageTextRow]], errors: Errors) -> list[Checked[ImageTextRow]]:
        usable = super().prepare(batch, errors)
        facts = {checked.row.facts.sha256: checked.row.facts for checked in usable if checked.row.facts}
        self.ids = dict(Image.objects.filter(sha256__in=facts).values_list("sha256", "pk"))
        new = [self._image(facts[sha256]) for sha256 in facts if sha256 not in self.ids]
        self.ids |= {image.sha256: image.pk for image in Image.objects.bulk_create(new)}
        return usable

    def _image(self, facts: ImageFacts) -> Image:
        # The statistics are of the copy: a small, upright picture, whatever the original was.
        copy = self.kept.web(facts.sha256).read_bytes()
        shown = image_facts(copy)
        return Image(
            sha256=facts.sha256,
            mime=facts.mime,
            width=facts.width,
            height=facts.height,
            size=facts.size,
            web_mime=web_mime(copy),
            web_width=shown.width,
            web_height=shown.height,
            statistics=image_statistics(copy),
        )

    def asked_values(self, row: ImageTextRow) -> tuple[Any, ...]:
        image = self.ids[row.facts.sha256] if row.facts else None
        return image, row.text, row.text_class, row.language, row.category_id

    def told_values(self, row: ImageTextRow) -> tuple[Any, ...]:
        return row.title, row.score


def _named(name: str, reason: str) -> str:
    """The file's name belongs to the reason, for the row may have come from any table."""
    return reason if f"“{name[:200]}”" in reason else f"{reason} (“{name[:200]}”)"
