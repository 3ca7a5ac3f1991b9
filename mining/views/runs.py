"""Runs: the list, one run live, its end, and the form that starts mining."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mining.actions.imports_categories import CAN_BE_MADE
from mining.actions.mine import start_mining
from mining.actions.mine_pruning import PRESETS, RECOMMENDED
from mining.actions.runs import cancel_run
from mining.api.runs import error_file
from mining.forms import NEEDS_ENCODER, PAPER_WORDS, MiningForm
from mining.models import Document, Encoder, Run, RunKind
from mining.phrases.parameters import LANGUAGES
from mining.views.paging import by_id
from people.access import requires
from people.errors import UserError

LINES = 200


@requires("curator")
@never_cache
@require_safe
def runs(request):
    rows = Run.objects.select_related("started_by")
    kind = request.GET.get("kind", "")
    if kind in RunKind.values:
        rows = rows.filter(kind=kind)
    return render(
        request,
        "mining/runs.html",
        {"page": by_id(request, rows, newest_first=True), "kinds": RunKind.choices, "kind": kind},
    )


@requires("curator")
@never_cache
@require_safe
def run(request, run_id):
    """The page, and to htmx the part of it that lives."""
    found = get_object_or_404(Run.objects.select_related("started_by"), pk=run_id)
    template = "mining/_run.html" if request.htmx else "mining/run.html"
    return render(request, template, whole(found))


def whole(run):
    lines = list(run.lines.order_by("-pk")[: LINES + 1])
    numbers = [(name, number) for name, number in run.counts.items() if isinstance(number, int)]
    return {
        "run": run,
        "lines": lines[:LINES][::-1],
        "more_lines": len(lines) > LINES,
        "numbers": numbers,
        "stages": folded(stages(run.stages)),
        "dropped": dropped(run.counts.get("dropped") or {}),
        "has_errors": run.error_file.exists(),
        "unknown_categories": names_unknown_categories(run),
        "facts": sorted(
            (name, value) for name, value in run.parameters.items() if value not in (None, "", [], {})
        ),
    }


MOST_READ = 1_000_000  # bytes of an error file that are looked through


def names_unknown_categories(run) -> bool:
    """Whether rows failed because their category is not known, as far as the head of the error file tells."""
    try:
        with run.error_file.open("rb") as file:
            return CAN_BE_MADE.encode() in file.read(MOST_READ)
    except OSError:
        return False


def stages(told):
    """The stages behind a run, with those that count phrases of each length in one row."""
    rows: list[dict[str, Any]] = []
    for stage in told:
        first, _colon, size = stage["name"].rpartition(":")
        name = first if first.endswith(":count") and size.isdecimal() else stage["name"]
        # A stage that has no parts of its own reports 1 of 1, which says nothing.
        of = stage["total"] if (stage["total"] or 0) > 1 and name == stage["name"] else None
        if rows and rows[-1]["name"] == name:
            rows[-1]["seconds"] += stage["seconds"]
        else:
            rows.append({"name": name, "done": stage["done"] if of else None, "seconds": stage["seconds"]})
    return rows


def folded(rows):
    """Stages as blocks: those of one language together, every other one by itself.

    [{"language": "zh" or "", "seconds", "rows": […]}, …] in the order in which they were done.
    """
    blocks: list[dict[str, Any]] = []
    for row in rows:
        first = row["name"].partition(":")[0]
        language = first if first in LANGUAGES else ""
        if not (language and blocks and blocks[-1]["language"] == language):
            blocks.append({"language": language, "seconds": 0.0, "rows": []})
        blocks[-1]["rows"].append(row)
        blocks[-1]["seconds"] += row["seconds"]
    return blocks


def dropped(by_language):
    """What the rules of the miner left out, a block for each language, most first.

    [{"language", "total", "rules": [(rule, n-grams), …]}, …]
    """
    blocks = []
    for language in sorted(by_language, key=LANGUAGES.index):
        totals: Counter[str] = Counter()
        for rules in by_language[language].values():
            totals.update({rule: number for rule, number in rules.items() if number})
        if totals:
            blocks.append({"language": language, "total": totals.total(), "rules": totals.most_common()})
    return blocks


@requires("admin")
@require_POST
def cancel(request, run_id):
    found = get_object_or_404(Run, pk=run_id)
    try:
        cancel_run(run=found, by=request.user)
    except UserError as error:
        messages.warning(request, str(error))
    return redirect("mining:run", found.pk)


@requires("curator")
@require_safe
def errors(request, run_id):
    return error_file(get_object_or_404(Run, pk=run_id))


@requires("admin")
def mine(request):
    preset = request.GET.get("preset", "")
    form = MiningForm(request.POST or None, initial=PRESETS.get(preset))
    if request.method == "POST" and form.is_valid():
        try:
            found = start_mining(parameters=form.parameters(), by=request.user)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The run was started."))
            return redirect("mining:run", found.pk)
    return render(request, "mining/mine.html", {
        "form": form,
        "preset": preset if preset in PRESETS else RECOMMENDED,
        "paper": tuple(PAPER_WORDS),
        "needs_encoder": preset in NEEDS_ENCODER,
        "encoders": Encoder.objects.order_by("-pk")[:50],
        "has_documents": Document.objects.exists(),
    })  # fmt: skip
