"""A workspace with something of everything, and the ids by which the API names it."""

from uuid import uuid4

from annotation.models import Answer, Judgment, Verdict
from graph.actions.curate import decide
from graph.actions.release import cut_release
from graph.models import Status
from mining.models import Document, Image, LabelSet, ModelVersion, Run, Sentence
from people.actions.people import invite
from people.models import Change
from tests.factories.annotation import give_and_judge, make_campaign
from tests.factories.candidates import make_image_candidate, make_kind_campaign, make_relation
from tests.factories.graph import make_triple
from tests.factories.learning import answer_some, make_learnable, train_now
from tests.factories.people import make_annotator


def make_workspace(admin) -> dict[str, object]:
    """First folder of a path below /api/v1/ -> an id that is there."""
    relation, pair = make_relation(), make_image_candidate()
    make_kind_campaign("relation_sentence", "satisfy")
    make_kind_campaign("image_text", "shows")
    learnable = make_learnable(40, evaluation_share=0.3)
    answer_some(learnable, 20)
    answer_some(learnable, 10, pool="evaluation")
    train_now(learnable)
    disputed = make_campaign(size=3, overlap=2)
    one, other = make_annotator(), make_annotator()
    task = disputed.tasks.first()
    give_and_judge(task, one, Answer.ACCEPT)
    give_and_judge(task, other, Answer.REJECT)
    triple = make_triple("oil control")
    decide(triple_ids=[triple.pk], status=Status.APPROVED, by=admin)
    release = cut_release(levels=["schema"], by=admin)
    invitation, _secret = invite(role="annotator", by=admin)
    candidate = learnable.tasks.first().candidate_id
    return {
        "campaigns": learnable.pk,
        "tasks": task.pk,
        "verdicts": Verdict.objects.disputed().latest("pk").pk,
        "judgments": str(Judgment.objects.first().pk),
        "guidelines": learnable.guideline.pk,
        "concepts": triple.object_id,
        "triples": triple.pk,
        "decisions": str(Change.objects.filter(entity="triple").latest("pk").batch),
        "releases": release.number,
        "candidates": candidate,
        "relation-candidates": relation.pk,
        "image-candidates": pair.pk,
        "images": Image.objects.get().sha256,
        "documents": Document.objects.first().pk,
        "sentences": Sentence.objects.first().pk,
        "runs": Run.objects.latest("pk").pk,
        "model-versions": ModelVersion.objects.get().pk,
        "label-sets": LabelSet.objects.get().pk,
        "people": one.pk,
        "invitations": invitation.pk,
        "tokens": 0,
        "nothing": str(uuid4()),
    }
