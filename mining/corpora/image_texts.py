"""Rows of images with texts: the name of an image file, and a text that it may show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mining.corpora.documents import LONGEST_ID, language_code, word
from mining.corpora.errors import BadRow
from mining.corpora.relations import digest_of, score
from mining.images.check import ImageFacts
from mining.sentences.language import detect_language
from mining.sentences.normal_form import normal_form

LONGEST_NAME, LONGEST_SHOWN, LONGEST_TITLE = 1_000, 200, 500
CLASSES = ("POI", "PropertyValue", "Problem", "Scenario")
_BY_FORM = {name.lower(): name for name in CLASSES}


@dataclass(slots=True)
class ImageTextRow:
    source_id: str
    image_name: str
    text: str
    text_class: str
    title: str
    category: str
    language: str
    score: float
    category_id: int | None = None
    item: str = ""
    item_id: int | None = None
    facts: ImageFacts | None = None

    @property
    def fingerprint(self) -> bytes:
        """Of what the annotator is asked about; the title is only told beside it."""
        sha256 = self.facts.sha256 if self.facts else ""
        return digest_of(
            sha256, normal_form(self.text), self.text_class, self.language, str(self.category_id)
        )

    def name_after_content(self) -> None:
        """An id for a row that has none, once its image is known."""
        if not self.source_id:
            self.source_id = "sha-" + digest_of(self.fingerprint.hex(), self.category).hex()


def image_text_row(
    values: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], *, language: str = ""
) -> ImageTextRow:
    """Check the words of a row; BadRow says why it cannot be used. The image is looked at elsewhere."""
    image_name = word(values, columns, "image", LONGEST_NAME)
    if not image_name:
        raise BadRow("the image is missing")
    text = " ".join(word(values, columns, "text", LONGEST_SHOWN).split())
    if not text:
        raise BadRow("the text is missing")
    told = word(values, columns, "text_class", 100)
    text_class = _BY_FORM.get(told.lower().replace(" ", "").replace("_", ""))
    if text_class is None:
        raise BadRow(f"the class of the text is “{told}”; there are: {', '.join(CLASSES)}")
    tag = language_code(word(values, columns, "language", 40))
    return ImageTextRow(
        source_id=word(values, columns, "source_id", LONGEST_ID),
        image_name=image_name,
        text=text,
        text_class=text_class,
        title=word(values, columns, "title", LONGEST_TITLE),
        category=word(values, columns, "category", LONGEST_ID),
        language=tag or language or detect_language(text),
        score=score(values, columns),
    )
