"""The form that starts a blind judging."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from mining.actions.blind_judging import SAMPLE, SAMPLE_MOST
from mining.forms import FocusingForm
from mining.models import Run, RunKind, RunStatus
from mining.templatetags.mining_runs import method_words


class RunChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, run):
        told = run.parameters
        parts = [method_words(told.get("method"))]
        if told.get("method") == "forest":
            parts += ["SEG"] if told.get("segment") else []
            parts += [f"MLM {told.get('encoder')}"] if told.get("mlm") else []
        phrases = run.counts.get("phrases")
        return f"#{run.pk} · {' + '.join(parts)}" + (f" · {phrases:,}" if isinstance(phrases, int) else "")


class JudgingForm(FocusingForm):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Of the campaign; people see it."))
    runs = RunChoice(
        label=_("Mining runs"),
        queryset=Run.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Their samples are pooled and shuffled: nobody who judges sees where a phrase came from."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("zh", _("Chinese")), ("en", _("English"))], initial="zh"
    )
    sample = forms.IntegerField(
        label=_("Phrases of each run"),
        min_value=1,
        max_value=SAMPLE_MOST,
        initial=SAMPLE,
        help_text=_("Drawn at random; 200 give an interval of about 7 points to either side."),
    )
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, initial=1, help_text=_("The same seed draws the same phrases.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.judgeable = Run.objects.filter(kind=RunKind.MINE_PHRASES, status=RunStatus.DONE).order_by("-pk")
        cast("RunChoice", self.fields["runs"]).queryset = self.judgeable

    def arguments(self):
        told = dict(self.cleaned_data)
        return {**told, "runs": [run.pk for run in told["runs"]]}
