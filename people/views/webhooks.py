"""For admins: who is told of what happens, and what came of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.access import requires
from people.actions import webhooks as actions
from people.forms import WebhookForm
from people.models import Delivery, Webhook

SHOWN = 100


@requires("admin")
@never_cache
def webhooks(request):
    """The secret of a new webhook is shown on the answer to its POST only."""
    form, secret = WebhookForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            _webhook, secret = actions.create_webhook(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            form = WebhookForm()
    rows = Webhook.objects.order_by("-is_active", "name", "pk")
    return render(request, "people/webhooks.html", {"form": form, "secret": secret, "webhooks": rows})


@requires("admin")
@never_cache
def webhook(request, webhook_id):
    found = get_object_or_404(Webhook, pk=webhook_id)
    written = {"name": found.name, "url": found.url, "events": found.events}
    form = WebhookForm(request.POST or None, initial=written)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_webhook(webhook=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:webhook", found.pk)
    return _show(request, found, form=form)


@requires("admin")
@require_POST
@never_cache
def act(request, webhook_id, verb):
    found = get_object_or_404(Webhook, pk=webhook_id)
    if verb == "rotate":
        found, secret = actions.rotate_secret(webhook=found, by=request.user)
        return _show(request, found, secret=secret)
    if verb == "test":
        actions.send_test(webhook=found)
        messages.success(request, _("A test is on its way; reload in a few seconds to see what came of it."))
    elif verb in {"on", "off"}:
        actions.change_webhook(webhook=found, by=request.user, is_active=verb == "on")
    elif verb == "delete":
        actions.delete_webhook(webhook=found, by=request.user)
        messages.success(request, _("The webhook was deleted."))
        return redirect("people:webhooks")
    else:
        raise Http404
    return redirect("people:webhook", found.pk)


@requires("admin")
@require_POST
def resend(request, delivery_id):
    delivery = actions.send_again(delivery=get_object_or_404(Delivery, pk=delivery_id))
    messages.success(request, _("It is sent again within a few seconds."))
    return redirect("people:webhook", delivery.webhook_id)


def _show(request, found, *, form=None, secret=None):
    form = form or WebhookForm(initial={"name": found.name, "url": found.url, "events": found.events})
    deliveries = found.deliveries.select_related("event").order_by("-pk")
    return render(
        request,
        "people/webhook.html",
        {
            "webhook": found,
            "form": form,
            "secret": secret,
            "deliveries": deliveries[:SHOWN],
            "has_more": deliveries.count() > SHOWN,
            "shown": SHOWN,
        },
    )
