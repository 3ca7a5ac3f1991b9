"""Disputes: where the crowd could not agree, a curator reads what was said and decides by key."""

from typing import Any

from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import disputes
from annotation.actions.deciding import adjudicate, undo_decision
from annotation.actions.gold import decide_and_keep
from annotation.forms import DecisionForm
from annotation.models import Answer, Campaign, Verdict
from people.access import requires
from people.errors import UserError


@requires("curator")
@never_cache
@require_safe
def queue(request):
    """The page, and for htmx the next rows of its list."""
    campaign = None
    if wanted := request.GET.get("campaign", ""):
        campaign = get_object_or_404(Campaign, pk=wanted if wanted.isdecimal() else 0)
    after = request.GET.get("after", "")
    if after and not after.isdecimal():
        return HttpResponseBadRequest(_("There is no such page."))
    page = disputes.page_of(campaign, after=int(after or 0))
    context: dict[str, Any] = {"page": page, "campaign": campaign, "more_url": _more_url(campaign, page)}
    if after:
        return render(request, "annotation/_dispute_rows.html", context)
    context |= {
        "campaigns": Campaign.objects.order_by("name"),
        "capped": page.total > disputes.COUNTED,
        "counted": disputes.COUNTED,
        "filtered_by": campaign,
    }
    if page.rows:
        context |= _pane(page.rows[0])
    return render(request, "annotation/disputes.html", context)


def _more_url(campaign, page) -> str:
    if not page.next_after:
        return ""
    return f"?after={page.next_after}" + (f"&campaign={campaign.pk}" if campaign else "")


def _pane(verdict) -> dict:
    return {**disputes.about(verdict), "form": DecisionForm()}


@requires("curator")
@never_cache
@require_safe
def pane(request, verdict_id):
    verdict = get_object_or_404(Verdict.objects.select_related("task__campaign"), pk=verdict_id)
    return render(request, "annotation/_dispute.html", _pane(verdict))


@requires("curator")
@require_POST
def decide(request, verdict_id):
    verdict = get_object_or_404(Verdict.objects.select_related("task__campaign"), pk=verdict_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _say(request, words, status=400)
    told = form.cleaned_data
    try:
        act = decide_and_keep if told.pop("keep") else adjudicate
        decided = act(verdict=verdict, by=request.user, **told)
    except UserError as error:
        return _say(request, str(error), status=409)
    words = _("Decided: %(answer)s.") % {"answer": Answer(decided.answer).label}
    if not request.htmx:
        return redirect("annotation:disputes")
    context = {"text": words, "decided": decided, "gone": verdict.pk}
    return render(request, "annotation/_dispute_decided.html", context)


@requires("curator")
@require_POST
def undo(request, verdict_id):
    verdict = get_object_or_404(Verdict.objects.select_related("task__campaign"), pk=verdict_id)
    try:
        restored = undo_decision(verdict=verdict, by=request.user)
    except UserError as error:
        return _say(request, str(error), status=409)
    if not request.htmx:
        return redirect("annotation:disputes")
    # Not where the answers have changed since and its task is asked again, or the crowd agrees now.
    is_waiting = restored is not None and restored.is_disputed
    words = _("Undone. It waits for a decision again.") if is_waiting else _("Undone.")
    context = {"text": words, "verdict": restored if is_waiting else None}
    return render(request, "annotation/_dispute_undone.html", context)


def _say(request, text: str, *, status: int):
    return render(request, "graph/_said.html", {"text": text, "is_error": True}, status=status)
