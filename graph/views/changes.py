"""The audit trail, newest first."""

from urllib.parse import urlencode

from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from graph.detail import readable
from graph.forms import ChangeFilterForm
from people.access import requires
from people.models import Change

PAGE = 100


@requires("curator")
@never_cache
@require_safe
def changes(request):
    form = ChangeFilterForm(request.GET)
    before = request.GET.get("before", "")
    if not form.is_valid() or not (before == "" or (before.isdecimal() and len(before) <= 18)):
        return HttpResponseBadRequest(_("This filter cannot be understood."))
    rows = Change.objects.select_related("by").order_by("-pk")
    wanted = form.cleaned_data
    if wanted["by"]:
        rows = rows.filter(by__username=wanted["by"])
    for name in ("entity", "action"):
        if wanted[name]:
            rows = rows.filter(**{name: wanted[name]})
    if before:
        rows = rows.filter(pk__lt=int(before))
    found = readable(list(rows[: PAGE + 1]))
    more = ""
    if len(found) > PAGE:
        found = found[:PAGE]
        kept = {key: value for key, value in request.GET.items() if key != "before"}
        more = f"?{urlencode({**kept, 'before': found[-1].pk})}"
    return render(request, "graph/changes.html", {"form": form, "changes": found, "more_url": more})
