"""Forms about quality: known answers, appeals, tests, and rules that pause somebody."""

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.actions.quality import CHANGEABLE
from annotation.actions.reasking import Affected
from annotation.forms import ShareField
from annotation.models import FromVerdicts, GoldUse, QualityPolicy, RetiredFor
from annotation.models.answer import CLASS_CHOICES

SHARES = ("gold_sure", "test_pass", "pause_below", "pause_fast", "pause_one_key")


class GoldActForm(forms.Form):
    do = forms.ChoiceField(
        choices=[("accept", ""), ("refuse", ""), (RetiredFor.BY_HAND, ""), (RetiredFor.WRONG, "")]
    )
    why = forms.CharField(max_length=500, required=False)
    use = forms.ChoiceField(choices=GoldUse.choices, required=False)

    def clean_use(self):
        return self.cleaned_data["use"] or GoldUse.MEASURE


class AppealForm(forms.Form):
    words = forms.CharField(max_length=2000)


class PracticeForm(forms.Form):
    task = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    answer = forms.ChoiceField(choices=CLASS_CHOICES)
    took_ms = forms.IntegerField(min_value=0, max_value=86_400_000, required=False)


class ReaskForm(forms.Form):
    """Which tasks a changed guideline affects; what is left empty narrows nothing down."""

    answers = forms.MultipleChoiceField(
        label=_("Whose verdict is"),
        choices=CLASS_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: whatever the verdict is, also without one."),
    )
    only_disputed = forms.BooleanField(label=_("Only disputed ones"), required=False)
    less_sure_than = ShareField(
        label=_("Only verdicts less sure than (%)"), required=False, help_text=_("Empty: however sure.")
    )
    words = forms.CharField(
        label=_("Only candidates with one of these words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        help_text=_(
            "One per line, found as whole words. It starts with the examples that changed in this version."
        ),
    )
    why = forms.CharField(label=_("Why"), required=False, max_length=500)

    def __init__(self, *args, categories, **more):
        super().__init__(*args, **more)
        self.fields["categories"] = forms.MultipleChoiceField(
            label=_("Only these categories"),
            choices=categories,
            required=False,
            help_text=_("None chosen: all of them."),
        )
        self.order_fields(["answers", "only_disputed", "less_sure_than", "categories", "words", "why"])

    def affected(self) -> Affected:
        told = self.cleaned_data
        return Affected(
            answers=told["answers"],
            categories=told["categories"],
            only_disputed=told["only_disputed"],
            less_sure_than=told["less_sure_than"],
            words=[line.strip() for line in told["words"].splitlines() if line.strip()],
        )


class PersonForm(forms.Form):
    do = forms.ChoiceField(
        choices=[(verb, verb) for verb in ("pause", "resume", "remove", "let_in", "grant")]
    )
    why = forms.CharField(max_length=2000)


class AppealDecisionForm(forms.Form):
    decision = forms.ChoiceField(choices=[("uphold", ""), ("overturn", ""), ("forget", "")])
    answer = forms.ChoiceField(choices=CLASS_CHOICES, required=False)
    reply = forms.CharField(
        max_length=2000, error_messages={"required": _("Write a reply: the annotator reads it.")}
    )


class QualityForm(forms.Form):
    gold_from_verdicts = forms.ChoiceField(
        label=_("Known answers from confident verdicts"),
        choices=FromVerdicts.choices,
        help_text=_("Drawn by lot from verdicts whose judges were all of one mind, half of them yes."),
    )
    gold_sure = ShareField(
        label=_("Only verdicts surer than (%)"),
        help_text=_("Where the majority decides, the number of judges of one mind counts alone."),
    )
    gold_judges = forms.IntegerField(label=_("By at least this many judges"), min_value=2, max_value=15)
    gold_wanted = forms.IntegerField(label=_("Until this many are in use"), min_value=0, max_value=10_000)
    gold_days = forms.IntegerField(
        label=_("Retired after days"), min_value=0, max_value=10_000, help_text=_("0 keeps them for ever.")
    )
    gold_shown = forms.IntegerField(
        label=_("Retired when shown to this many people"),
        min_value=0,
        max_value=30_000,
        help_text=_("0 sets no limit."),
    )
    test_size = forms.IntegerField(
        label=_("Questions in the qualification test"),
        min_value=0,
        max_value=100,
        help_text=_("0 is no test. Nobody is given a task before they have passed it."),
    )
    test_pass = ShareField(label=_("Passed with right answers of at least (%)"))
    test_attempts = forms.IntegerField(label=_("Attempts"), min_value=1, max_value=20)
    pause_below = ShareField(
        label=_("Pause when surely right less often than (%)"),
        required=False,
        help_text=_(
            "On known answers: when even the upper end of the interval is below. Empty: no such rule."
        ),
    )
    pause_fast = ShareField(
        label=_("Pause when more of the answers are implausibly quick (%)"), required=False
    )
    pause_one_key = ShareField(
        label=_("Pause when more of the answers are one and the same (%)"),
        required=False,
        help_text=_("Only where the tasks they were given make that implausible."),
    )
    pause_copying = forms.BooleanField(
        label=_("Pause who seems to copy from others"),
        required=False,
        help_text=_(
            "Everybody who was paused waits for a person to decide. With fewer than 20 people the report "
            "only names who seems to copy, for it may be wrong."
        ),
    )

    @property
    def groups(self):
        """Fields under their headings, for the page."""
        titles = {
            "gold_": _("Known answers"),
            "test_": _("Qualification test"),
            "pause_": _("Rules that pause somebody"),
        }
        return [
            (title, [self[name] for name in self.fields if name.startswith(prefix)])
            for prefix, title in titles.items()
        ]

    @staticmethod
    def written(policy: QualityPolicy) -> dict:
        """What the form starts with; shares in percent."""
        values = {name: getattr(policy, name) for name in CHANGEABLE}
        return values | {name: None if values[name] is None else round(100 * values[name]) for name in SHARES}
