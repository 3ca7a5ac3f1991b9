"""The tasks of a campaign, for curators: who said what, and which answers are known."""

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation.actions.clusters import split_off
from annotation.actions.gold import add_gold
from annotation.forms import GoldForm
from annotation.models import Answer, Campaign, Gold, Pool, Task, Verdict
from annotation.text import question_of
from people.access import requires
from people.errors import UserError

SHOWN = 50
FILTERS = {
    "": gettext_lazy("All"),
    "accept": gettext_lazy("Yes"),
    "reject": gettext_lazy("No"),
    "unsure": gettext_lazy("Cannot tell"),
    "bad": gettext_lazy("Bad candidate"),
    "disputed": gettext_lazy("Disputed"),
    "open": gettext_lazy("No verdict yet"),
    "gold": gettext_lazy("Known answers"),
}


@requires("curator")
@never_cache
@require_safe
def tasks(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    after = request.GET.get("after", "")
    verdict = Verdict.objects.standing().filter(task=OuterRef("pk"))
    rows = campaign.tasks.annotate(
        verdict_answer=Subquery(verdict.values("answer")[:1]), votes=Subquery(verdict.values("votes")[:1])
    )
    rows = _narrowed(rows, chosen).order_by("pk")
    if after.isdecimal():
        rows = rows.filter(pk__gt=int(after))
    page = list(rows[: SHOWN + 1])
    return render(
        request,
        "annotation/tasks.html",
        {
            "campaign": campaign,
            "tasks": page[:SHOWN],
            "next": page[SHOWN - 1].pk if len(page) > SHOWN else None,
            "filters": FILTERS,
            "chosen": chosen,
            "is_first": not after,
        },
    )


@requires("curator")
@never_cache
def task(request, campaign_id, task_id):
    task = get_object_or_404(
        Task.objects.select_related("campaign", "represented_by"), pk=task_id, campaign=campaign_id
    )
    known = Gold.objects.filter(task=task).first() or Gold(task=task)
    written = {"answer": task.gold_answer, "reason": task.gold_reason, "use": known.use}
    form = GoldForm(request.POST or None, initial=written)
    if request.method == "POST" and form.is_valid():
        try:
            add_gold(task=task, by=request.user, **form.cleaned_data)
        except UserError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The answer to this task is known now; it measures annotators."))
        return redirect("annotation:task-detail", campaign_id, task_id)
    judgments = task.judgments.select_related("annotator", "guideline").order_by("judged_at", "pk")
    return render(
        request,
        "annotation/task_detail.html",
        {
            "campaign": task.campaign,
            "task": task,
            "asks": question_of(task),
            "content": task.content,
            "template": task.kind.template,
            "judgments": judgments,
            "verdicts": task.verdicts.order_by("pk"),
            "has_verdict": task.verdicts.standing().exists(),
            "form": form,
            "may_be_gold": task.pool != Pool.EVALUATION,
            "members": task.members.order_by("pk")[:SHOWN],
        },
    )


@requires("curator")
@require_POST
def split(request, campaign_id, task_id):
    """Out of its cluster: the task speaks for itself from now on."""
    task = get_object_or_404(Task.objects.select_related("campaign"), pk=task_id, campaign=campaign_id)
    try:
        split_off(task=task, by=request.user)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is asked about by itself now. What was answered stays."))
    return redirect("annotation:task-detail", campaign_id, task_id)


def _narrowed(rows, chosen: str):
    if chosen == "gold":
        return rows.filter(pool=Pool.GOLD)
    if chosen == "disputed":
        return rows.filter(pk__in=Verdict.objects.disputed().values("task"))
    if chosen == "open":
        return rows.filter(verdict_answer=None).exclude(pool=Pool.GOLD)
    return rows.filter(verdict_answer=chosen) if chosen in Answer.values else rows
