"""Phrases with their sentences, campaigns that ask about them, and verdicts to learn from."""

from itertools import count

from annotation.actions.campaigns import Policy, create_campaign, start_campaign
from annotation.actions.filling import fill_campaign
from annotation.models import Answer, Campaign, Pool
from graph.actions.setup import ensure_default_ontology
from graph.identity import catalogue_key
from graph.models import Concept, ConceptClass, Label, Status
from mining.actions.learning import start_training
from mining.actions.rounds import run_round
from mining.actions.runs import work_on
from mining.models import (
    Corpus,
    Document,
    PhraseCandidate,
    PhraseExample,
    Run,
    RunKind,
    RunPhrase,
    RunStatus,
    Sentence,
)
from mining.sentences.normal_form import normal_form
from tests.factories.annotation import give_and_judge as judge
from tests.factories.people import make_annotator

_numbers = count(1)
GOOD = ["保湿", "补水", "清爽", "亲肤", "提亮", "修护"]
BAD = ["的时候", "然后我", "这个是", "一下子", "就觉得", "还没有"]
# Characters that make phrases differ without telling anything.
FILLERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"


def make_category(external_id: str = "face-cream", *, en: str = "Face cream", zh: str = "面霜") -> Concept:
    ensure_default_ontology()
    if found := Concept.objects.filter(external_id=external_id).first():
        return found
    concept = Concept.objects.create(
        key=catalogue_key("Category", external_id),
        concept_class=ConceptClass.objects.get(name="Category"),
        status=Status.APPROVED,
        name=en,
        language="en",
        external_id=external_id,
    )
    for language, text in {"en": en, "zh": zh}.items():
        Label.objects.create(
            concept=concept, language=language, text=text, normal_form=text.lower(), is_preferred=True
        )
    return concept


def make_mining_run() -> Run:
    return Run.objects.create(kind=RunKind.MINE_PHRASES, status=RunStatus.DONE)


def make_document(text: str, *, kind: str = "review", language: str = "zh", title: str = "") -> Document:
    corpus, _created = Corpus.objects.get_or_create(name="shop")
    number = next(_numbers)
    return Document.objects.create(
        corpus=corpus,
        source_id=str(number),
        kind=kind,
        language=language,
        title=title,
        text=text,
        content_hash=number.to_bytes(16, "big"),
    )


def make_example(candidate: PhraseCandidate, text: str, **document) -> PhraseExample:
    """A document of one sentence after a first one, so that offsets within the document matter."""
    first = "一。"
    made = make_document(first + text, language=candidate.language, **document)
    sentence = Sentence.objects.create(document=made, start=len(first), end=len(first) + len(text))
    start = text.index(candidate.text)
    return PhraseExample.objects.create(
        candidate=candidate, sentence=sentence, start=start, end=start + len(candidate.text)
    )


def make_phrase(
    text: str | None = None,
    *,
    language: str = "zh",
    category: Concept | None = None,
    run: Run | None = None,
    sentence: str | None = None,
    **fields,
) -> PhraseCandidate:
    text = text or f"保湿{next(_numbers)}"
    run = run or Run.objects.filter(kind=RunKind.MINE_PHRASES).first() or make_mining_run()
    candidate = PhraseCandidate.objects.create(
        text=text,
        normal_form=normal_form(text),
        language=language,
        category=category,
        **{
            "revised_at_count": 5,
            "count": 9,
            "document_count": 5,
            "pmi": 4.0,
            "left_entropy": 1.5,
            "right_entropy": 1.2,
            "boundary_share": 0.9,
            "score": 0.7,
            "first_run": run,
            "last_run": run,
            **fields,
        },
    )
    RunPhrase.objects.create(run=run, candidate=candidate, score=candidate.score, count=9, is_new=True)
    if sentence is not None:
        make_example(candidate, sentence)
    return candidate


def make_phrase_campaign(*, question: str = "poi", source: dict | None = None, **policy) -> Campaign:
    """A running campaign with a task for every phrase there is; one answer makes a verdict."""
    ensure_default_ontology()
    campaign = create_campaign(
        name=f"Phrases {next(_numbers)}",
        kind="phrase",
        question=question,
        source=source,
        policy=Policy(**{"overlap": 1, **policy}),
    )
    fill_campaign(campaign)
    return start_campaign(campaign=campaign)


def make_learnable(size: int = 80, **policy) -> Campaign:
    """A campaign over phrases of which every other one is good, told by its characters."""
    category = make_category()
    start = next(_numbers)
    for number in range(start, start + size):
        words = BAD if number % 2 else GOOD
        filler = FILLERS[number % len(FILLERS)] + FILLERS[number // len(FILLERS) % len(FILLERS)]
        text = words[number // 2 % len(words)] + filler
        make_phrase(text, category=category, sentence=f"用了{text}以后{number}")
    for _ in range(size):
        next(_numbers)
    return make_phrase_campaign(**policy)


def is_good(task) -> bool:
    return any(word in task.content["phrase"] for word in GOOD)


def answer_tasks(tasks, annotator=None, answer=None) -> None:
    """A verdict for each of these tasks: the true one unless another is given."""
    annotator = annotator or make_annotator()
    for task in tasks:
        truth = Answer.ACCEPT if is_good(task) else Answer.REJECT
        judge(task, annotator, answer or truth)


def answer_some(campaign: Campaign, size: int, *, pool: str = Pool.MODEL, **more) -> None:
    """Verdicts for the next tasks of a pool in the order they are served."""
    answer_tasks(list(campaign.tasks.unjudged().filter(pool=pool).order_by("rank", "pk")[:size]), **more)


def train_now(campaign: Campaign) -> Run:
    """Start a round and do it here, as a worker would."""
    run = start_training(campaign=campaign)
    worked = work_on(run.pk, run_round)
    assert worked is not None
    return worked
