"""Relation sentences and images with texts, as an import would leave them."""

from itertools import count

from annotation.actions.campaigns import Policy, create_campaign, start_campaign
from annotation.actions.filling import fill_campaign
from annotation.models import Campaign
from graph.actions.setup import ensure_default_ontology
from mining.actions.imports_images import image_store
from mining.images.check import image_facts
from mining.images.statistics import image_statistics
from mining.images.store import web_mime
from mining.models import (
    SENTENCE_RELATIONS,
    Image,
    ImageCandidate,
    RelationCandidate,
    Run,
    RunKind,
    RunStatus,
)
from tests.factories.images import picture
from tests.factories.learning import make_category

_numbers = count(1)


def make_relation(
    relation="satisfy", text="Cotton makes it breathable.", subject="Cotton", object="breathable", **fields
):
    number = next(_numbers)
    if relation == "satisfy":
        fields.setdefault("category", make_category("t-shirt", en="T-shirt", zh="T恤"))
    classes = SENTENCE_RELATIONS.get(relation, ("Problem", "POI"))
    run, _made = Run.objects.get_or_create(kind=RunKind.IMPORT_RELATIONS, status=RunStatus.DONE)
    return RelationCandidate.objects.create(
        **{
            "source_id": f"r{number}",
            "relation": relation,
            "text": text,
            "language": "en",
            "subject_start": text.index(subject),
            "subject_end": text.index(subject) + len(subject),
            "object_start": text.index(object),
            "object_end": text.index(object) + len(object),
            "subject_text": subject,
            "object_text": object,
            "subject_class": classes[0],
            "object_class": classes[1],
            "fingerprint": number.to_bytes(16, "big"),
            "imported_by": run,
            **fields,
        }
    )


def make_image(colour="red", **options) -> Image:
    facts = image_store().keep(picture(colour, **options))
    if found := Image.objects.filter(sha256=facts.sha256).first():
        return found
    copy = image_store().web(facts.sha256).read_bytes()
    shown = image_facts(copy)
    return Image.objects.create(
        sha256=facts.sha256, mime=facts.mime, width=facts.width, height=facts.height, size=facts.size,
        web_mime=web_mime(copy), web_width=shown.width, web_height=shown.height,
        statistics=image_statistics(copy),
    )  # fmt: skip


def make_image_candidate(text="red", text_class="PropertyValue", *, colour="red", **fields):
    number = next(_numbers)
    run, _made = Run.objects.get_or_create(kind=RunKind.IMPORT_IMAGE_TEXTS, status=RunStatus.DONE)
    return ImageCandidate.objects.create(
        **{
            "source_id": f"p{number}",
            "image": make_image(colour),
            "text": text,
            "text_class": text_class,
            "title": "A cream in a jar",
            "category": make_category(),
            "language": "en",
            "fingerprint": number.to_bytes(16, "big"),
            "imported_by": run,
            **fields,
        }
    )


def make_kind_campaign(kind: str, question: str, *, source=None, **policy) -> Campaign:
    """A running campaign with a task for every candidate; one answer makes a verdict."""
    ensure_default_ontology()
    campaign = create_campaign(
        name=f"{kind} {next(_numbers)}",
        kind=kind,
        question=question,
        source=source,
        policy=Policy(**{"overlap": 1, "evaluation_share": 0.0, **policy}),
    )
    fill_campaign(campaign)
    return start_campaign(campaign=campaign)
