"""Logging in, signing up by invitation, and one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people.access import PUBLIC, requires
from people.actions.people import InvitationClosed, accept_invitation, find_invitation
from people.actions.tokens import issue_token, revoke_token
from people.api.errors import refusal
from people.forms import AccountForm, LoginForm, OwnPasswordForm, SignUpForm, TokenForm, WorkForm
from people.middleware import is_api
from people.refused import keep_refused

CHOSEN_LANGUAGE = "chosen_language"  # in the session of somebody who has not logged in yet


@requires(PUBLIC)
class Login(LoginView):
    template_name = "people/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        """A language chosen on the way in is the person's choice: the pages go on in it."""
        chosen = self.request.session.pop(CHOSEN_LANGUAGE, "")
        response = super().form_valid(form)
        if chosen:
            form.get_user().page_language = chosen
            form.get_user().save(update_fields=["page_language"])
        return response


@requires(PUBLIC)
class Logout(LogoutView):
    pass


def locked_out(request, *args, **kwargs):
    """What axes shows after too many wrong passwords."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    if is_api(request):
        words = "Too many wrong passwords. The login is locked for a while."
        return refusal(429, words, **{"Retry-After": str(60 * minutes)})
    return render(request, "people/locked_out.html", {"minutes": minutes}, status=429)


@requires(PUBLIC)
@never_cache
@sensitive_post_parameters()
def sign_up(request, secret):
    try:
        invitation = find_invitation(secret)
    except InvitationClosed as error:
        return render(request, "people/invitation_closed.html", {"error": error}, status=410)
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(
                secret=secret,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password1"],
                reads=form.cleaned_data["reads"],
                page_language=translation.get_language() or "",
            )
        except InvitationClosed as error:
            return render(request, "people/invitation_closed.html", {"error": error}, status=410)
        login(request, user, backend="people.sessions.Backend")
        return redirect("home")
    return render(request, "people/sign_up.html", {"form": form, "invitation": invitation})


@requires("annotator")
@never_cache
def account(request):
    """Own languages, password and tokens; a new token's secret is shown on the answer to its POST only."""
    asked = request.POST.get("form")
    forms: dict[str, Any] = {
        "reads": AccountForm(
            request.POST if asked == "reads" else None, initial={"reads": request.user.reads}
        ),
        "work": WorkForm(
            request.POST if asked == "work" else None,
            initial={"keys": request.user.keys, "daily_goal": request.user.daily_goal},
        ),
        "password": OwnPasswordForm(request.user, request.POST if asked == "password" else None),
        "token": TokenForm(request.POST if asked == "token" else None),
    }
    secret = None
    if asked in forms and forms[asked].is_valid():
        form = forms[asked]
        if asked == "token":
            _token, secret = issue_token(user=request.user, name=form.cleaned_data["name"])
            forms["token"] = TokenForm()
        else:
            if asked == "reads":
                request.user.reads = form.cleaned_data["reads"]
                request.user.save(update_fields=["reads"])
                messages.success(request, _("Saved."))
            elif asked == "work":
                _prefer(request, form)
                messages.success(request, _("Saved."))
            else:
                update_session_auth_hash(request, form.save())
                messages.success(request, _("The password was changed."))
            return redirect("people:account")
    tokens = request.user.tokens.filter(revoked_at=None).order_by("-pk")
    return render(request, "people/account.html", {"forms": forms, "tokens": tokens, "secret": secret})


@requires("annotator")
@require_POST
def preferences(request):
    """How somebody likes to work, told from another page: only what is in the request changes."""
    form = WorkForm(request.POST)
    if form.is_valid():
        _prefer(request, form)
    elif "next" in request.POST:
        keep_refused(request, form)
    else:
        return JsonResponse(form.errors, status=400)
    return redirect(_after(request)) if "next" in request.POST else HttpResponse(status=204)


def _prefer(request, form):
    chosen = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
    # Without a word about the hand it stays as it is; without a goal there is none.
    chosen = {name: value for name, value in chosen.items() if name != "keys" or value}
    for name, value in chosen.items():
        setattr(request.user, name, value)
    request.user.save(update_fields=list(chosen))


def _after(request):
    after = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    return after


@requires("annotator")
@require_POST
def revoke_own_token(request, token_id):
    revoke_token(token=get_object_or_404(request.user.tokens, pk=token_id), by=request.user)
    messages.success(request, _("The token was revoked."))
    return redirect("people:account")


@requires(PUBLIC)
@require_POST
def page_language(request):
    """Pages in another language: kept on the account, before login on the one that is logged in to.

    The browser remembers it too, for the login page.
    """
    chosen = request.POST.get("language", "")
    response = redirect(_after(request))
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 86_400,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
        if request.user.is_authenticated:
            request.user.page_language = chosen
            request.user.save(update_fields=["page_language"])
        else:
            request.session[CHOSEN_LANGUAGE] = chosen
    return response
