"""Releases: the list, cutting one, downloads, and what differs between two."""

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from graph.actions.release import cut_release
from graph.exports import FORMATS, export
from graph.forms import CutForm
from graph.models import Release, ReleasedConcept, ReleasedTriple
from graph.statistics import decided_since_release
from people.access import requires
from people.errors import UserError

SHOWN, DIFFERENCES = 50, 200


@requires("curator")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def releases(request):
    form = CutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            release = cut_release(
                levels=form.cleaned_data["levels"], note=form.cleaned_data["note"], by=request.user
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Release %(number)s is out.") % {"number": release.number})
            return redirect("graph:releases")
    rows = Release.objects.select_related("released_by", "ontology").order_by("-number")[:SHOWN]
    context = {
        "form": form,
        "releases": rows,
        "formats": FORMATS.values(),
        "waiting": decided_since_release(),
        "shown": SHOWN,
    }
    return render(request, "graph/releases.html", context)


@requires("curator")
@never_cache
@require_safe
def release(request, number):
    """One release and what it changed, against the one before or another."""
    row = get_object_or_404(Release.objects.select_related("released_by", "ontology"), number=number)
    since = request.GET.get("since", str(number - 1))
    if not since.isdecimal() or len(since) > 9:
        return HttpResponseBadRequest(_("There is no such release."))
    if int(since) > number or (int(since) and not Release.objects.filter(number=since).exists()):
        raise Http404
    span = {"since": int(since), "until": number}
    context = {
        "release": row,
        "since": int(since),
        "earlier": Release.objects.filter(number__lt=number).order_by("-number")[:SHOWN],
        "formats": FORMATS.values(),
        "differences": _differences(span),
        "most": DIFFERENCES,
    }
    return render(request, "graph/release.html", context)


def _differences(span: dict[str, int]) -> list[dict]:
    """Blocks of the page: what was added, taken out and changed, the first of each."""
    blocks = []
    for title, rows in (
        (_("Triples added"), ReleasedTriple.objects.added(**span)),
        (_("Triples taken out"), ReleasedTriple.objects.removed(**span)),
        (_("Concepts added"), ReleasedConcept.objects.added(**span)),
        (_("Concepts taken out"), ReleasedConcept.objects.removed(**span)),
        (_("Concepts with other labels or class"), ReleasedConcept.objects.changed(**span)),
    ):
        is_triples = rows.model is ReleasedTriple
        parts = ("triple__relation", "triple__subject", "triple__object", "triple__scope")
        shown = rows.select_related(*parts) if is_triples else rows.select_related("concept__concept_class")
        blocks.append(
            {
                "title": title,
                "is_triples": is_triples,
                "total": rows.count(),
                "rows": shown.order_by("key")[:DIFFERENCES],
            }
        )
    return blocks


@requires("curator")
@require_safe
def download(request, number, format):
    if format not in FORMATS:
        raise Http404
    return stream(get_object_or_404(Release, number=number), FORMATS[format])


def stream(release: Release, format) -> StreamingHttpResponse:
    response = StreamingHttpResponse(export(release, format), content_type=format.content_type)
    response["Content-Disposition"] = f'attachment; filename="{format.filename(release)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
