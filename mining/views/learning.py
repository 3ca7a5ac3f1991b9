"""The learning page of a campaign: how good the model is, how sure, and what selection asked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from annotation.models import Campaign
from mining.actions import learning, learning_figures
from mining.models import ModelVersion
from people.access import requires
from people.errors import UserError

# The metrics a curve can be drawn of, the telling ones first.
METRICS = {
    "average_precision": gettext_lazy("Average precision"),
    "f1": gettext_lazy("F1"),
    "accuracy": gettext_lazy("Accuracy"),
    "precision": gettext_lazy("Precision"),
    "recall": gettext_lazy("Recall"),
    "auc": gettext_lazy("Area under the ROC curve"),
    "brier": gettext_lazy("Brier score (smaller is better)"),
}
ORIGINS = {
    "uncertainty": gettext_lazy("The model was unsure"),
    "random": gettext_lazy("Drawn at random"),
    "evaluation": gettext_lazy("Evaluation sample"),
}


@require_GET
@requires("curator")
def learning_page(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    versions = learning_figures.versions(campaign)
    return render(
        request,
        "mining/learning.html",
        {
            "campaign": campaign,
            "versions": versions,
            "live": next((version for version in versions if version.is_live), None),
            "metrics": METRICS,
            "curve": {
                "points": learning_figures.curve(versions),
                "metrics": {name: str(label) for name, label in METRICS.items()},
                "labels": str(_("Training labels")),
                "interval": str(_("interval of 95 percent")),
            },
            "bars": _bars(learning_figures.sureness(campaign)),
            "asked": [(ORIGINS[one.origin], one) for one in learning_figures.asked(campaign)],
            **_standing(campaign),
        },
    )


@require_GET
@requires("curator")
def learning_run(request, campaign_id):
    """The piece that follows a run; the page is loaded anew when the run it showed has ended."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    response = render(request, "mining/_learning_run.html", {"campaign": campaign, **_standing(campaign)})
    followed = request.GET.get("run", "")
    if followed.isdecimal() and learning.training_runs(campaign).filter(
        pk=int(followed), finished_at__isnull=False
    ):
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires("curator")
def train(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    try:
        learning.start_training(campaign=campaign, by=request.user)
    except UserError as error:
        messages.error(request, str(error))
    return redirect("mining:learning", campaign.pk)


@require_POST
@requires("curator")
def make_live(request, campaign_id, number):
    version = get_object_or_404(ModelVersion, campaign=campaign_id, number=number)
    try:
        if learning.make_live(model_version=version, by=request.user):
            messages.success(request, _("Model %(number)d is live again.") % {"number": number})
    except UserError as error:
        messages.error(request, str(error))
    return redirect("mining:learning", campaign_id)


def _standing(campaign):
    return {
        "ready": learning.readiness(campaign),
        "least": learning.LEAST_LABELS,
        "run": learning.run_under_way(campaign),
        "last_run": learning.training_runs(campaign).first(),
    }


def _bars(counts):
    """Counts with what drawing them needs: the height in per cent of the tallest, and the edges."""
    tallest = max(counts, default=0)
    if not tallest:
        return []
    step = 100 // len(counts)
    return [
        {
            "count": count,
            "height": round(100 * count / tallest, 1),
            "low": place * step,
            "high": (place + 1) * step,
        }
        for place, count in enumerate(counts)
    ]
