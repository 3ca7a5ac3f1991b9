"""Known answers of a campaign in all their uses, and appeals against being told that one was wrong."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import known
from annotation.actions import appealing
from annotation.actions.gold import accept_proposal, refuse_proposal, retire_gold
from annotation.actions.quality import change_quality
from annotation.forms_quality import AppealDecisionForm, AppealForm, GoldActForm, QualityForm
from annotation.models import CLASSES, Appeal, Campaign, Gold, Judgment, RetiredFor
from annotation.text import question_of
from people.access import requires
from people.errors import UserError

SHOWN = 50


@requires("curator")
@never_cache
@require_safe
def gold(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    shows = request.GET.get("show", "")
    shows = shows if shows in known.FILTERS else ""
    after = request.GET.get("after", "")
    rows = known.listed(campaign, shows).order_by("pk")
    if after.isdecimal():
        rows = rows.filter(pk__gt=int(after))
    page = list(rows[: SHOWN + 1])
    counts = known.counts(campaign)
    return render(
        request,
        "annotation/gold.html",
        {
            "campaign": campaign,
            "rows": page[:SHOWN],
            "next": page[SHOWN - 1].pk if len(page) > SHOWN else None,
            "filters": [
                {"name": name, "word": word, "count": counts[name]} for name, word in known.FILTERS.items()
            ],
            "shows": shows,
            "policy": campaign.quality,
        },
    )


@requires("curator")
@require_POST
def act(request, campaign_id, task_id):
    """Accept or refuse a proposal, or take a known answer out of use."""
    one = get_object_or_404(Gold.objects.select_related("task"), pk=task_id, task__campaign=campaign_id)
    form = GoldActForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This cannot be understood."))
        return redirect("annotation:gold", campaign_id)
    told = form.cleaned_data
    try:
        if told["do"] == "accept":
            accept_proposal(gold=one, by=request.user, reason=told["why"], use=told["use"])
            messages.success(request, _("It is a known answer now."))
        elif told["do"] == "refuse":
            refuse_proposal(gold=one, by=request.user, words=told["why"])
            messages.success(request, _("It is not proposed again."))
        else:
            retire_gold(gold=one, reason=RetiredFor(told["do"]), by=request.user, words=told["why"])
            messages.success(request, _("It is out of use. Annotators may read its answer now."))
    except UserError as error:
        messages.error(request, str(error))
    return redirect("annotation:gold", campaign_id)


@requires("admin")
def quality(request, campaign_id):
    """How a campaign watches over its quality: known answers, test, pauses."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = QualityForm(request.POST or None, initial=QualityForm.written(campaign.quality))
    if request.method == "POST" and form.is_valid():
        change_quality(campaign=campaign, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("annotation:quality", campaign.pk)
    return render(request, "annotation/quality.html", {"campaign": campaign, "form": form})


@requires("curator")
@never_cache
@require_safe
def appeals(request):
    """What annotators say against being told they were wrong, oldest first."""
    rows = [
        {
            "appeal": appeal,
            "asks": question_of(appeal.task),
            "answers": [answer for answer in CLASSES if answer != appeal.told],
        }
        for appeal in known.appeals_waiting().order_by("pk")[:SHOWN]
    ]
    return render(request, "annotation/appeals.html", {"rows": rows})


@requires("curator")
@require_POST
def decide_appeal(request, appeal_id):
    appeal = get_object_or_404(Appeal.objects.select_related("task__campaign"), pk=appeal_id)
    form = AppealDecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("annotation:appeals")
    told = form.cleaned_data
    try:
        if told["decision"] == "uphold":
            appealing.uphold(appeal=appeal, by=request.user, reply=told["reply"])
        else:
            answer = told["answer"] if told["decision"] == "overturn" else ""
            reason = str(next(iter(appeal.task.kind.bad_reasons), ""))
            appealing.overturn(
                appeal=appeal, by=request.user, reply=told["reply"], answer=answer, reason=reason
            )
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Decided. The annotator reads your reply."))
    return redirect("annotation:appeals")


@requires("annotator")
@require_POST
def appeal(request, judgment_id):
    """Say why one's answer was right after all."""
    judgment = get_object_or_404(
        Judgment.objects.select_related("task__campaign"), pk=judgment_id, annotator=request.user
    )
    form = AppealForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        appealing.appeal_judgment(judgment=judgment, annotator=request.user, words=words)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A curator will read what you wrote."))
    return redirect("annotation:history")
