"""Forms about people."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from people.models import MOST_A_DAY, Hand, Role, User
from people.models.webhook import SUBSCRIBABLE

READS = [("en", _("English")), ("zh", _("Chinese"))]


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("This name and password do not belong together. Both are case-sensitive."),
        "inactive": _("This account was closed. Ask an admin."),
    }


class ReadsField(forms.MultipleChoiceField):
    def __init__(self, **kwargs):
        super().__init__(
            choices=READS,
            widget=forms.CheckboxSelectMultiple,
            label=_("Languages you read well"),
            help_text=_("You are only asked about text in these languages."),
            **kwargs,
        )


class SignUpForm(BaseUserCreationForm):
    reads = ReadsField(initial=["en", "zh"])

    class Meta:
        model = User
        fields = ["username"]


class OwnPasswordForm(PasswordChangeForm):
    """One of several forms on the account page, so it does not take the focus."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget.attrs.pop("autofocus", None)


class InvitationForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ANNOTATOR)
    note = forms.CharField(
        label=_("For whom"),
        max_length=200,
        required=False,
        help_text=_("A name or a team, so that you can tell links apart."),
    )
    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=90, initial=14)


class PersonForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    is_active = forms.BooleanField(label=_("May log in"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What the token is for"), max_length=100)


class AccountForm(forms.Form):
    reads = ReadsField()


WRONG_GOAL = _("A goal is a whole number from 1 to 5000. Leave the field empty for none.")


class WorkForm(forms.Form):
    keys = forms.ChoiceField(
        label=_("Keys on the task page"),
        choices=Hand.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("All keys within reach of one hand, or spread over both. The page shows them."),
    )
    daily_goal = forms.IntegerField(
        label=_("Goal for the day"),
        min_value=1,
        max_value=MOST_A_DAY,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WRONG_GOAL),
        help_text=_("How many answers you want to give in a day. Leave it empty for none; only you see it."),
    )


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("name"), max_length=100)
    url = forms.CharField(
        label=_("address"),
        max_length=500,
        help_text=_("A public http or https address that takes POST requests."),
    )
    events = forms.MultipleChoiceField(
        label=_("tell it when"), choices=SUBSCRIBABLE, widget=forms.CheckboxSelectMultiple
    )
