"""Where annotators sit: what there is to do, the task page, one's own answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import kinds
from annotation.actions.serving import serve
from annotation.actions.undoing import UNDOABLE, withdraw_judgment
from annotation.corrections import corrected, corrections_of
from annotation.gate import gate_of
from annotation.keys import answers_of, key_maps
from annotation.models import Answer, Campaign, Judgment, Typicality
from annotation.own import answered_today, own_figures
from annotation.progress import progress_of
from annotation.text import render_task
from people.access import requires
from people.errors import UserError
from people.models import Hand
from people.refused import take_refused

QUEUE = 8  # tasks that the page holds; at a second each they outlast a slow connection
SHOWN = 100
SCRIPTS = ("outbox", "keys", "hands", "saying", "comment", "swipe", "task", "zoom")


@requires("annotator")
@never_cache
@require_safe
def work(request):
    campaigns = [
        {
            "campaign": campaign,
            "progress": progress_of(campaign, request.user),
            "gate": gate_of(campaign, request.user),
        }
        for campaign in Campaign.objects.visible_to(request.user).running().order_by("name")
    ]
    # Where something waits comes first.
    campaigns.sort(key=lambda entry: not entry["progress"].left)
    context = {
        "campaigns": campaigns,
        "today": _today(request.user),
        "refused": take_refused(request, "daily_goal"),
    }
    return render(request, "annotation/work.html", context)


@requires("annotator")
@never_cache
@require_safe
def task(request, campaign_id):
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user).running(), pk=campaign_id)
    if not gate_of(campaign, request.user).is_open:
        return redirect("annotation:work")  # where it says what comes first
    guideline = campaign.guideline
    tasks = serve(campaign=campaign, annotator=request.user, size=QUEUE)
    progress = progress_of(campaign, request.user)
    today, maps = _today(request.user), key_maps(campaign)
    start = {
        "annotator": request.user.pk,
        "campaign": campaign.pk,
        "guideline": guideline.pk,
        "size": QUEUE,
        "tasks": [{"id": task.pk, "html": render_task(task)} for task in tasks],
        "progress": {"judged": progress.judged, "left": progress.left, "more": progress.is_more_left},
        "today": today,
        "keys": request.user.keys,
        "keyMaps": maps,
        "preferencesUrl": reverse("people:preferences"),
        "answersUrl": reverse("annotation-api:judgments-of", args=[campaign.pk]),
        "undoUrl": reverse("annotation-api:judgments"),
        "words": _words(),
    }
    context = {
        "campaign": campaign,
        "guideline": guideline,
        "answers": answers_of(campaign),
        "keys": maps[request.user.keys],
        "hands": Hand,
        "scripts": [f"annotation/{name}.js" for name in SCRIPTS],
        "today": today,
        "choosers": _choosers(campaign),
        "start": start,
        "progress": progress,
    }
    return render(request, "annotation/task.html", context)


@requires("annotator")
@never_cache
@require_safe
def history(request):
    """One's own answers, newest first; with ?show=corrected those that turned out otherwise."""
    judgments = Judgment.objects.filter(annotator=request.user)
    shows = "corrected" if request.GET.get("show") == "corrected" else ""
    if shows:
        judgments = corrected(judgments)
    rows = list(judgments.select_related("task__campaign", "guideline").order_by("-judged_at", "-pk")[:SHOWN])
    standing = [judgment.pk for judgment in rows if not judgment.withdrawn_at]
    return render(
        request,
        "annotation/history.html",
        {
            "judgments": rows,
            "undoable": set() if shows else set(standing[:UNDOABLE]),
            "shown": SHOWN,
            "shows": shows,
            "corrections": corrections_of(rows),
            "figures": None if shows else own_figures(request.user),
            "today": _today(request.user),
            "refused": take_refused(request, "daily_goal"),
        },
    )


@requires("annotator")
@require_POST
def undo(request, judgment_id):
    judgment = get_object_or_404(Judgment, pk=judgment_id, annotator=request.user)
    try:
        withdraw_judgment(judgment_id=judgment.pk, annotator=request.user)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your answer is undone. The task waits for you again."))
    return redirect("annotation:history")


def _today(annotator) -> dict:
    return {"judged": answered_today(annotator), "goal": annotator.daily_goal}


def _choosers(campaign):
    """Answers that want a second key, and what it can say."""
    choosers = []
    if reasons := kinds.get(campaign.kind).bad_reasons:
        bad = {"answer": Answer.BAD, "field": "reason", "title": _("What is wrong?"), "choices": reasons}
        choosers.append(bad)
    if campaign.asks_typicality:
        yes = {"answer": Answer.ACCEPT, "field": "typicality", "title": _("Yes, and is it typical?")}
        choosers.append({**yes, "choices": list(Typicality)})
    return choosers


def _words() -> dict[str, str]:
    """What task.js says; the numbers are put in by it."""
    return {
        "saved": _("Saved"),
        "waiting": _("{n} not yet saved"),
        "offline": _("Offline, {n} not yet saved"),
        "offlineNone": _("Offline"),
        "login": _("You are logged out. Log in again in another tab; your answers are kept here."),
        "failed": _("The server has a problem. Your answers are kept here and sent again."),
        "refused": _("An answer was not accepted: {why}"),
        "notUndone": _("Not undone: {why}"),
        "nothingToUndo": _("Nothing to undo here. Older answers are in your history."),
        "undone": _("Undone"),
        "progress": _("{judged} answered, {left} left"),
        "goal": _("{today} of {goal} today"),
        "goalReached": _("{n} answers today: that was your goal. Go on or stop, as you like."),
        "newGuideline": _("The guideline has changed. Reload the page to read it."),
    }
