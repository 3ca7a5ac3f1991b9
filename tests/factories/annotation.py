"""Campaigns, tasks and answers on a small candidate kind of their own, so that this room needs no miner."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.db.models import F, Func, Value
from django.utils import timezone

from annotation import kinds
from annotation.actions.campaigns import Policy, create_campaign, start_campaign
from annotation.actions.filling import fill_campaign
from annotation.actions.judging import record_judgment
from annotation.actions.serving import serve
from annotation.kinds import Kind, NewTask, Question
from annotation.models import Answer, BadReason, Campaign, Lease, Task
from people.errors import UserError
from people.models import Change
from tests.factories.people import make_annotator

__all__ = [
    "WORD",
    "AlreadyDecided",
    "ask",
    "give",
    "give_and_judge",
    "judge",
    "lease",
    "make_annotator",
    "make_campaign",
    "make_task",
    "word",
]

_numbers = count(1)


class AlreadyDecided(UserError):
    pass


def word(number: int, language: str = "en") -> dict:
    """What the annotator sees; the fields of the phrase kind."""
    if language == "zh":
        sentence = f"这款面霜第{number}号保湿😀效果很好。"
        return {
            "phrase": f"第{number}号保湿",
            "category": {"en": "Face cream", "zh": "面霜"},
            "category_id": "face-cream",
            "language": "zh",
            "examples": [{"text": sentence, "start": 4, "end": 7 + len(str(number)), "source": "评论"}],
        }
    sentence = f"Shoppers like word {number} <b>a lot</b>."
    return {
        "phrase": f"word {number}",
        "category": {"en": "Face cream", "zh": "面霜"},
        "category_id": "face-cream",
        "language": "en",
        "examples": [{"text": sentence, "start": 14, "end": 19 + len(str(number)), "source": "Review 7"}],
    }


def _source(campaign):
    first, size = campaign.source.get("first", 1), campaign.source.get("size", 10)
    languages = campaign.source.get("languages", ["en"])
    for number in range(first, first + size):
        language = languages[number % len(languages)]
        # So many words in a row are spellings of one.
        spellings = campaign.source.get("spellings")
        cluster = f"word {(number - 1) // spellings}" if spellings else ""
        revision = campaign.source.get("revision", 0)
        yield NewTask(number, revision, language, word(number, language), cluster=cluster)


def _on_accept(verdict):
    if verdict.task.content.get("breaks"):
        raise RuntimeError("this one cannot be written")
    Change.objects.create(actor="word", action="propose", entity="word", entity_id=verdict.task_id)


def _on_withdraw(verdict):
    if verdict.task.content.get("decided"):
        raise AlreadyDecided("A curator has already decided about this.")
    Change.objects.create(actor="word", action="withdraw", entity="word", entity_id=verdict.task_id)


WORD = Kind(
    name="word",
    title="Words",
    model=Campaign,
    template="annotation/kinds/_phrase.html",
    questions={
        "poi": Question(
            name="poi",
            title="Points of interest",
            asks="Is this something shoppers of {category} look for?",
            guideline={
                "en": "Say yes if shoppers would search for it.\n\n- not a brand\n- not <i>half</i> a word",
                "zh": "如果顾客会搜索它，请选“是”。",
            },
            examples=(
                {
                    "language": "en",
                    "candidate": "oil control",
                    "answer": "accept",
                    "why": "people ask for it",
                },
            ),
        ),
        "problem": Question(name="problem", title="Problems", asks="Is this a problem a shopper has?"),
    },
    source=_source,
    on_accept=_on_accept,
    on_withdraw=_on_withdraw,
    features=lambda tasks: [{"text": task.content["phrase"]} for task in tasks],
    label_config="""<View><Text name="phrase" value="$phrase"/>
      <Choices name="answer" toName="phrase" choice="single-radio">
        <Choice value="accept"/><Choice value="reject"/><Choice value="unsure"/><Choice value="skip"/>
      </Choices></View>""",
    bad_reasons=(BadReason.WRONG_BOUNDARY, BadReason.OUTDATED),
)
kinds.register(WORD)


def make_campaign(
    *, size: int = 10, running: bool = True, source: dict | None = None, question: str = "poi", **policy
) -> Campaign:
    """A campaign with `size` tasks; nothing of it is gold or evaluation unless asked for."""
    policy = {"evaluation_share": 0.0, **policy}
    languages = policy.pop("languages", ["en", "zh"])
    campaign = create_campaign(
        name=f"Words {next(_numbers)}",
        kind="word",
        question=question,
        languages=languages,
        source={"size": size, **(source or {})},
        policy=Policy(**policy),
    )
    fill_campaign(campaign)
    return start_campaign(campaign=campaign) if running else campaign


def make_task(**fields) -> Task:
    return make_campaign(size=1, **fields).tasks.get()


def lease(task: Task, annotator) -> Task:
    """The task, held for this annotator; the campaign has no other that they could get first."""
    (served,) = serve(campaign=task.campaign, annotator=annotator, size=1)
    assert served.pk == task.pk
    return served


def judge(
    task: Task, annotator, answer: str = Answer.ACCEPT, *, judgment_id=None, seconds: float = 2.0, **more
):
    if answer == Answer.BAD:
        more.setdefault("reason", BadReason.WRONG_BOUNDARY)
    return record_judgment(
        judgment_id=judgment_id or uuid4(),
        task=task,
        annotator=annotator,
        answer=answer,
        took=timedelta(seconds=seconds),
        **more,
    )


def ask(task: Task, annotator, answer: str = Answer.ACCEPT, **more):
    """Serve and answer in one go."""
    return judge(lease(task, annotator), annotator, answer, **more)


def give(task: Task, annotator) -> None:
    """Hand this very task out, wherever it stands in the queue."""
    now = timezone.now()
    Lease.objects.create(task=task, annotator=annotator, expires_at=now + timedelta(minutes=10))
    row = Task.objects.filter(pk=task.pk)
    row.update(
        seats_free=F("seats_free") - 1,
        taken_by=Func(F("taken_by"), Value(annotator.pk), function="array_append"),
    )


def give_and_judge(task: Task, annotator, answer: str = Answer.ACCEPT, **more):
    give(task, annotator)
    return judge(task, annotator, answer, **more)
