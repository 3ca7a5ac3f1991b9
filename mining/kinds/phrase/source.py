"""Which phrases a campaign has still to ask about, and what the annotator sees of each."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber, Substr
from django.utils.translation import override

from annotation.kinds import NewTask, Offer
from annotation.models import Answer, Campaign, Task
from mining.kinds.asking import as_it_is, by_language, category_labels, windows
from mining.kinds.offering import offer
from mining.models import JudgingSample, PhraseCandidate, PhraseExample, RunKind
from mining.models.corpus import DocumentKind
from mining.sentences.normal_form import normal_form
from mining.sentences.spelling import common_form

SHOWN = 3  # example sentences on the page
READ = 12  # of which they are chosen
PAGE_LANGUAGE = {"zh": "zh-hans"}


def source(campaign: Campaign) -> Iterator[NewTask]:
    """New tasks in key order.

    `campaign.source` may narrow them by `run`, `languages`, `categories` (ids of concepts or of the
    catalogue), `min_score`, and `limit`: only so many of the best-scored are ever asked about.
    """
    everything = _sample(campaign) if campaign.source.get("judging") else narrowed(campaign)
    for within in windows(everything):
        if batch := list(to_ask(campaign, within).order_by("pk")):
            yield from _tasks(batch, campaign.question)


def count(campaign: Campaign) -> dict[str, int]:
    """How many candidates there are to ask about, by language."""
    return by_language(to_ask(campaign))


def offered(question: str) -> Offer:
    """What there is to narrow such a campaign to; a problem is everybody's, in no category."""
    is_of_all = question in ("problem", "phrase")
    return offer(
        PhraseCandidate.objects.filter(**({"is_primary": True} if is_of_all else {})), RunKind.MINE_PHRASES
    )


def to_ask(campaign: Campaign, within: tuple[int, int] | None = None) -> QuerySet[PhraseCandidate]:
    """Candidates the campaign has no task for at their revision and that nobody has turned down.

    `within`: only those between two keys.
    """
    asked = _candidates_with(Task.objects.filter(campaign=campaign), campaign.question, within)
    if campaign.source.get("judging"):
        # A random sample stays as it was drawn, whatever was decided elsewhere.
        wanted = _sample(campaign)
    elif limit := campaign.source.get("limit"):
        ever = _candidates_with(Task.objects.filter(campaign=campaign), campaign.question)
        best = narrowed(campaign).filter(ever | ~turned_down(campaign)).order_by("-score", "pk")
        wanted = PhraseCandidate.objects.filter(pk__in=best.values("pk")[: int(limit)])
    else:
        wanted = narrowed(campaign).filter(~turned_down(campaign, within))
    if within:
        wanted = wanted.filter(pk__range=within)
    return wanted.filter(~asked)


def _sample(campaign: Campaign) -> QuerySet[PhraseCandidate]:
    drawn = JudgingSample.objects.filter(campaign=campaign).values("candidate")
    return PhraseCandidate.objects.filter(pk__in=drawn)


def narrowed(campaign: Campaign) -> QuerySet[PhraseCandidate]:
    narrow = campaign.source
    candidates = PhraseCandidate.objects.filter(language__in=narrow.get("languages") or campaign.languages)
    if campaign.question in ("problem", "phrase"):
        # Whose answer is the same in every category.
        candidates = candidates.filter(is_primary=True)
    else:
        candidates = candidates.filter(category__isnull=False)
    if run := narrow.get("run"):
        candidates = candidates.filter(runs__run=run)
    if categories := narrow.get("categories"):
        ids = [int(one) for one in categories if str(one).isdecimal()]
        names = [one for one in categories if isinstance(one, str)]
        candidates = candidates.filter(category__external_id__in=names) | candidates.filter(category__in=ids)
    if least := narrow.get("min_score"):
        candidates = candidates.filter(score__gte=float(least))
    return candidates


def turned_down(campaign: Campaign, within: tuple[int, int] | None = None) -> Exists:
    """Promise 5: rejected in any campaign of the same question, with the evidence it still has."""
    same_question = Campaign.objects.filter(kind=campaign.kind, question=campaign.question)
    rejected = Task.objects.filter(
        # A list, so that the index over campaign, candidate and revision serves each of them.
        campaign__in=list(same_question.values_list("pk", flat=True)),
        verdicts__withdrawn_at=None,
        verdicts__answer__in=(Answer.REJECT, Answer.BAD),
    )
    return _candidates_with(rejected, campaign.question, within)


def _candidates_with(tasks: QuerySet[Task], question: str, within: tuple[int, int] | None = None) -> Exists:
    """Whether one of the tasks is about the outer candidate as it now is."""
    if question not in ("problem", "phrase"):
        return as_it_is(tasks, within)
    # A problem is one phrase in whichever category it was when asked; which of its rows is the primary
    # one may change from run to run.
    same_phrase = PhraseCandidate.objects.filter(
        language=OuterRef("language"), normal_form=OuterRef("normal_form")
    )
    return Exists(
        same_phrase.filter(Exists(tasks.filter(candidate_id=OuterRef("pk"), revision=OuterRef("revision"))))
    )


def _tasks(candidates: list[PhraseCandidate], question: str) -> Iterator[NewTask]:
    labels = category_labels({candidate.category_id for candidate in candidates if candidate.category_id})
    examples = _examples([candidate.pk for candidate in candidates])
    for candidate in candidates:
        category = labels.get(candidate.category_id or 0)
        form = common_form(candidate.text, candidate.language)
        # A problem is the user's, whatever the category.
        asked_in = "" if question == "problem" else candidate.category_id
        yield NewTask(
            candidate_id=candidate.pk,
            revision=candidate.revision,
            language=candidate.language,
            group=f"{candidate.language} {form}",
            # Whose evidence has changed is asked anew, whatever was once said of another spelling; a sample
            # that measures miners is judged phrase by phrase.
            cluster=""
            if candidate.revision or question == "phrase"
            else f"{candidate.language} {asked_in} {form}",
            content={
                "phrase": candidate.text,
                "category": category["labels"] if category else None,
                "category_id": category["external_id"] if category else "",
                "language": candidate.language,
                "examples": examples[candidate.pk],
                # Other spellings that the miner met, which are words for it too once it is accepted.
                **({"variants": candidate.variants} if candidate.variants else {}),
                # How closely phrase and category go together, -1 to 1.
                **(
                    {"association": round(candidate.association, 2)}
                    if category and candidate.association
                    else {}
                ),
            },
        )


def _examples(ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    numbered = PhraseExample.objects.filter(candidate__in=ids).annotate(
        place=Window(RowNumber(), partition_by="candidate", order_by="id")
    )
    rows = (
        numbered.filter(place__lte=READ)
        .annotate(
            # The text is cut out in the database: documents may be long.
            text=Substr(
                "sentence__document__text",
                F("sentence__start") + 1,
                F("sentence__end") - F("sentence__start"),
            ),
            document=F("sentence__document"),
            title=F("sentence__document__title"),
            kind=F("sentence__document__kind"),
            language=F("sentence__document__language"),
        )
        .order_by("candidate", "id")
        .values("candidate", "sentence", "start", "end", "text", "document", "title", "kind", "language")
    )
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["candidate"]].append(dict(row))
    return defaultdict(list, {pk: [_shown(row) for row in diverse(found[pk])] for pk in found})


def diverse(examples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Up to SHOWN of them: no sentence twice, then first new kinds of documents, then new documents."""
    texts: set[str] = set()
    different = [
        example
        for example in examples
        if (form := normal_form(example["text"])) not in texts and not texts.add(form)  # type: ignore[func-returns-value]
    ]
    chosen: list[dict[str, Any]] = []
    for is_new in (
        lambda example: example["kind"] not in {one["kind"] for one in chosen},
        lambda example: example["document"] not in {one["document"] for one in chosen},
        lambda example: True,
    ):
        for example in different:
            if len(chosen) < SHOWN and example not in chosen and is_new(example):
                chosen.append(example)
    return chosen


def _shown(example: dict[str, Any]) -> dict[str, Any]:
    # Spaces at the edges of a sentence would only indent it.
    text = example["text"].rstrip()
    cut = len(text) - len(text.lstrip())
    return {
        "text": text[cut:],
        "start": example["start"] - cut,
        "end": example["end"] - cut,
        "source": example["title"] or _kind_label(example["kind"], example["language"]),
        "kind": example["kind"],
        "sentence": example["sentence"],
    }


def _kind_label(kind: str, language: str) -> str:
    with override(PAGE_LANGUAGE.get(language, language)):
        return str(DocumentKind(kind).label)
