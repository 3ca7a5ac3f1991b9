"""The form that starts an exchange with Label Studio."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.models import ExchangeAction


class ExchangeForm(forms.Form):
    action = forms.ChoiceField(choices=ExchangeAction.choices, widget=forms.HiddenInput)
    predictions = forms.BooleanField(
        label=_("with what the model thinks"),
        required=False,
        initial=True,
        help_text=_("Label Studio shows it as a suggestion, which may sway people."),
    )
    people = forms.CharField(
        label=_("who is who"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One person per line: e-mail address there = user name here. Others get accounts."),
    )
    file = forms.FileField(label=_("JSON export of Label Studio"), required=False)

    def clean_people(self) -> dict[str, str]:
        people = {}
        for line in filter(str.strip, self.cleaned_data["people"].splitlines()):
            there, equals, here = line.partition("=")
            if not (equals and there.strip() and here.strip()):
                raise forms.ValidationError(
                    _("“%(line)s” has no e-mail address = user name.") % {"line": line[:80]}
                )
            people[there.strip()] = here.strip()
        return people

    def clean(self):
        told = super().clean() or {}
        if told.get("action") == ExchangeAction.IMPORT and not told.get("file"):
            self.add_error("file", _("Choose a file."))
        return told

    def wanted(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {name: told[name] for name in ("action", "predictions", "people", "file")}
