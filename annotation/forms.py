"""Forms about campaigns."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotation import kinds
from annotation.actions.campaigns import Policy
from annotation.forms_examples import LANGUAGES, ExamplesField
from annotation.models import Answer, BadReason, Campaign, Consensus, GoldUse, Priority

DEFAULTS = Policy()
# Fields of the form that are fields of the policy.
AS_THEY_ARE = (
    "evaluation_share",
    "random_share",
    "gold_share",
    "consensus",
    "stop_at",
    "trusted_alone",
    "trust_at",
    "dispute_below",
    "model_votes",
    "priority",
    "breadth_first",
    "asks_typicality",
    "retrain_every",
)


class ShareField(forms.IntegerField):
    """A share, shown in percent."""

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=100, **kwargs)

    def clean(self, value):
        percent = super().clean(value)
        return None if percent is None else percent / 100


class PolicyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        initial=["en", "zh"],
        help_text=_("Candidates in these languages are asked, each only of people who read it."),
    )
    evaluation_share = ShareField(
        label=_("Evaluation sample (%)"),
        initial=round(100 * DEFAULTS.evaluation_share),
        help_text=_("Tasks drawn at random that only measure the model; it never chooses among them."),
    )
    random_share = ShareField(
        label=_("Random share (%)"),
        initial=round(100 * DEFAULTS.random_share),
        help_text=_(
            "Of what the model chooses, this much is chosen by chance, so that it sees what it ignores."
        ),
    )
    gold_share = ShareField(
        label=_("Known answers (%)"),
        initial=round(100 * DEFAULTS.gold_share),
        help_text=_("Tasks with a known answer, mixed in unseen. Mark tasks as known in the list of tasks."),
    )
    lease_minutes = forms.IntegerField(
        label=_("A task is held for (minutes)"),
        min_value=1,
        max_value=24 * 60,
        initial=round(DEFAULTS.lease_for.total_seconds() / 60),
        help_text=_("Without an answer it then goes to somebody else."),
    )
    retrain_every = forms.IntegerField(
        label=_("Train again after this many verdicts"),
        min_value=0,
        max_value=1_000_000,
        initial=DEFAULTS.retrain_every,
        help_text=_("0 trains on demand only."),
    )
    consensus = forms.ChoiceField(
        label=_("How answers become a verdict"),
        choices=Consensus.choices,
        initial=DEFAULTS.consensus,
        help_text=_("Dawid-Skene learns who is reliable and weighs answers by it; majority counts heads."),
    )
    stop_at = ShareField(
        label=_("Stop asking when this sure (%)"),
        required=False,
        help_text=_("Asks one more person at a time until then. Empty always asks everybody."),
    )
    trusted_alone = forms.BooleanField(
        label=_("One answer is enough from proven annotators"),
        required=False,
        help_text=_("Proven: at least 20 answers, and the lower end of their reliability is above the next."),
    )
    trust_at = ShareField(label=_("Reliability that proves it (%)"), initial=round(100 * DEFAULTS.trust_at))
    dispute_below = ShareField(
        label=_("A curator decides when less sure than (%)"), initial=round(100 * DEFAULTS.dispute_below)
    )
    model_votes = forms.BooleanField(
        label=_("The model has a vote"),
        required=False,
        help_text=_("Its score joins as one more annotator, but never in the evaluation sample."),
    )
    priority = forms.ChoiceField(label=_("Asked first"), choices=Priority.choices, initial=DEFAULTS.priority)
    asks_typicality = forms.BooleanField(
        label=_("After a yes, ask whether it is typical"),
        required=False,
        help_text=_("A second key: typical, or merely plausible."),
    )
    breadth_first = forms.BooleanField(label=_("Everything once before anything twice"), required=False)
    price_per_answer = forms.DecimalField(
        label=_("Price per answer"),
        min_value=0,
        max_digits=9,
        decimal_places=4,
        required=False,
        help_text=_("What one answer costs you, for the estimate and the dashboard. Empty if nothing."),
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}\Z",
        label=_("Currency"),
        initial=DEFAULTS.currency,
        required=False,
        help_text=_("Three letters, such as EUR or CNY."),
        error_messages={"invalid": _("Three capital letters, such as EUR or CNY.")},
    )

    def policy(self) -> dict:
        """What the form says of the policy; a step of the wizard says a part of it."""
        told = self.cleaned_data
        wanted = {name: told[name] for name in AS_THEY_ARE if name in told}
        if "lease_minutes" in told:
            wanted["lease_for"] = timedelta(minutes=told["lease_minutes"])
        if "currency" in told:
            wanted["price_per_answer"] = told["price_per_answer"] or Decimal(0)
            wanted["currency"] = told["currency"] or DEFAULTS.currency
        return wanted


def _questions() -> list[tuple[str, str]]:
    return [
        (f"{kind.name}/{question.name}", f"{kind.title}: {question.title}")
        for kind in kinds.all_kinds()
        for question in kind.questions.values()
    ]


class NewCampaignForm(PolicyForm):
    # A function: kinds are handed in after this module is read.
    asks = forms.ChoiceField(label=_("Question"), choices=_questions)
    overlap = forms.IntegerField(
        label=_("Answers per task"),
        min_value=1,
        max_value=15,
        initial=DEFAULTS.overlap,
        help_text=_("How many people judge each task. It stays as it is once tasks exist."),
    )
    least_overlap = forms.IntegerField(
        label=_("Answers before it may stop"),
        min_value=1,
        max_value=15,
        initial=DEFAULTS.least_overlap,
        help_text=_("Where asking stops by itself: how many people answer first in any case."),
    )
    field_order = ["name", "asks", "languages", "overlap"]

    def clean(self):
        told = super().clean() or {}
        least, most = told.get("least_overlap"), told.get("overlap")
        if told.get("stop_at") is not None and least and most and least > most:
            self.add_error("least_overlap", _("This cannot be more than the answers per task."))
        return told

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if Campaign.objects.filter(name=name).exists():
            raise ValidationError(_("There is a campaign of this name already."))
        return name


class GuidelineForm(forms.Form):
    text_en = forms.CharField(
        label=_("Text in English"), required=False, widget=forms.Textarea(attrs={"rows": 14, "lang": "en"})
    )
    text_zh = forms.CharField(
        label=_("Text in Chinese"), required=False, widget=forms.Textarea(attrs={"rows": 14, "lang": "zh"})
    )
    examples = ExamplesField(
        label=_("Examples"),
        required=False,
        help_text=_("Shown beside the task in the language of the reader. A row left empty is dropped."),
    )
    reason = forms.CharField(label=_("What changed, and why"), required=False, max_length=500)

    def clean(self):
        told = super().clean() or {}
        text = {
            language: told.get(f"text_{language}", "").replace("\r\n", "\n") for language, _name in LANGUAGES
        }
        told["text"] = {language: words for language, words in text.items() if words.strip()}
        if not told["text"]:
            raise ValidationError(_("Write the guideline in at least one language."))
        return told

    @staticmethod
    def written(guideline) -> dict[str, Any]:
        """What the form starts with."""
        return {
            "text_en": guideline.text.get("en", ""),
            "text_zh": guideline.text.get("zh", ""),
            "examples": guideline.examples,
        }


class GoldForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("The right answer"), choices=[choice for choice in Answer.choices if choice[0] != Answer.SKIP]
    )
    reason = forms.CharField(
        label=_("Why"), max_length=500, help_text=_("Shown to annotators when their answer is explained.")
    )
    use = forms.ChoiceField(label=_("Used for"), choices=GoldUse.choices, required=False)

    def clean_use(self):
        return self.cleaned_data["use"] or GoldUse.MEASURE


class DecisionForm(forms.Form):
    """A curator's word about a dispute."""

    answer = forms.ChoiceField(choices=[choice for choice in Answer.choices if choice[0] != Answer.SKIP])
    reason = forms.ChoiceField(choices=[("", ""), *BadReason.choices], required=False)
    why = forms.CharField(label=_("Why"), max_length=2000, required=False)
    keep = forms.BooleanField(required=False)  # as a known answer

    def clean(self):
        told = super().clean() or {}
        if told.get("answer") == Answer.BAD and not told.get("reason"):
            raise ValidationError(_("Say why the candidate is bad."))
        return told
