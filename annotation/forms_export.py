"""The form that asks a worker for an export."""

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.exports import FORMATS
from annotation.exports.tables import TITLES


class ExportForm(forms.Form):
    table = forms.ChoiceField(label=_("what"), choices=list(TITLES.items()))
    format = forms.ChoiceField(label=_("format"), choices=[(one.name, one.title) for one in FORMATS.values()])
    names = forms.BooleanField(label=_("annotators by their names, with comments"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if not user.may("admin"):
            del self.fields["names"]

    def wanted(self) -> dict:
        return {"names": False, **self.cleaned_data}
