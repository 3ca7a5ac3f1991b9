"""Forms of the graph's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from graph.models import Concept, ConceptClass, Level, Relation, Status
from graph.ontology import LARGEST

ANY = ("", _("any"))
LANGUAGES = [ANY, ("en", _("English")), ("zh", _("Chinese"))]
# How likely a yes is, given the answers: the posterior of the verdict.
LEAST = [ANY, *((f"{percent / 100:g}", f"{percent} %") for percent in (50, 60, 70, 80, 90, 95, 99))]
BIGGEST_ID = 2**63 - 1


class IdsField(forms.Field):
    """Numbers of rows, sent as one value each."""

    widget = forms.MultipleHiddenInput

    def clean(self, value):
        try:
            ids = {int(part) for part in value or ()}
        except ValueError:
            raise forms.ValidationError(_("These are not numbers of rows.")) from None
        if any(not 0 < pk <= BIGGEST_ID for pk in ids):
            raise forms.ValidationError(_("These are not numbers of rows."))
        return sorted(ids)


class OntologyChoice(forms.ModelChoiceField):
    """A class or relation by name, with "any" for none."""

    def __init__(self, queryset, **options):
        super().__init__(queryset, to_field_name="name", required=False, empty_label=ANY[1], **options)

    def label_from_instance(self, obj):
        return obj.label


class QueueForm(forms.Form):
    """What the queue shows; every field may be left empty."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    relation = OntologyChoice(Relation.objects.all(), label=_("Relation"))
    concept_class = OntologyChoice(ConceptClass.objects.all(), label=_("Class"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Concept.objects.with_proposals("Category"),
        required=False,
        empty_label=ANY[1],
    )
    least = forms.TypedChoiceField(
        label=_("At least this sure"), choices=LEAST, coerce=float, empty_value=None, required=False
    )
    simulated = forms.ChoiceField(
        label=_("Simulated"),
        choices=[ANY, ("no", _("real answers only")), ("only", _("simulated only"))],
        required=False,
    )

    def __init__(self, *args, shows: str = "triples", **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("concept_class",) if shows == "triples" else ("relation", "category"):
            del self.fields[name]
        for field in self.fields.values():
            field.widget.attrs["data-submit"] = ""


class DecisionForm(forms.Form):
    """A curator's decision on rows that they saw as `expected`."""

    status = forms.ChoiceField(choices=[(Status.APPROVED, ""), (Status.REJECTED, "")])
    triple = IdsField(required=False)
    concept = IdsField(required=False)
    expected = forms.ChoiceField(choices=[("", ""), *Status.choices], required=False)
    preset = forms.CharField(max_length=500, required=False)
    reason = forms.CharField(max_length=2000, required=False)

    def clean(self):
        cleaned = super().clean() or {}
        if not cleaned.get("triple") and not cleaned.get("concept") and not self.errors:
            raise forms.ValidationError(_("Nothing is selected."))
        # A sentence of one's own goes before the one that was picked.
        cleaned["reason"] = cleaned.get("reason") or cleaned.get("preset") or ""
        return cleaned


class UndoForm(forms.Form):
    batch = forms.UUIDField()


class CutForm(forms.Form):
    levels = forms.MultipleChoiceField(
        label=_("Levels"),
        choices=Level.choices,
        initial=[Level.SCHEMA, Level.INSTANCE],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A level that is not chosen stays as it is in the last release."),
        error_messages={"required": _("Choose at least one level.")},
    )
    note = forms.CharField(
        label=_("What changed"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or two sentences for those who use the release."),
    )


class LabelForm(forms.Form):
    text = forms.CharField(label=_("Word"), max_length=500)
    language = forms.RegexField(
        label=_("Language"), regex=r"^[a-z]{2,3}(-[a-zA-Z0-9]+)*$", max_length=8, initial="en"
    )
    is_preferred = forms.BooleanField(label=_("Preferred label in this language"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class OntologyForm(forms.Form):
    file = forms.FileField(
        label=_("YAML file"), help_text=_("It is checked first; nothing changes if a line is wrong.")
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than an ontology can be (1 MB)."))
        return file


class ConceptFilterForm(forms.Form):
    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    concept_class = OntologyChoice(ConceptClass.objects.all(), label=_("Class"))
    status = forms.ChoiceField(label=_("Status"), choices=[ANY, *Status.choices], required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["data-submit"] = ""


class ChangeFilterForm(forms.Form):
    by = forms.CharField(label=_("Person"), max_length=150, required=False)
    entity = forms.ChoiceField(
        label=_("What"),
        choices=[
            ANY,
            *(
                (name, _(name))
                for name in ("triple", "concept", "release", "ontology", "run", "campaign", "user")
            ),
        ],
        required=False,
    )
    action = forms.CharField(label=_("Action"), max_length=40, required=False)
