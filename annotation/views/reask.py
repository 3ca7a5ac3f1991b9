"""After a guideline changed: which tasks are asked anew, how many that is, and what it costs."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from annotation.actions.reasking import categories_of, changed_examples, cost_of, plan_reask
from annotation.forms_quality import ReaskForm
from annotation.models import Campaign, Reask
from people.access import requires
from people.errors import UserError


@requires("curator")
@never_cache
def again(request, campaign_id):
    """POST shows the cost; POST with confirm=1 sends a worker."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    guideline = campaign.guideline
    form = ReaskForm(
        request.POST or None,
        initial={"words": "\n".join(changed_examples(guideline))},
        categories=categories_of(campaign, (get_language() or "en").split("-")[0]),
    )
    cost = None
    if request.method == "POST" and form.is_valid():
        affected = form.affected()
        cost = cost_of(guideline, affected)
        if request.POST.get("confirm"):
            try:
                plan_reask(
                    guideline=guideline, affected=affected, by=request.user, why=form.cleaned_data["why"]
                )
            except UserError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("They are being asked anew; the old answers are kept aside."))
            return redirect("annotation:reask", campaign.pk)
    reasks = Reask.objects.filter(guideline__campaign=campaign).select_related("guideline", "asked_by")
    return render(
        request,
        "annotation/reask.html",
        {
            "campaign": campaign,
            "guideline": guideline,
            "form": form,
            "cost": cost,
            "reasks": reasks.order_by("-pk")[:20],
        },
    )
