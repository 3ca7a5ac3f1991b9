"""What a mining run did with every candidate, the story of one, and two runs beside each other."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from graph.exports.rows import row as csv_row
from graph.models import Concept
from mining import run_record
from mining.deciding import deciding
from mining.models import CandidateFate, Run, RunKind, RunPhrase
from mining.views.paging import PAGE, Page, next_page
from people.access import requires

COLUMNS = ["language", "phrase", "occurrences", "score", "score of the other run", "dropped at", "by rule"]


def _mining_run(pk):
    return get_object_or_404(Run, pk=pk, kind=RunKind.MINE_PHRASES)


def _number(text):
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@requires("curator")
@require_safe
def record(request, run_id):
    run = _mining_run(run_id)
    asked = {
        name: request.GET.get(name, "") for name in ("stage", "rule", "language", "category", "q", "sort")
    }
    found = run_record.fates_of(
        run, stage=asked["stage"], rule=asked["rule"], language=asked["language"],
        category=_number(asked["category"]), words=asked["q"],
    )  # fmt: skip
    counts = run_record.counts_of(run)
    categories = RunPhrase.objects.filter(run=run).values("candidate__category")
    page = by_sort(request, found, asked["sort"])
    for fate in page:
        fate.deciding = deciding(fate, run)
    return render(request, "mining/run_record.html", {
        "run": run,
        "page": page,
        "counts": counts,
        "total": sum(row["number"] for row in counts),
        "kept": sum(row["number"] for row in counts if not row["stage"]),
        "stages": sorted({row["stage"] for row in counts} - {""}),
        "rules": sorted({row["rule"] for row in counts} - {""}),
        "categories": Concept.objects.filter(pk__in=categories).order_by("name"),
        "asked": asked,
        "is_filtered": any(value for name, value in asked.items() if name != "sort"),
        "others": run_record.mined_runs().exclude(pk=run.pk)[:20],
    })  # fmt: skip


def by_sort(request, found, sort):
    """The page that `?after=VALUE~PLACE` asks for, in one of run_record.SORTS."""
    column = sort if sort in run_record.SORTS else None
    value, _tilde, place = request.GET.get("after", "").rpartition("~")
    at = _number(place)
    if column is None:
        if at is not None:
            found = found.filter(place__gt=at)
        rows = list(found.order_by("place")[: PAGE + 1])
    else:
        found = found.exclude(**{f"{column}": None})
        try:
            number = float(value)
        except ValueError:
            number = None
        if number is not None and number == number and abs(number) < 1e18 and at is not None:
            found = found.filter(**{f"{column}__lt": number}) | found.filter(
                **{column: number, "place__gt": at}
            )
        rows = list(found.order_by(f"-{column}", "place")[: PAGE + 1])
    if len(rows) <= PAGE:
        return Page(rows, "")
    last = rows[PAGE - 1]
    key = f"~{last.place}" if column is None else f"{getattr(last, column)!r}~{last.place}"
    return Page(rows[:PAGE], next_page(request, key))


@requires("curator")
@require_safe
def story(request, run_id, place):
    """Why one candidate was kept or dropped, stage by stage."""
    run = _mining_run(run_id)
    fate = get_object_or_404(CandidateFate, run=run, place=place)
    candidates = run_record.candidates_of(fate)
    standing = run_record.standing_of(fate)
    decided_by = deciding(fate, run)
    # What decided first, and what is nothing folded away.
    marked = decided_by.features if decided_by else ()
    standing.sort(key=lambda one: one.name not in marked)
    return render(request, "mining/run_story.html", {
        "run": run,
        "fate": fate,
        "steps": steps(fate, run_record.stages_of(run, fate.language)),
        "standing": [one for one in standing if one.value or one.name in marked],
        "nothing": [one for one in standing if not one.value and one.name not in marked],
        "deciding": decided_by,
        "marked": marked,
        "candidates": candidates,
        "verdicts": run_record.verdicts_of(candidates),
        "sentences": run_record.sentences_with(fate.text, fate.language),
        "elsewhere": CandidateFate.objects.filter(language=fate.language, text=fate.text)
        .exclude(run=run).select_related("run").order_by("-run")[:10],
    })  # fmt: skip


def steps(fate, stages):
    """(stage, passed, dropped or not reached) in order."""
    if not fate.stage:
        return [(name, "passed") for name in stages]
    if fate.stage not in stages:
        return [(fate.stage, "dropped")]
    at = stages.index(fate.stage)
    outcome = {True: "passed", False: "not reached"}
    return [(name, "dropped" if place == at else outcome[place < at]) for place, name in enumerate(stages)]


@requires("curator")
@require_safe
def compare(request):
    a, b = _two(request)
    context = {"runs": run_record.mined_runs()[:50], "a": a, "b": b}
    if a and b:
        show = request.GET.get("show", "")
        show = show if show in run_record.SHOWN else run_record.SHOWN[0]
        rows = run_record.differences(a, b, show, after=request.GET.get("after", ""), limit=PAGE + 1)
        more = next_page(request, rows[PAGE - 1].key) if len(rows) > PAGE else ""
        context |= {
            "show": show,
            "page": Page(rows[:PAGE], more),
            "parameters": run_record.parameter_differences(a, b),
            "counts": run_record.count_differences(a, b),
            "shared": run_record.shared(a, b),
        }
    return render(request, "mining/run_compare.html", context)


def _two(request):
    """The runs that ?a= and ?b= name; 404 for one that is no mining run."""
    found = []
    for name in ("a", "b"):
        told = request.GET.get(name, "")
        if told and _number(told) is None:
            raise Http404(f"{told} is no run")
        found.append(_mining_run(int(told)) if told else None)
    return found


@requires("curator")
@require_safe
def compare_csv(request):
    a, b = _two(request)
    show = request.GET.get("show", "")
    if not (a and b) or show not in run_record.SHOWN:
        raise Http404("two runs and what to show of them are wanted")
    response = StreamingHttpResponse(_lines(a, b, show), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="runs-{a.pk}-{b.pk}-{show}.csv"'
    return response


def _lines(a, b, show):
    # The mark tells spreadsheets that this is UTF-8.
    yield "\ufeff" + csv_row(COLUMNS)
    for pair in run_record.all_differences(a, b, show):
        values: list[object] = [
            pair.language, pair.text, pair.count, pair.score, pair.other_score, pair.stage or "",
            pair.rule or "",
        ]  # fmt: skip
        yield csv_row(["" if value is None else str(value) for value in values])
