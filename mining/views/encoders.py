"""Encoders: the versions that were trained here, one of them, and the form that trains another."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mining.actions.encoders import start_encoder_training
from mining.forms_encoders import EncoderForm
from mining.models import Encoder, Run, RunKind, RunStatus, Sentence
from mining.views.paging import by_id
from people.access import requires
from people.errors import UserError


@requires("curator")
@never_cache
@require_safe
def encoders(request):
    page = by_id(request, Encoder.objects.select_related("run"), newest_first=True)
    under_way = Run.objects.filter(
        kind=RunKind.TRAIN_ENCODER, status__in=(RunStatus.QUEUED, RunStatus.RUNNING)
    ).order_by("-pk")
    return render(request, "mining/encoders.html", {"page": page, "under_way": under_way})


@requires("curator")
@require_safe
def encoder(request, encoder_id):
    found = get_object_or_404(Encoder.objects.select_related("run"), pk=encoder_id)
    return render(
        request,
        "mining/encoder.html",
        {"encoder": found, "facts": sorted(found.parameters.items()), "newest": found.history[::-1]},
    )


@requires("admin")
def train(request):
    form = EncoderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = start_encoder_training(parameters=form.parameters(), by=request.user)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The run was started."))
            return redirect("mining:run", run.pk)
    return render(
        request, "mining/encoder_train.html", {"form": form, "has_sentences": Sentence.objects.exists()}
    )
