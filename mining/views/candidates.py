"""What the miners propose: phrases with their figures and examples."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from graph.models import Concept
from mining import statistics
from mining.models import CandidateFate, PhraseCandidate, PhraseExample, Run, RunKind
from mining.sentences.normal_form import normal_form
from mining.views.paging import by_score
from people.access import requires

CATEGORIES = 1_000


@requires("curator")
@require_safe
def candidates(request):
    rows = PhraseCandidate.objects.select_related("category")
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "language", "category", "run")}
    if asked["language"]:
        rows = rows.filter(language=asked["language"])
    if asked["category"].isdecimal():
        rows = rows.filter(category=int(asked["category"][:18]))
    if asked["run"].isdecimal():
        rows = rows.filter(runs__run=int(asked["run"][:18]))
    if words := normal_form(asked["q"]):
        rows = rows.filter(normal_form__contains=words)
    page = by_score(request, rows)
    add_examples(page.rows)
    categories = Concept.objects.filter(concept_class__name="Category").order_by("name")
    return render(
        request,
        "mining/candidates.html",
        {
            "page": page,
            "asked": asked,
            "is_filtered": any(asked.values()),
            "total": statistics.number_of(PhraseCandidate),
            "categories": categories.only("pk", "name")[:CATEGORIES],
            "runs": Run.objects.filter(kind=RunKind.MINE_PHRASES).order_by("-pk")[:20],
        },
    )


def add_examples(rows):
    """Give each candidate its first example as (before, phrase, after), in one query."""
    examples = (
        PhraseExample.objects.filter(candidate__in=rows).order_by("candidate", "pk").distinct("candidate")
    )
    shown = {
        example.candidate_id: parts(example) for example in examples.select_related("sentence__document")
    }
    for row in rows:
        row.shown = shown.get(row.pk)


def parts(example):
    sentence = example.sentence
    text = sentence.document.text[sentence.start : sentence.end]
    return text[: example.start], text[example.start : example.end], text[example.end :]


@requires("curator")
@require_safe
def candidate(request, candidate_id):
    found = get_object_or_404(
        PhraseCandidate.objects.select_related("category", "first_run", "last_run"), pk=candidate_id
    )
    examples = found.examples.select_related("sentence__document").order_by("pk")
    siblings = PhraseCandidate.objects.filter(language=found.language, normal_form=found.normal_form)
    return render(
        request,
        "mining/candidate.html",
        {
            "candidate": found,
            "fate": CandidateFate.objects.kept()
            .filter(run=found.last_run_id, language=found.language, text=found.normal_form)
            .first(),
            "examples": [(example, *parts(example)) for example in examples],
            "siblings": siblings.exclude(pk=found.pk).select_related("category").order_by("-lift"),
        },
    )
