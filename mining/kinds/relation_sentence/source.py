"""Which sentences a campaign has still to ask about, and what the annotator sees of each."""

from collections.abc import Iterator
from typing import Any

from annotation.kinds import NewTask, Offer
from annotation.models import Campaign
from mining.kinds.asking import by_language, category_labels, class_labels, in_key_order, still_to_ask
from mining.kinds.offering import offer
from mining.kinds.relation_sentence.questions import RELATION_WORDS
from mining.models import RelationCandidate, RunKind
from mining.sentences.normal_form import normal_form


def source(campaign: Campaign) -> Iterator[NewTask]:
    """New tasks in key order; the campaign's question is the relation."""
    classes = class_labels()
    candidates = RelationCandidate.objects.filter(relation=campaign.question)
    for batch in in_key_order(campaign, candidates):
        categories = category_labels({one.category_id for one in batch if one.category_id})
        for candidate in batch:
            yield _task(candidate, categories.get(candidate.category_id or 0), classes)


def count(campaign: Campaign) -> dict[str, int]:
    """How many candidates there are to ask about, by language."""
    return by_language(still_to_ask(campaign, RelationCandidate.objects.filter(relation=campaign.question)))


def offered(question: str) -> Offer:
    return offer(RelationCandidate.objects.filter(relation=question), RunKind.IMPORT_RELATIONS)


def _task(
    candidate: RelationCandidate, category: dict[str, Any] | None, classes: dict[str, dict[str, str]]
) -> NewTask:
    return NewTask(
        candidate_id=candidate.pk,
        revision=candidate.revision,
        language=candidate.language,
        # A model could tell sentences about one pair by the pair alone.
        group="\t".join(
            (candidate.language, *map(normal_form, (candidate.subject_text, candidate.object_text)))
        ),
        content={
            "text": candidate.text,
            "relation": candidate.relation,
            "subject": _end(candidate, "subject", classes),
            "object": _end(candidate, "object", classes),
            "words": {
                "subject": candidate.subject_text,
                "relation": RELATION_WORDS[candidate.relation],
                "object": candidate.object_text,
            },
            "category": category["labels"] if category else None,
            "category_id": category["external_id"] if category else "",
            "language": candidate.language,
            "source": candidate.title,
        },
    )


def _end(candidate: RelationCandidate, name: str, classes: dict[str, dict[str, str]]) -> dict[str, Any]:
    class_name = getattr(candidate, f"{name}_class")
    return {
        "text": getattr(candidate, f"{name}_text"),
        "class": class_name,
        "class_words": classes.get(class_name, {"en": class_name}),
        "start": getattr(candidate, f"{name}_start"),
        "end": getattr(candidate, f"{name}_end"),
    }
