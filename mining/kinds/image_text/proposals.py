"""What an accepted pair proposes to the graph: that the text has this image."""

from django.db import transaction

from annotation.models import Verdict
from graph.actions.propose import NewEvidence, propose_triple
from graph.actions.propose_ends import End, propose_ends
from mining.kinds.trail import reference, verdict_evidence

LONGEST_TITLE = 200


@transaction.atomic
def on_accept(verdict: Verdict) -> None:
    """Propose image, text and triple with their evidence; a second time changes nothing."""
    task = verdict.task
    content, actor = task.content, reference(verdict)
    evidence = [verdict_evidence(verdict, content["text"]), _image(verdict)]
    text, image = propose_ends(
        [
            End(content["class"], content["text"], task.language, evidence),
            End("Image", _name(content), task.language, evidence, external_id=content["image"]["sha256"]),
        ],
        actor=actor,
    )
    propose_triple(subject=text, relation="has_image", object=image, evidence=evidence, actor=actor)


def _name(content: dict) -> str:
    """Images are told apart by their digest; the item's title says what they are of."""
    digest, title = content["image"]["sha256"], content.get("title", "")[:LONGEST_TITLE]
    return f"{title} · {digest[:8]}" if title else digest[:16]


def _image(verdict: Verdict) -> NewEvidence:
    task = verdict.task
    return NewEvidence(
        kind="image",
        reference=f"image_candidate/{task.candidate_id}",
        text=task.content["text"],
        language=task.language,
        detail={
            "image": task.content["image"],
            "source": task.content.get("title", ""),
            "revision": task.revision,
        },
    )
