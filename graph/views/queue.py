"""The review queue: a list of proposals, a pane to read them in, and decisions by key."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from graph import queue as waiting
from graph.actions import curate
from graph.detail import about_concept, about_triple
from graph.forms import DecisionForm, QueueForm, UndoForm
from graph.models import Concept, Status, Triple
from graph.naming import in_page_language
from people.access import requires
from people.errors import UserError

LISTS = {"triples": waiting.waiting_triples, "concepts": waiting.waiting_concepts}


@requires("curator")
@never_cache
@require_safe
def queue(request):
    """The page, and for htmx the next rows of its list."""
    shows = request.GET.get("show", "triples")
    form = QueueForm(request.GET, shows=shows if shows in LISTS else "triples")
    if shows not in LISTS or not form.is_valid():
        return HttpResponseBadRequest(_("This filter cannot be understood."))
    after = request.GET.get("after", "")
    try:
        page = waiting.page_of(LISTS[shows](form.cleaned_data), after=after)
    except ValueError:
        return HttpResponseBadRequest(_("There is no such page."))
    in_page_language(page.rows)
    context = {"page": page, "shows": shows, "form": form, "more_url": _more_url(request, page)}
    if after:
        return render(request, "graph/_queue_rows.html", context)
    context |= {
        "is_filtered": any(value not in (None, "") for value in form.cleaned_data.values()),
        "capped": page.total > waiting.COUNTED,
        "counted": waiting.COUNTED,
    }
    if page.rows:
        context |= _pane(page.rows[0])
    return render(request, "graph/queue.html", context)


def _more_url(request, page) -> str:
    wanted = {key: value for key, value in request.GET.items() if key != "after"}
    return f"?{urlencode({**wanted, 'after': page.next_after})}" if page.next_after else ""


def _pane(row) -> dict:
    if isinstance(row, Triple):
        ids = {"concept_ids": [], "triple_ids": [row.pk]}
        about = about_triple(row)
    else:
        ids = {"concept_ids": [row.pk], "triple_ids": []}
        about = about_concept(row)
    return {
        **about,
        "also": {
            status: waiting.consequences(status=status, **ids)
            for status in (Status.APPROVED, Status.REJECTED)
            if row.status != status
        },
    }


@requires("curator")
@never_cache
@require_safe
def triple_pane(request, pk):
    triple = get_object_or_404(Triple.objects.with_parts(), pk=pk)
    in_page_language([triple])
    return render(request, "graph/_pane.html", _pane(triple))


@requires("curator")
@never_cache
@require_safe
def concept_pane(request, pk):
    concept = get_object_or_404(Concept.objects.select_related("concept_class"), pk=pk)
    in_page_language([concept])
    return render(request, "graph/_pane.html", _pane(concept))


@requires("curator")
@require_POST
def confirm(request):
    """What a decision on the selected rows would do; nothing is changed yet."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _say(request, form_error(form), status=400)
    wanted = form.cleaned_data
    ids = {"concept_ids": wanted["concept"], "triple_ids": wanted["triple"]}
    context = {
        "wanted": wanted,
        "title": _title(wanted),
        "also": waiting.consequences(status=wanted["status"], **ids),
        "reasons": waiting.REASONS,
        "rejects": wanted["status"] == Status.REJECTED,
    }
    return render(request, "graph/_confirm.html", context)


def _title(wanted) -> str:
    triples, concepts = len(wanted["triple"]), len(wanted["concept"])
    if wanted["status"] == Status.APPROVED:
        words = (
            ngettext("Approve %(count)s triple?", "Approve %(count)s triples?", triples),
            ngettext("Approve %(count)s concept?", "Approve %(count)s concepts?", concepts),
        )
    else:
        words = (
            ngettext("Reject %(count)s triple?", "Reject %(count)s triples?", triples),
            ngettext("Reject %(count)s concept?", "Reject %(count)s concepts?", concepts),
        )
    counts = (triples, concepts)
    return " ".join(word % {"count": count} for word, count in zip(words, counts, strict=True) if count)


@requires("curator")
@require_POST
def decide(request):
    """One decision, from the queue (htmx) or from the page of a triple or concept."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _say(request, form_error(form), status=400)
    wanted = form.cleaned_data
    try:
        decided = curate.decide(
            concept_ids=wanted["concept"],
            triple_ids=wanted["triple"],
            status=wanted["status"],
            by=request.user,
            reason=wanted["reason"],
            expected=wanted["expected"] or None,
        )
    except curate.ReasonMissing as error:
        # The dialog that asked is open still and can be mended; a page without scripts is shown anew.
        return _say(request, str(error), status=400 if request.htmx else 409)
    except UserError as error:
        return _say(request, str(error), status=409)
    text = said(wanted["status"], decided)
    if not request.htmx:
        messages.success(request, text)
        return redirect(back(request))
    # Rows of the list that was shown; what came along is of the other kind or is told in the message.
    if wanted["triple"]:
        shows, gone = "triple", sorted({*wanted["triple"], *decided.also_triples})
    else:
        shows, gone = "concept", sorted({*wanted["concept"], *decided.also_concepts})
    # A second click changed nothing, and there is nothing of its own to undo.
    batch = decided.batch if decided.total else None
    context = {"text": text, "batch": batch, "shows": shows, "gone": gone}
    return render(request, "graph/_decided.html", context)


def said(status: str, decided: curate.Decided) -> str:
    """What was done, in a sentence for the person who did it."""
    if not decided.total:
        return _("That was already so; nothing had to be done.")
    if status == Status.APPROVED:
        text = ngettext("Approved %(count)s.", "Approved %(count)s.", decided.total)
    else:
        text = ngettext("Rejected %(count)s.", "Rejected %(count)s.", decided.total)
    also = len(decided.also_concepts) + len(decided.also_triples)
    if also:
        text += " " + ngettext("%(also)s more with it.", "%(also)s more with it.", also)
    return text % {"count": decided.total, "also": also}


@requires("curator")
@require_POST
def undo(request):
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _say(request, _("There is no such decision."), status=400)
    try:
        undone = curate.undo(batch=form.cleaned_data["batch"], by=request.user)
    except UserError as error:
        return _say(request, str(error), status=409)
    text = _("Undone. Everything stands where it stood before.")
    if not request.htmx:
        messages.success(request, text)
        return redirect(back(request))
    triples = list(Triple.objects.proposed().with_parts().filter(pk__in=undone.triples).order_by("pk"))
    concepts = Concept.objects.on_their_own().select_related("concept_class")
    concepts = list(concepts.filter(pk__in=undone.concepts).order_by("pk"))
    shows = "concepts" if request.POST.get("shows") == "concept" else "triples"
    rows = triples if shows == "triples" else concepts
    waiting.add_votes(rows)
    in_page_language(rows)
    return render(request, "graph/_undone.html", {"text": text, "rows": rows, "shows": shows})


def form_error(form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def back(request) -> str:
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_ours else "graph:queue"


def _say(request, text: str, *, status: int) -> HttpResponse:
    if request.htmx:
        return render(request, "graph/_said.html", {"text": text, "is_error": True}, status=status)
    messages.error(request, text)
    return redirect(back(request)) if status == 409 else HttpResponseBadRequest(text)
