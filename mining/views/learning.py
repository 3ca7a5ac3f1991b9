"""The learning page of a campaign: how good the model is, how sure, and what selection asked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from annotation.models import Campaign, CampaignStatus, Pool
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
# What the figures say, in plain words, beside the names that the field gives them.
EXPLAINED = [
    (
        METRICS["average_precision"],
        gettext_lazy(
            "Tasks are put in order, what the model takes for the likeliest yes first. 1 means that every "
            "yes stands before every no; a model that guesses gets the share of yes."
        ),
    ),
    (METRICS["precision"], gettext_lazy("Of what the model calls a yes, the share that is one.")),
    (METRICS["recall"], gettext_lazy("Of all that is a yes, the share that the model finds.")),
    (
        METRICS["f1"],
        gettext_lazy("Precision and recall in one figure; it is high only where both are high."),
    ),
    (METRICS["accuracy"], gettext_lazy("The share of all answers that are right, yes or no.")),
    (
        METRICS["auc"],
        gettext_lazy(
            "How often the model puts a yes before a no, if one of each is drawn at random. 0.5 is guessing."
        ),
    ),
    (
        gettext_lazy("Brier score"),
        gettext_lazy(
            "How far the model's percentages are from what turns out to be so, squared. 0 is perfect; "
            "always saying 50 percent gets 0.25."
        ),
    ),
    (
        gettext_lazy("Interval, 95 percent"),
        gettext_lazy(
            "The figure is measured on a sample. With other samples of the same size it would lie in this "
            "range 95 times of 100."
        ),
    ),
]


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
            "explained": EXPLAINED,
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
    ready, run = learning.readiness(campaign), learning.run_under_way(campaign)
    return {
        "ready": ready,
        "coming": _coming(campaign, ready, run),
        "least": learning.LEAST_LABELS,
        "run": run,
        "last_run": learning.training_runs(campaign).first(),
    }


def _coming(campaign, ready, run):
    """When the next training comes: (the number of verdicts it waits for or None, in words)."""
    more = ready.more_until_due
    if run:
        return None, _("Training is under way.")
    if more is None:
        return None, _("Training starts on demand only.")
    if campaign.status == CampaignStatus.FINISHED:
        return None, _("The campaign is finished: training starts on demand only.")
    if campaign.status != CampaignStatus.RUNNING:
        return None, _("Training starts by itself only while the campaign is running.")
    if ready.is_due:
        return None, _("There are enough new verdicts: the next training starts within a minute.")
    if not more:
        return None, ready.why_not
    left = campaign.tasks.unjudged().filter(pool=Pool.MODEL)[:more].count()
    if not left:
        return None, _("Every task to learn from is decided: no training will start by itself any more.")
    if left < more:
        words = ngettext(
            "%(left)d task is left to learn from, fewer than the %(more)d verdicts that start a training.",
            "%(left)d tasks are left to learn from, fewer than the %(more)d verdicts that start a training.",
            left,
        )
        return None, words % {"left": left, "more": more}
    return more, ngettext(
        "more verdict until the next training", "more verdicts until the next training", more
    )


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
