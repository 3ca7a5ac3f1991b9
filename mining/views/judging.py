"""Blind judging of mining runs: start one, and what it says so far."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.models import Campaign
from mining.actions.blind_judging import judging_report, start_blind_judging
from mining.forms_judging import JudgingForm
from mining.models import Run
from people.access import requires
from people.errors import UserError


@requires("admin")
def start(request):
    form = JudgingForm(request.POST or None, initial={"runs": request.GET.getlist("run")})
    if request.method == "POST" and form.is_valid():
        try:
            campaign = start_blind_judging(by=request.user, **form.arguments())
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The judging has begun: annotators are asked from now on."))
            return redirect("mining:judging", campaign.pk)
    return render(request, "mining/judging_start.html", {
        "form": form,
        "has_runs": form.judgeable.exists(),
        "judgings": judgings().order_by("-pk")[:20],
    })  # fmt: skip


def judgings():
    return Campaign.objects.filter(source__judging=True)


@requires("curator")
@never_cache
@require_safe
def report(request, campaign_id):
    campaign = get_object_or_404(judgings(), pk=campaign_id)
    found = judging_report(campaign)
    runs = Run.objects.in_bulk([row.run for row in found.runs])
    rows = [(row, runs[row.run]) for row in found.runs]
    return render(request, "mining/judging.html", {"campaign": campaign, "report": found, "rows": rows})
