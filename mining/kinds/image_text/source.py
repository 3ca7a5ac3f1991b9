"""Which pairs a campaign has still to ask about, and what the annotator sees of each."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from annotation.kinds import NewTask, Offer
from annotation.models import Campaign
from mining.images.store import ImageStore
from mining.kinds.asking import by_language, category_labels, class_labels, in_key_order, still_to_ask
from mining.kinds.offering import offer
from mining.models import ImageCandidate, RunKind


def source(campaign: Campaign) -> Iterator[NewTask]:
    """New tasks in key order."""
    classes = class_labels()
    candidates = ImageCandidate.objects.select_related("image")
    for batch in in_key_order(campaign, candidates):
        categories = category_labels({one.category_id for one in batch if one.category_id})
        for candidate in batch:
            yield _task(candidate, categories.get(candidate.category_id or 0), classes)


def count(campaign: Campaign) -> dict[str, int]:
    """How many candidates there are to ask about, by language."""
    return by_language(still_to_ask(campaign, ImageCandidate.objects.all()))


def offered(question: str) -> Offer:
    return offer(ImageCandidate.objects.all(), RunKind.IMPORT_IMAGE_TEXTS)


def picture(content: Mapping[str, Any]) -> Path:
    """The copy that pages show."""
    return ImageStore(Path(settings.MEDIA_ROOT) / "images").web(content["image"]["sha256"])


def _task(
    candidate: ImageCandidate, category: dict[str, Any] | None, classes: dict[str, dict[str, str]]
) -> NewTask:
    image = candidate.image
    return NewTask(
        candidate_id=candidate.pk,
        revision=candidate.revision,
        language=candidate.language,
        # One picture with several texts is one picture to a model.
        group=image.sha256,
        content={
            # Its size on the page, so that nothing jumps when it arrives.
            "image": {"sha256": image.sha256, "width": image.web_width, "height": image.web_height},
            "text": candidate.text,
            "class": candidate.text_class,
            "class_words": classes.get(candidate.text_class, {"en": candidate.text_class}),
            "title": candidate.title,
            "words": {"text": candidate.text},
            "category": category["labels"] if category else None,
            "category_id": category["external_id"] if category else "",
            "language": candidate.language,
        },
    )
