"""Forms of this room: uploads, column mapping, parameters of mining."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from mining.actions.imports_uploads import Preview
from mining.actions.mine import CATEGORIES, CATEGORIES_MOST, LEXICONS, METHOD, SETTABLE, SWITCHES
from mining.actions.mine_knowledge import GRAPH, PACKAGED, lexicon_names
from mining.actions.mine_pruning import DEFAULTS, PRESETS, TOP_N_MOST
from mining.corpora.documents import language_code
from mining.corpora.errors import BadRow
from mining.corpora.mapping import REQUIRED, WELL_KNOWN
from mining.models import Corpus, DocumentKind
from mining.phrases.parameters import Parameters

FIELD_WORDS: dict[str, tuple[Any, Any]] = {
    "source_id": (
        _("Id"),
        _("Names the document at its source. Without one, a document is known by its content."),
    ),
    "external_id": (_("Id"), _("Its id in the catalogue.")),
    "title": (_("Title"), ""),
    "text": (_("Text"), _("What is mined.")),
    "language": (_("Language"), _("A code such as zh or en. Without one it is detected.")),
    "category": (_("Category"), _("Id or label of a category.")),
    "item": (_("Item"), _("Id of an item that has been imported.")),
    "kind": (_("Kind"), _("item_page, article, review, chat, encyclopaedia, query or other")),
    "parent": (_("Parent"), _("Id of the category above; empty at the top.")),
    "labels": (_("Labels"), _("Columns label_en, label_zh … are found by themselves.")),
    "properties": (_("Properties"), _("Pairs of name and value, or an object.")),
    "relation": (_("Relation"), _("satisfy, need or cause")),
    "subject": (_("Subject"), _("As it stands in the sentence.")),
    "object": (_("Object"), _("As it stands in the sentence.")),
    "subject_start": (
        _("Start of the subject"),
        _("In characters from 0; without it the words are looked for."),
    ),
    "subject_end": (_("End of the subject"), _("The first character after it.")),
    "object_start": (_("Start of the object"), ""),
    "object_end": (_("End of the object"), ""),
    "subject_class": (_("Class of the subject"), _("Follows from the relation where it is missing.")),
    "object_class": (_("Class of the object"), ""),
    "image": (_("Image"), _("Name of the file within the archive.")),
    "text_class": (_("Class of the text"), _("POI, PropertyValue, Problem or Scenario")),
    "score": (_("Score"), _("What the proposer thought of it, 0 to 1.")),
}
# Where a field means something else than usual.
FIELD_WORDS_OF: dict[tuple[str, str], tuple[Any, Any]] = {
    ("relations", "source_id"): (_("Id"), _("Without one, a candidate is known by its content.")),
    ("relations", "text"): (_("Sentence"), _("What the annotator reads.")),
    ("relations", "category"): (_("Category"), _("Id or label of a category; “satisfy” needs one.")),
    ("relations", "title"): (_("Source"), _("Where the sentence stood, such as the title of the article.")),
    ("image_texts", "source_id"): (_("Id"), _("Without one, a candidate is known by its content.")),
    ("image_texts", "text"): (_("Text"), _("What the image may show, such as a point of interest.")),
    ("image_texts", "title"): (_("Title"), _("Of the item that the image belongs to.")),
}


class FocusingForm(forms.Form):
    """Puts the cursor into the first field that is wrong."""

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True
                break


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        # Emptiness is told by the reader, which knows the name of the file.
        self.allow_empty_file = True
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(FocusingForm):
    what = forms.ChoiceField(
        label=_("What is in the files"),
        choices=[
            ("documents", _("Documents")),
            ("categories", _("Categories")),
            ("items", _("Items")),
            ("relations", _("Relation sentences")),
            ("image_texts", _("Images with texts")),
        ],
        widget=forms.RadioSelect,
        initial="documents",
    )
    chosen = FilesField(
        label=_("Files"),
        help_text=_("JSONL, CSV, TSV or Parquet, plain or .gz. Several files must have the same columns."),
    )
    images = forms.FileField(
        label=_("Archive of the images"),
        required=False,
        help_text=_("ZIP or TAR, with JPEG, PNG, WebP or GIF files as the rows name them."),
        widget=forms.ClearableFileInput(attrs={"data-needed": ""}),
    )
    corpus = forms.CharField(
        label=_("Corpus (needed for documents)"),
        max_length=100,
        required=False,
        help_text=_("An existing name, or a new one."),
        widget=forms.TextInput(attrs={"list": "corpora", "autocomplete": "off", "data-needed": ""}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=DocumentKind.choices,
        initial=DocumentKind.REVIEW,
        help_text=_("Where a row does not say."),
    )
    language = forms.CharField(
        label=_("Language"),
        max_length=20,
        required=False,
        help_text=_("Where a row does not say; empty: detected."),
    )
    create_categories = forms.BooleanField(
        label=_("Make categories that are not known yet"),
        required=False,
        help_text=_("Otherwise such rows are listed as errors."),
    )

    def clean_language(self) -> str:
        try:
            return language_code(self.cleaned_data["language"])
        except BadRow as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or {}
        if wanted.get("what") == "documents" and not wanted.get("corpus"):
            self.add_error("corpus", _("Say which corpus the documents belong to."))
        if wanted.get("what") != "image_texts":
            wanted["images"] = None
        elif not wanted.get("images") and "images" not in self.errors:
            self.add_error("images", _("Choose the archive that holds the images."))
        if self.errors and wanted.get("chosen"):
            names = ", ".join(file.name for file in wanted["chosen"][:3])
            self.add_error(
                "chosen",
                _("Browsers do not keep chosen files: choose %(names)s once more. Nothing was imported yet.")
                % {"names": names},
            )
        return wanted


class MappingForm(FocusingForm):
    """One select per field of ours, with the columns of the file."""

    def __init__(self, *args: Any, what: str, preview: Preview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(column, column) for column in preview.columns]
        for name in WELL_KNOWN[what]:
            required = name in REQUIRED[what]
            label, help_text = FIELD_WORDS_OF.get((what, name)) or FIELD_WORDS[name]
            nothing = _("Choose a column") if required else _("– not in the file –")
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", nothing), *columns],
                required=required,
                help_text=help_text,
                initial=preview.guessed[name],
            )


NUMBER_WORDS: dict[str, tuple[Any, Any]] = {
    "min_count": (_("Least occurrences"), _("A phrase must occur at least so often in the corpus.")),
    "min_chars": (_("Fewest characters"), _("Of a Chinese phrase.")),
    "max_chars": (_("Most characters"), _("Of a Chinese phrase.")),
    "max_words": (_("Most words"), _("Of an English phrase.")),
    "min_pmi": (_("Least cohesion"), _("Pointwise mutual information of the weakest split, in nats.")),
    "min_entropy": (_("Least freedom"), _("Entropy of the neighbours on the poorer side, in nats.")),
    "min_boundary_share": (
        _("Least share at word boundaries"),
        _("Of the occurrences of a Chinese phrase, checked against segmentation; 0 to 1."),
    ),
    "min_score": (_("Least score"), _("0 to 1.")),
    "min_quality": (
        _("Least quality"),
        _("Share of the forest's trees that call it a phrase, 0 to 1."),
    ),
    "min_seed_count": (
        _("Least occurrences of a seed"),
        _("A word of a lexicon teaches the forest when it stands alone between punctuation so often."),
    ),
    "max_phrases": (_("Most phrases"), _("Per language, best scores first; 0 keeps all.")),
}


METHOD_WORDS = [
    ("forest", _("Learn what phrases look like")),
    ("unsupervised", _("Count only")),
]
SWITCH_WORDS: dict[str, tuple[Any, Any]] = {
    "compose_seeds": (
        _("Take noun phrases that stand alone as examples too"),
        _("Dictionaries hold few phrases of several words."),
    ),
    "segment": (
        _("Count again after sentences were cut into phrases"),
        _("What is only part of a longer phrase then counts less."),
    ),
    "part_of_speech": (_("Use parts of speech for the cutting"), ""),
    "mlm_cuts": (
        _("What the encoder cannot guess goes"),
        _("Otherwise its guesses are one more thing to learn from, and nothing goes for them alone."),
    ),
}
# Those to start from, and those that are there to compare with the paper.
PRESET_WORDS = {
    "rf+seg": _("Recommended"),
    "rf+seg+ranks": _("Recommended, with an encoder"),
    "unsupervised": _("Count only"),
}
PAPER_WORDS = {
    "rf": _("Forest alone (RF)"),
    "rf+mlm": _("Forest, then an encoder that drops fragments (RF+MLM)"),
    "rf+seg+mlm": _("Forest, cutting, encoder (RF+SEG+MLM)"),
}
NEEDS_ENCODER = frozenset(name for name, told in PRESETS.items() if told["mlm"])
# Where a field means something: "field" is ticked, or "field=value".
WHEN = {
    "lexicons": "method=forest",
    "compose_seeds": "method=forest",
    "segment": "method=forest",
    "part_of_speech": "method=forest segment",
    "mlm": "method=forest",
    "encoder": "method=forest mlm",
    "mlm_cuts": "method=forest mlm",
    "mlm_top_n": "method=forest mlm mlm_cuts",
    "mlm_way": "method=forest mlm",
    "min_quality": "method=forest",
    "min_seed_count": "method=forest",
    "min_pmi": "method=unsupervised",
    "min_entropy": "method=unsupervised",
}
LEXICON_WORDS = {PACKAGED: _("Dictionaries of the installation"), GRAPH: _("Words of the approved graph")}


class MiningForm(FocusingForm):
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
    method = forms.ChoiceField(
        label=_("Method"),
        choices=METHOD_WORDS,
        initial=METHOD,
        help_text=_(
            "Learning: some hundred decision trees vote on every sequence of words that is frequent enough. "
            "Their examples come from the lexicons below; with 100 accepted and 100 rejected phrases, from "
            "people. Counting: a sequence must hold together and stand freely; quicker, and more is wrong."
        ),
    )
    lexicons = forms.MultipleChoiceField(
        label=_("Lexicons"),
        required=False,
        initial=list(LEXICONS),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where the first examples of phrases come from."),
    )
    mlm = forms.BooleanField(
        label=_("Ask an encoder whether phrases are whole"),
        required=False,
        help_text=_(
            "A language model sees each phrase with its first or last character hidden, and guesses it."
        ),
    )
    encoder = forms.CharField(
        label=_("Encoder"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"list": "encoders", "autocomplete": "off"}),
        help_text=_(
            "One trained here, such as <code>shop</code> or <code>shop@2</code>, a folder, "
            "or an id of the model hub. Empty: the newest trained here."
        ),
    )
    mlm_top_n = forms.IntegerField(
        label=_("Among this many guesses"),
        min_value=1,
        max_value=TOP_N_MOST,
        initial=DEFAULTS["mlm_top_n"],
        help_text=_("Both tokens must be among them. Fewer keep less, and what is kept is purer."),
    )
    mlm_way = forms.ChoiceField(
        label=_("The encoder sees"),
        choices=[
            ("alone", _("the phrase alone, as in the paper")),
            ("sentences", _("the phrase in its sentences")),
        ],
        initial=DEFAULTS["mlm_way"],
    )
    categories_per_phrase = forms.IntegerField(
        label=_("Categories per phrase"),
        min_value=1,
        max_value=CATEGORIES_MOST,
        initial=CATEGORIES,
        help_text=_("A phrase is asked about in at most this many categories, those it is typical of."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lexicons = cast("forms.MultipleChoiceField", self.fields["lexicons"])
        lexicons.choices = [(name, LEXICON_WORDS.get(name, name)) for name in lexicon_names()]
        for name in SWITCHES:
            label, help_text = SWITCH_WORDS[name]
            self.fields[name] = forms.BooleanField(
                label=label, help_text=help_text, required=False, initial=getattr(Parameters, name)
            )
        for name in SETTABLE:
            default = getattr(Parameters, name)
            label, help_text = NUMBER_WORDS[name]
            kind = forms.FloatField if isinstance(default, float) else forms.IntegerField
            self.fields[name] = kind(label=label, initial=default, help_text=help_text)

    def presets(self) -> list[tuple[str, Any]]:
        return list(PRESET_WORDS.items())

    def paper(self) -> list[tuple[str, Any]]:
        return list(PAPER_WORDS.items())

    def learning(self) -> list[tuple[forms.BoundField, str]]:
        """Fields of the learning method, each with when it means something."""
        names = ("lexicons", "compose_seeds", "segment", "part_of_speech", "mlm", "encoder", "mlm_cuts",
                 "mlm_top_n", "mlm_way")  # fmt: skip
        return [(self[name], WHEN[name]) for name in names]

    def numbers(self) -> list[tuple[forms.BoundField, str]]:
        return [(self[name], WHEN.get(name, "")) for name in SETTABLE]

    def parameters(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        # An encoder that was chosen before the method was changed is out of sight and means nothing.
        told["mlm"] = told["mlm"] and told["method"] == "forest"
        return {**told, "corpora": [corpus.pk for corpus in told["corpora"]]}
