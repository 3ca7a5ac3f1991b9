"""The form that trains an encoder."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from mining.encoders.parameters import SIZES, TrainingParameters
from mining.forms import FocusingForm
from mining.models import Corpus

NUMBERS: dict[str, tuple[Any, Any]] = {
    "epochs": (_("Passes over the corpus"), _("How often each sentence is seen.")),
    "vocabulary": (
        _("Most tokens"),
        _("Chinese characters and pieces of other words that the encoder knows."),
    ),
    "max_tokens": (_("Longest piece of text"), _("In tokens; longer sentences are cut in pieces.")),
    "batch_tokens": (_("Tokens a batch"), _("Less where memory is short.")),
    "accumulate": (_("Batches a step"), _("More of them act like a larger batch.")),
    "learning_rate": (_("Learning rate"), _("Lower where the loss jumps about.")),
    "mask_share": (_("Share of hidden tokens"), _("0.15 in the papers.")),
    "held_out": (_("Sentences to measure with"), _("Never learnt from; a hundredth of all at most.")),
    "seed": (_("Seed"), _("The same seed on the same corpus gives the same encoder.")),
}
SIZE_WORDS = {
    "tiny": _("tiny: 2 layers, 128 wide; minutes on a CPU"),
    "mini": _("mini: 4 layers, 256 wide; an hour on a CPU"),
    "small": _("small: 4 layers, 512 wide; for a graphics card"),
    "medium": _("medium: 8 layers, 512 wide; for a graphics card"),
    "base": _("base: 12 layers, 768 wide; for a graphics card and a large corpus"),
}


class EncoderForm(FocusingForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        initial="shop",
        help_text=_("What mining runs call it. The same name again makes its next version."),
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9_][A-Za-z0-9_.-]*\Z", _("Letters, digits, “.”, “-” and “_” are allowed.")
            )
        ],
    )
    corpora = forms.ModelMultipleChoiceField(
        label=_("Corpora"),
        queryset=Corpus.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("Chinese and English")), ("zh", _("Chinese")), ("en", _("English"))],
        required=False,
    )
    size = forms.ChoiceField(
        label=_("Size"), choices=[(size, SIZE_WORDS[size]) for size in SIZES], initial=TrainingParameters.size
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in NUMBERS.items():
            default = getattr(TrainingParameters, name)
            kind = forms.FloatField if isinstance(default, float) else forms.IntegerField
            self.fields[name] = kind(label=label, initial=default, help_text=help_text)

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[name] for name in NUMBERS]

    def parameters(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        return {**told, "corpora": [corpus.pk for corpus in told["corpora"]]}
