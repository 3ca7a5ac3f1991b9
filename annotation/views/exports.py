"""Judgments and verdicts to take away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotation import statistics
from annotation.actions.exporting import start_export
from annotation.exports import FORMATS, export, filename
from annotation.exports.tables import JUDGMENTS, TABLES
from annotation.forms_export import ExportForm
from annotation.models import Campaign, ExportFile
from people.access import requires
from people.ranged import ranged

STREAMED = 50_000  # rows that the page offers at once: some seconds
SHOWN = 20


@requires("curator")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request, campaign_id):
    """The page, and to htmx the part of it that lives; a POST asks a worker for a file."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = ExportForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        start_export(campaign=campaign, by=request.user, **form.wanted())
        messages.success(request, _("It was started; a worker does it."))
        return redirect("annotation:exports", campaign.pk)
    files = list(campaign.export_files.visible_to(request.user).order_by("-pk")[:SHOWN])
    told: dict[str, Any] = {
        "campaign": campaign,
        "files": files,
        "is_busy": any(file.is_under_way for file in files),
    }
    if request.htmx and request.method == "GET":
        return render(request, "annotation/_export_files.html", told)
    totals = statistics.totals(campaign)
    told |= {"form": form, "formats": FORMATS.values(), "totals": totals}
    judgments = JUDGMENTS.count(campaign)
    told |= {"judgments": judgments, "are_many": max(judgments, totals.decided) > STREAMED}
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


@requires("curator")
@require_safe
def export_file(request, file_id):
    """A file that a worker has written, whole or in parts."""
    file = get_object_or_404(ExportFile.objects.visible_to(request.user), pk=file_id)
    if not (file.is_there and file.path.is_file()):
        raise Http404
    return ranged(
        request,
        file.path,
        filename=filename(file.campaign, file.table, file.format),
        content_type=FORMATS[file.format].content_type,
        digest=file.digest,
    )
