"""A workspace with something of everything, and the ids by which the API names it."""

import io
from uuid import uuid4

from annotation.actions.appealing import appeal_judgment
from annotation.actions.deciding import adjudicate
from annotation.actions.exchanging import start_exchange
from annotation.actions.exporting import start_export, write
from annotation.actions.gold import add_gold
from annotation.actions.practising import start_attempt
from annotation.actions.quality import change_quality
from annotation.actions.reporting import report
from annotation.models import Answer, GoldUse, Judgment, Mode, Verdict
from graph.actions.curate import decide
from graph.actions.release import cut_release
from graph.models import Label, Status
from mining.actions.blind_judging import start_blind_judging
from mining.actions.runs import create_claimed
from mining.models import (
    CandidateFate,
    Document,
    Encoder,
    Image,
    LabelSet,
    ModelVersion,
    Run,
    RunKind,
    Sentence,
)
from people.actions.people import invite
from people.actions.webhooks import create_webhook, send_test
from people.models import Change
from tests.factories.annotation import give_and_judge, make_campaign
from tests.factories.candidates import make_image_candidate, make_kind_campaign, make_relation
from tests.factories.graph import make_triple
from tests.factories.learning import answer_some, make_learnable, make_mining_run, train_now
from tests.factories.people import make_annotator


def make_encoder(**fields) -> Encoder:
    """A trained encoder as its row, without the weights."""
    run = create_claimed(RunKind.TRAIN_ENCODER, {"name": "shop"})
    point = {"step": 0, "loss": 8.0, "perplexity": 2980.9, "top1": 0.0, "top10": 0.01}
    return Encoder.objects.create(**{
        "name": "shop", "number": 1, "run": run, "path": "models/encoders/x", "digest": "0" * 64,
        "parameters": {"size": "tiny"},
        "training": {"seconds": 90.5, "device": "cpu", "precision": "float32"},
        "corpus": {"texts": 12_000, "held_out": 120, "vocabulary": 4_000, "fingerprint": "f" * 64},
        "history": [point, {**point, "step": 10, "loss": 4.0, "perplexity": 54.6, "top1": 0.25}],
        **fields,
    })  # fmt: skip


def make_recorded_run(*texts: str) -> Run:
    """A mining run with the record of what it kept and dropped, and a file of errors."""
    run = make_mining_run()
    for place, text in enumerate(texts):
        dropped = {"stage": "filter", "rule": "stopword"} if place % 2 else {"quality": 0.8, "score": 0.7}
        CandidateFate.objects.create(
            run=run, place=place, language="zh", text=text, count=9, features={"pmi": 2.5}, **dropped
        )
    run.error_file.parent.mkdir(parents=True, exist_ok=True)
    run.error_file.write_text("file,row,line,reason,excerpt\n", "utf-8")
    return run


def make_export_file(campaign):
    """Judgments that a worker has written to a file."""
    file = start_export(campaign=campaign, table="judgments", format="jsonl")
    write(file.pk)
    return file


def make_appeal(admin):
    """Against a curator's decision."""
    task, other = make_campaign(size=1, overlap=2).tasks.get(), make_annotator()
    give_and_judge(task, other, Answer.ACCEPT)
    give_and_judge(task, make_annotator(), Answer.REJECT)
    adjudicate(verdict=task.verdicts.standing().get(), answer=Answer.REJECT, by=admin, why="a brand")
    judgment = task.judgments.get(annotator=other)
    return appeal_judgment(judgment=judgment, annotator=other, words="It is none.")


def make_attempt(admin):
    """A qualification test that the admin has begun."""
    campaign = make_campaign(size=8)
    for task in campaign.tasks.order_by("candidate_id")[:5]:
        add_gold(task=task, answer=Answer.REJECT, reason="a brand", use=GoldUse.TEST)
    change_quality(campaign=campaign, test_size=3, test_pass=0.6, test_attempts=2)
    return start_attempt(campaign=campaign, annotator=admin, mode=Mode.TEST)


def make_judging(admin):
    run = Run.objects.filter(kind=RunKind.MINE_PHRASES, status="done").earliest("pk")
    return start_blind_judging(name="which is better", runs=[run.pk], language="zh", sample=5, by=admin)


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
    report(learnable)
    webhook, _secret = create_webhook(
        name="shop", url="https://shop.example/hook", events=["verdict.formed"], by=admin
    )
    exchange = start_exchange(campaign=learnable, action="import", by=admin, file=io.BytesIO(b"[]"))
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
        "runs": make_recorded_run("保湿", "的时候").pk,
        "model-versions": ModelVersion.objects.get().pk,
        "label-sets": LabelSet.objects.get().pk,
        "people": one.pk,
        "invitations": invitation.pk,
        "tokens": 0,
        "webhooks": webhook.pk,
        "deliveries": send_test(webhook=webhook).pk,
        "exchanges": exchange.pk,
        "exports": make_export_file(learnable).pk,
        "encoders": make_encoder().pk,
        "judgings": make_judging(admin).pk,
        "appeals": make_appeal(admin).pk,
        "attempts": make_attempt(admin).pk,
        # Second ids of a path, by their names.
        "annotator": one.pk,
        "label_id": Label.objects.filter(concept=triple.object_id).latest("pk").pk,
        "other": make_recorded_run("保湿", "补水").pk,
        "nothing": str(uuid4()),
    }
