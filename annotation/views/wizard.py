"""A new campaign in six steps, each a page of its own that works without JavaScript."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from annotation import forecast
from annotation.actions.campaigns import create_campaign
from annotation.models import Guideline
from annotation.presets import PRESETS
from annotation.views.campaigns import fill_and_tell
from annotation.wizard import ORDER, STEPS, Draft, neighbour
from people.access import requires


@requires("admin")
@never_cache
def step(request, name):
    if name not in STEPS:
        raise Http404(name)
    draft = Draft(request.session)
    if (run := request.GET.get("run", "")) and name == ORDER[0]:
        draft.begin_with(run)
        return redirect("annotation:campaign-new")
    if request.method == "POST":
        return _go(request, draft, name)
    # What a step counts on must be there: the first one that will not do is shown with what is wrong.
    wrong = draft.first_wrong(name)
    if wrong and (wrong in draft.kept or wrong == "kind"):
        return redirect("annotation:campaign-step", wrong)
    form = draft.form(name)
    if request.headers.get("HX-Request"):
        return _figures(request, draft, name)
    return _page(request, draft, name, form)


def _go(request, draft: Draft, name: str):
    """Keep what was typed, then go where the button says."""
    if "forget" in request.POST:
        draft.forget()
        return redirect("annotation:campaign-new")
    draft.keep(name, request.POST)
    if request.POST.get("preset") in PRESETS and name == "policy":
        draft.take(request.POST["preset"])
        return redirect("annotation:campaign-step", name)
    if "back" in request.POST:
        return redirect("annotation:campaign-step", neighbour(name, -1))
    if "again" in request.POST:  # count or reckon once more
        return redirect("annotation:campaign-step", name)
    form = draft.form(name)
    if not form.is_valid():
        return _page(request, draft, name, form)
    if name == ORDER[-1]:
        return _create(request, draft)
    return redirect("annotation:campaign-step", neighbour(name, 1))


def _create(request, draft: Draft):
    if wrong := draft.first_wrong("review"):
        return redirect("annotation:campaign-step", wrong)
    try:
        campaign = create_campaign(**draft.asked_for(), by=request.user)
    except ValidationError as error:
        form = forms.Form({})
        form.is_valid()
        form.add_error(None, error.messages)
        return _page(request, draft, "review", form)
    draft.forget()
    fill_and_tell(request, campaign)
    return redirect("annotation:campaign", campaign.pk)


def _page(request, draft: Draft, name: str, form):
    place = ORDER.index(name)
    told = {
        "step": STEPS[name],
        "form": form,
        "steps": [
            {"step": one, "is_here": one.name == name, "is_done": number < place or one.name in draft.kept}
            for number, one in enumerate(STEPS.values())
        ],
        "number": place + 1,
        "of": len(ORDER),
        "is_first": place == 0,
        "is_last": name == ORDER[-1],
        "presets": PRESETS.values(),
        **_reckoned(draft, name),
    }
    return render(request, "annotation/campaign_new.html", told)


def _figures(request, draft: Draft, name: str):
    """What htmx asks for while somebody types: the counts of a source, the estimate at a price."""
    draft.keep(name, request.GET)
    return render(request, f"annotation/_new_{name}.html", _reckoned(draft, name))


def _reckoned(draft: Draft, name: str) -> dict:
    if name == "source":
        return {"found": _found(draft)}
    if name == "guideline" and draft.question:
        return {"asks": draft.question}
    if name in {"estimate", "review"} and not draft.first_wrong("review"):
        wanted = draft.asked_for()
        names = ("kind", "question", "languages", "source", "policy")
        told: dict = {"wanted": wanted, "asks": draft.question}
        told["estimate"] = forecast.estimate(**{one: wanted[one] for one in names})
        told["guideline"] = Guideline(version=1, text=wanted["text"], examples=wanted["examples"])
        return told
    return {}


def _found(draft: Draft) -> forecast.Candidates | None:
    """None where what was typed cannot be understood."""
    source, kind = draft.filled("source"), draft.filled("kind")
    if not (source.is_valid() and kind.is_valid()):
        return None
    name, question = kind.cleaned_data["asks"].split("/")
    languages = kind.cleaned_data["languages"]
    try:
        return forecast.candidates(name, question, languages, source.wanted(), explain=True)  # type: ignore[attr-defined]
    except (TypeError, ValueError):  # a run that is no number, say, in the JSON
        source.add_error("source", _("The source of candidates does not understand this."))
        return None
