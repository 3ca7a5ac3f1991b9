"""The qualification test and training of a campaign, one question at a time by key."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from annotation import gate
from annotation.actions.appealing import appeal_training
from annotation.actions.practising import NotToPractise, answer_attempt, next_task, start_attempt
from annotation.forms_quality import AppealForm, PracticeForm
from annotation.keys import answers_of, key_maps
from annotation.models import Answer, Appeal, Attempt, AttemptAnswer, Campaign, Mode
from annotation.text import question_of
from people.access import requires
from people.errors import UserError


@requires("annotator")
@never_cache
def practice(request, campaign_id, mode):
    """GET shows where the person is; POST begins, or answers the question that is shown."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user).running(), pk=campaign_id)
    mine = Attempt.objects.filter(campaign=campaign, annotator=request.user, mode=mode)
    attempt = mine.open().first()
    if request.method != "POST":
        last = None if attempt else mine.order_by("-number").first()
        return _show(request, campaign, mode, attempt, last=last)
    if "words" in request.POST:
        return _appeal(request, campaign, mode, mine)
    if attempt is None and request.POST.get("begin"):
        try:
            start_attempt(campaign=campaign, annotator=request.user, mode=mode)
        except UserError as error:
            messages.error(request, str(error))
        return redirect("annotation:practice", campaign.pk, mode)
    return _answer(request, campaign, mode, attempt)


def _answer(request, campaign, mode, attempt):
    form = PracticeForm(request.POST)
    if attempt is None or not form.is_valid():
        return redirect("annotation:practice", campaign.pk, mode)
    told = form.cleaned_data
    task = campaign.tasks.filter(pk=told["task"]).first()
    try:
        if task is None:
            raise NotToPractise(_("This campaign has no such task."))
        took = timedelta(milliseconds=told["took_ms"] or 0)
        given = answer_attempt(attempt=attempt, task=task, answer=told["answer"], took=took)
    except UserError as error:
        messages.error(request, str(error))
        return redirect("annotation:practice", campaign.pk, mode)
    attempt.refresh_from_db()
    if mode == Mode.TRAINING:
        return _show(request, campaign, mode, attempt, given=given)
    if attempt.finished_at:
        return _show(request, campaign, mode, None, last=attempt)
    return _show(request, campaign, mode, attempt)


def _show(request, campaign, mode, attempt, *, last=None, given=None):
    task = given.task if given else (next_task(attempt) if attempt else None)
    keys = key_maps(campaign)[request.user.keys]
    context = {
        "campaign": campaign,
        "mode": mode,
        "is_test": mode == Mode.TEST,
        "gate": gate.gate_of(campaign, request.user),
        "attempt": attempt,
        "last": last,
        "given": given,
        "guideline": (attempt or last).guideline if attempt or last else campaign.guideline,
        "answers": [
            {"answer": answer, "key": keys[str(answer)]}
            for answer in answers_of(campaign)
            if answer != Answer.SKIP
        ],
        "here": reverse("annotation:practice", args=[campaign.pk, mode]),
    }
    if attempt:
        context["done"] = attempt.answers.count()
    if task:
        context |= {
            "task": task,
            "asks": question_of(task),
            "content": task.content,
            "template": task.kind.template,
        }
    if given:
        context["appeal"] = Appeal.objects.filter(task=task, annotator=request.user, told=given.known).first()
    name = "annotation/_practice.html" if request.htmx else "annotation/practice.html"
    return render(request, name, context)


def _appeal(request, campaign, mode, mine):
    """Against the explanation of a training question."""
    answer = AttemptAnswer.objects.filter(attempt__in=mine, pk=_number(request.POST.get("answer"))).first()
    form = AppealForm(request.POST)
    if answer is None or not form.is_valid():
        messages.error(request, _("Say in a few words why you see it otherwise."))
        return redirect("annotation:practice", campaign.pk, mode)
    try:
        appeal_training(answer=answer, annotator=request.user, words=form.cleaned_data["words"])
    except UserError as error:
        messages.error(request, str(error))
        return redirect("annotation:practice", campaign.pk, mode)
    return _show(request, campaign, mode, answer.attempt, given=answer)


def _number(text) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
