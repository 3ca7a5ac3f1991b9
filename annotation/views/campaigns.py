"""Where admins set up campaigns and curators watch them."""

import time
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import statistics
from annotation.actions import campaigns as actions
from annotation.actions.filling import start_filling
from annotation.dashboard import dashboard
from annotation.forms import GuidelineForm, PolicyForm
from annotation.forms_source import SourceForm
from annotation.models import Answer, Campaign, CampaignStatus
from people.access import requires
from people.errors import UserError

LEAST_SECONDS = 10  # between two looks at a dashboard

MOVES = {
    "start": actions.start_campaign,
    "pause": actions.pause_campaign,
    "finish": actions.finish_campaign,
}


@requires("curator")
@never_cache
@require_safe
def campaigns(request):
    rows = list(Campaign.objects.order_by("-pk"))
    figures = statistics.overview(rows)
    nothing = {"tasks": 0, "decided": 0}
    return render(
        request,
        "annotation/campaigns.html",
        {"rows": [{"campaign": row, "figures": figures.get(row.pk, nothing)} for row in rows]},
    )


@requires("curator")
@never_cache
@require_safe
def campaign(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    began = time.monotonic()
    shown = _shown(dashboard(campaign))
    # A campaign of a million answers takes a second or two to add up: it is asked about less often.
    again = max(LEAST_SECONDS, round(20 * (time.monotonic() - began)))
    told = {"campaign": campaign, "again": again, "moves": _moves(campaign), **shown}
    return render(
        request, "annotation/_campaign_live.html" if request.htmx else "annotation/campaign.html", told
    )


@requires("admin")
@require_POST
def move(request, campaign_id, verb):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    try:
        MOVES[verb](campaign=campaign, by=request.user)
    except UserError as error:
        messages.error(request, str(error))
    return redirect("annotation:campaign", campaign.pk)


@requires("admin")
@require_POST
def fill(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    fill_and_tell(request, campaign)
    return redirect("annotation:campaign", campaign.pk)


@requires("admin")
def change(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = PolicyForm(request.POST or None, initial=_written(campaign))
    narrow = SourceForm.of(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid() and narrow.is_valid():
        told = {name: form.cleaned_data[name] for name in ("name", "languages")}
        told["source"] = narrow.wanted()
        try:
            actions.change_campaign(campaign=campaign, by=request.user, **told, **form.policy())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("annotation:campaign", campaign.pk)
    shown = {"campaign": campaign, "form": form, "narrow": narrow}
    return render(request, "annotation/campaign_change.html", shown)


@requires("curator")
def guideline(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = GuidelineForm(request.POST or None, initial=GuidelineForm.written(campaign.guideline))
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("text", "examples", "reason")}
        version = actions.new_guideline_version(campaign=campaign, by=request.user, **told).version
        messages.success(request, _("Version %(version)d is in force.") % {"version": version})
        return redirect("annotation:guideline", campaign.pk)
    versions = campaign.guidelines.select_related("created_by").order_by("-version")
    return render(
        request,
        "annotation/guideline.html",
        {"campaign": campaign, "form": form, "versions": versions, "guideline": campaign.guideline},
    )


def _shown(board) -> dict:
    """The dashboard with what drawing it needs."""
    hours = board.hours
    tallest = max(board.posteriors)
    return {
        "board": board,
        "totals": board.totals,
        "classes": [
            (str(Answer.ACCEPT), Answer.ACCEPT.label, board.totals.accepted),
            (str(Answer.UNSURE), Answer.UNSURE.label, board.totals.unsure),
            (str(Answer.REJECT), Answer.REJECT.label, board.totals.rejected),
            (str(Answer.BAD), Answer.BAD.label, board.totals.bad),
        ],
        "busiest": max((hour.judgments for hour in hours), default=0),
        "judged_lately": sum(hour.judgments for hour in hours),
        "judged_last_day": sum(hour.judgments for hour in hours[-24:]),
        "pace": {
            "at": [hour.at.timestamp() for hour in hours],
            "answers": [hour.judgments for hour in hours],
            "label": str(_("Answers")),
            "time": str(_("Hour")),
        },
        "bars": [
            {
                "count": count,
                "height": round(100 * count / tallest, 1),
                "low": 10 * place,
                "high": 10 * place + 10,
            }
            for place, count in enumerate(board.posteriors)
        ]
        if tallest
        else [],
        "people": board.people,
    }


def fill_and_tell(request, campaign):
    started = start_filling(campaign, by=request.user)
    if started.goes_on:
        messages.success(request, _("There are many candidates. The campaign is being filled."))
        return
    added = started.added
    messages.success(
        request, ngettext("%(count)d new task.", "%(count)d new tasks.", added) % {"count": added}
    )


def _moves(campaign) -> list[dict[str, str]]:
    """The buttons that make sense now, the likeliest first."""
    start = {"verb": "start", "word": _("Start"), "style": "primary"}
    pause = {"verb": "pause", "word": _("Pause"), "style": ""}
    finish = {"verb": "finish", "word": _("Finish"), "style": "quiet"}
    if campaign.status == CampaignStatus.FINISHED:
        return []
    return [pause, finish] if campaign.status == CampaignStatus.RUNNING else [start, finish]


def _written(campaign) -> dict:
    shares = ("evaluation_share", "random_share", "gold_share", "trust_at", "dispute_below")
    as_they_are = (
        "consensus",
        "trusted_alone",
        "model_votes",
        "priority",
        "breadth_first",
        "asks_typicality",
    )
    return {
        "name": campaign.name,
        "languages": campaign.languages,
        "lease_minutes": max(1, round(campaign.lease_for / timedelta(minutes=1))),
        "retrain_every": campaign.retrain_every,
        "price_per_answer": campaign.price_per_answer.normalize() if campaign.price_per_answer else None,
        "currency": campaign.currency,
        "stop_at": None if campaign.stop_at is None else round(100 * campaign.stop_at),
        **{name: getattr(campaign, name) for name in as_they_are},
        **{name: round(100 * getattr(campaign, name)) for name in shares},
    }
