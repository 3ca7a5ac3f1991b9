"""The page of a campaign's exchange with Label Studio."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation.actions.exchanging import start_exchange
from annotation.api.exchanges import download as download_of
from annotation.forms_exchange import ExchangeForm
from annotation.labelstudio.server import configured
from annotation.models import Campaign, LabelStudioProject
from people.access import requires
from people.errors import UserError

SHOWN = 20


@requires("curator")
@never_cache
@require_safe
def exchanges(request, campaign_id):
    """The page, and to htmx the part of it that lives."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    template = "annotation/_exchanges.html" if request.htmx else "annotation/label_studio.html"
    return _show(request, campaign, ExchangeForm(), template)


@requires("admin")
@require_POST
def start(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = ExchangeForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            start_exchange(campaign=campaign, by=request.user, **form.wanted())
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It was started; a worker does it."))
            return redirect("annotation:label-studio", campaign.pk)
    return _show(request, campaign, form, "annotation/label_studio.html")


@requires("admin")
@require_safe
def download(request, campaign_id):
    return download_of(get_object_or_404(Campaign, pk=campaign_id))


def _show(request, campaign, form, template):
    jobs = list(campaign.exchanges.select_related("started_by").order_by("-pk")[:SHOWN])
    project = LabelStudioProject.objects.filter(campaign=campaign, server=configured()).first()
    return render(
        request,
        template,
        {
            "campaign": campaign,
            "form": form,
            # The same fields stand twice on the page, each with ids of its own.
            "at_server": ExchangeForm(form.data if form.is_bound else None, auto_id="server_%s"),
            "jobs": jobs,
            "is_busy": any(not job.is_finished for job in jobs),
            "server": configured(),
            "project": project,
            "sent": project.tasks.count() if project else 0,
        },
    )
