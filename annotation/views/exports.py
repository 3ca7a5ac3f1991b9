"""Judgments and verdicts to take away."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation import statistics
from annotation.exports import FORMATS, export, filename
from annotation.exports.tables import TABLES
from annotation.models import Campaign
from people.access import requires


@requires("curator")
@never_cache
@require_safe
def exports(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    told = {"campaign": campaign, "formats": FORMATS.values(), "totals": statistics.totals(campaign)}
    return render(request, "annotation/exports.html", told)


@requires("curator")
@require_safe
def download(request, campaign_id, table, format):
    """The file, streamed; annotators by their own names (?names=1) for admins alone."""
    if table not in TABLES or format not in FORMATS:
        raise Http404
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    names = request.GET.get("names") == "1" and request.user.may("admin")
    chunks = export(campaign, table, format, names=names)
    response = StreamingHttpResponse(chunks, content_type=FORMATS[format].content_type)
    response["Content-Disposition"] = f'attachment; filename="{filename(campaign, table, format)}"'
    return response
