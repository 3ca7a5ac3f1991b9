"""Looking around in the graph: concepts by class and word, one concept, one triple."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from graph import queue as waiting
from graph.actions import words
from graph.detail import TRIPLES, about_concept, about_triple, triples_around
from graph.forms import ConceptFilterForm, LabelForm
from graph.identity import normal_form
from graph.models import Concept, Label, ReleasedTriple, Status, Triple
from graph.naming import in_page_language
from people.access import requires
from people.errors import UserError

PAGE = 100


@requires("curator")
@never_cache
@require_safe
def concepts(request):
    form = ConceptFilterForm(request.GET)
    after = request.GET.get("after", "0")
    if not form.is_valid() or not after.isdecimal() or len(after) > 18:
        return HttpResponseBadRequest(_("This filter cannot be understood."))
    rows = matching(form.cleaned_data).filter(pk__gt=int(after)).order_by("pk")
    found = list(rows.select_related("concept_class").prefetch_related("labels")[: PAGE + 1])
    more = ""
    if len(found) > PAGE:
        found = found[:PAGE]
        wanted = {key: value for key, value in request.GET.items() if key != "after"}
        more = f"?{urlencode({**wanted, 'after': found[-1].pk})}"
    in_page_language(found)
    return render(request, "graph/concepts.html", {"form": form, "concepts": found, "more_url": more})


def matching(wanted):
    """Concepts of the filter form; words are looked up by their beginning, then anywhere."""
    rows = Concept.objects.all()
    if wanted.get("concept_class"):
        rows = rows.filter(concept_class=wanted["concept_class"])
    if wanted.get("status"):
        rows = rows.filter(status=wanted["status"])
    if wanted.get("language"):
        rows = rows.filter(language=wanted["language"])
    text = normal_form(wanted.get("q") or "")
    if not text:
        return rows
    labels = Label.objects.filter(concept=OuterRef("pk"))
    # By index where that finds something; a search within words reads all labels.
    begins = rows.filter(Exists(labels.filter(normal_form__startswith=text)))
    return begins if begins.exists() else rows.filter(Exists(labels.filter(normal_form__contains=text)))


@requires("curator")
@never_cache
@require_safe
def concept(request, pk):
    row = get_object_or_404(Concept.objects.select_related("concept_class", "decided_by"), pk=pk)
    around = triples_around(row)
    form = LabelForm(initial={"language": row.language})
    in_page_language([row, *around])
    context = {
        **about_concept(row),
        "triples": around[:TRIPLES],
        "more_triples": len(around) > TRIPLES,
        "shown": TRIPLES,
        "form": form,
        "releases": row.released.order_by("first_release"),
        **decision_context(row),
    }
    return render(request, "graph/concept.html", context)


@requires("curator")
@never_cache
@require_safe
def triple(request, pk):
    row = get_object_or_404(Triple.objects.with_parts().select_related("decided_by"), pk=pk)
    in_page_language([row])
    releases = ReleasedTriple.objects.filter(triple=row).order_by("first_release")
    context = {**about_triple(row), "releases": releases, **decision_context(row)}
    return render(request, "graph/triple.html", context)


def decision_context(row) -> dict:
    is_triple = isinstance(row, Triple)
    ids = {"concept_ids": [] if is_triple else [row.pk], "triple_ids": [row.pk] if is_triple else []}
    return {
        "reasons": waiting.REASONS,
        "also": {
            status: waiting.consequences(status=status, **ids)
            for status in (Status.APPROVED, Status.REJECTED)
            if row.status != status
        },
    }


@requires("curator")
@require_POST
def add_label(request, pk):
    row = get_object_or_404(Concept, pk=pk)
    form = LabelForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("graph:concept", pk)
    wanted = form.cleaned_data
    change = words.relabel if wanted["is_preferred"] else words.add_alias
    try:
        change(
            concept=row,
            language=wanted["language"],
            text=wanted["text"],
            by=request.user,
            reason=wanted["reason"],
        )
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved. It goes into the next release."))
    return redirect(reverse("graph:concept", args=[pk]) + "#labels")


@requires("curator")
@require_POST
def remove_label(request, pk, label_id):
    # Gone already is as good: a second click must not be an error.
    label = Label.objects.filter(pk=label_id, concept=pk).first()
    get_object_or_404(Concept, pk=pk)
    try:
        if label:
            words.remove_alias(label=label, by=request.user)
    except UserError as error:
        messages.error(request, str(error))
    return redirect(reverse("graph:concept", args=[pk]) + "#labels")
