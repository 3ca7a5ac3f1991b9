"""The ontology in force as tables, and loading another one."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from graph.actions.setup import load_ontology
from graph.forms import OntologyForm
from graph.models import ConceptClass, Ontology, Relation
from graph.ontology import OntologyError
from people.access import requires


@requires("curator", to_write="admin")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ontology(request):
    form = OntologyForm(request.POST or None, request.FILES or None)
    error = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            loaded = load_ontology(source=file.read(), file=file.name, by=request.user)
        except OntologyError as problem:
            error = problem
        else:
            messages.success(
                request,
                _(
                    "%(added)s added, %(changed)s changed, %(unchanged)s unchanged, "
                    "%(retired)s retired, %(removed)s removed."
                )
                % vars(loaded),
            )
            return redirect("graph:ontology")
    context = {
        "form": form,
        "error": error,
        "ontology": Ontology.objects.select_related("loaded_by").order_by("-pk").first(),
        "classes": ConceptClass.objects.order_by("is_retired", "-level", "name"),
        "relations": Relation.objects.select_related("scope")
        .prefetch_related("domain", "range")
        .order_by("is_retired", "-level", "name"),
        "may_load": request.user.may("admin"),
    }
    return render(request, "graph/ontology.html", context, status=422 if error else 200)
