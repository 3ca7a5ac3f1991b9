"""Which candidates a campaign asks about: picked from lists where the kind can tell what there is."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotation import kinds
from annotation.kinds import Offer


class SourceField(forms.CharField):
    """What the kind's source of candidates reads, as JSON."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"}),
            **kwargs,
        )

    def prepare_value(self, value):
        return value if isinstance(value, str) else json.dumps(value or {}, ensure_ascii=False)

    def clean(self, value):
        text = super().clean(value)
        try:
            source = json.loads(text or "{}")
        except json.JSONDecodeError as error:
            raise ValidationError(_("This is not JSON: %(why)s"), params={"why": str(error)}) from None
        if not isinstance(source, dict):
            raise ValidationError(_("This must be a JSON object, such as {}."))
        return source


class SourceForm(forms.Form):
    categories = forms.CharField(
        label=_("Categories"),
        required=False,
        help_text=_("Ids of the catalogue, parted by commas. Empty takes all of them."),
    )
    run = forms.IntegerField(
        label=_("Found or imported by"), required=False, min_value=1, help_text=_("The number of a run.")
    )
    limit = forms.IntegerField(
        label=_("At most this many candidates"),
        required=False,
        min_value=1,
        help_text=_("The best-scored ones are asked about. Empty takes all of them."),
    )
    min_score = forms.FloatField(
        label=_("Score at least"), required=False, help_text=_("As the miner or the import scored them.")
    )
    source = SourceField(
        label=_("Advanced: more options, as JSON"),
        help_text=_("What the fields above say goes before what is written here."),
    )

    def __init__(self, *args, asks: tuple[str, str] | None = None, **kwargs):
        """`asks`: kind and question, of which the lists are made; without them ids are typed."""
        super().__init__(*args, **kwargs)
        offer = kinds.get(asks[0]).offer if asks else None
        if asks and offer:
            self._pick_from(offer(asks[1]))

    def _pick_from(self, offered: Offer) -> None:
        self.fields["categories"] = forms.MultipleChoiceField(
            label=_("Categories"),
            required=False,
            choices=[(str(category), words) for category, words in offered.categories],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("In brackets how many candidates there are. None ticked takes all of them."),
        )
        self.fields["run"] = forms.TypedChoiceField(
            label=_("Found or imported by"),
            required=False,
            choices=[("", _("any run")), *((str(run), words) for run, words in offered.runs)],
            coerce=int,
            empty_value=None,
        )
        if offered.scores:
            low, high = offered.scores
            self.fields["min_score"].widget.attrs |= {"step": "any"}
            self.fields["min_score"].help_text = _(
                "As the miner or the import scored them: they go from %(low)s to %(high)s. Empty takes all."
            ) % {"low": f"{low:.2f}", "high": f"{high:.2f}"}

    @classmethod
    def of(cls, campaign, told=None) -> "SourceForm":
        """For a campaign that is there, beginning with what it reads now."""
        form = cls(told, asks=(campaign.kind, campaign.question))
        form.initial = form._written(campaign.source)
        return form

    def _written(self, source: dict[str, Any]) -> dict[str, Any]:
        """Each option in its field; what has none, or is not among what can be picked, stays as JSON."""
        rest, fields = dict(source), {}
        for name in ("limit", "min_score", "run", "categories"):
            if name in rest and self._can_hold(name, rest[name]):
                fields[name] = rest.pop(name)
        if isinstance(self.fields["categories"].widget, forms.TextInput) and "categories" in fields:
            fields["categories"] = ", ".join(map(str, fields["categories"]))
        return fields | {"source": rest}

    def _can_hold(self, name: str, value: Any) -> bool:
        choices = getattr(self.fields[name], "choices", None)
        values = value if isinstance(value, list) else [value]
        return choices is None or {str(one) for one in values} <= {str(choice) for choice, _words in choices}

    def wanted(self) -> dict[str, Any]:
        """What the kind's source of candidates reads."""
        told = self.cleaned_data
        own = {name: told[name] for name in ("limit", "min_score", "run")}
        own["categories"] = _categories(told["categories"])
        return told["source"] | {name: value for name, value in own.items() if value}


def _categories(told: str | list[str]) -> list[str] | list[int]:
    """Picked ones are ids of concepts; typed ones may be ids of the catalogue too."""
    if isinstance(told, str):
        return [one.strip() for one in told.replace("，", ",").split(",") if one.strip()]
    return [int(one) for one in told]
