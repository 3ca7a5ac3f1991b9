"""For admins: who is here, what they may do, and whom to let in."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.access import requires
from people.actions.people import change_person, invite, revoke_invitation
from people.errors import UserError
from people.forms import InvitationForm, PersonForm
from people.models import Invitation, User

SHOWN = 200


@requires("admin")
@never_cache
def people(request):
    """The link of a new invitation is shown on the answer to its POST only."""
    form = InvitationForm(request.POST or None)
    link = None
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        _invitation, secret = invite(
            role=wanted["role"],
            note=wanted["note"],
            by=request.user,
            valid_for=timedelta(days=wanted["days"]),
        )
        link = request.build_absolute_uri(reverse("people:sign-up", args=[secret]))
        form = InvitationForm()
    search = request.GET.get("q", "").strip()
    users = User.objects.order_by("is_simulated", "-is_active", "username")
    if search:
        users = users.filter(username__icontains=search)
    invitations = Invitation.objects.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return render(
        request,
        "people/people.html",
        {
            "form": form,
            "link": link,
            "users": users[:SHOWN],
            "users_total": users.count(),
            "shown": SHOWN,
            "search": search,
            "invitations": invitations.select_related("created_by").order_by("-pk"),
        },
    )


@requires("admin")
def person(request, user_id):
    user = get_object_or_404(User, pk=user_id)
    form = PersonForm(request.POST or None, initial={"role": user.role, "is_active": user.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            change_person(user=user, by=request.user, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("people:people")
    return render(request, "people/person.html", {"person": user, "form": form})


@requires("admin")
@require_POST
def revoke(request, invitation_id):
    revoke_invitation(invitation=get_object_or_404(Invitation, pk=invitation_id), by=request.user)
    messages.success(request, _("The invitation was revoked."))
    return redirect("people:people")
