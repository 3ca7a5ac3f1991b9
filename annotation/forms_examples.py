"""The examples of a guideline as a small table: one row each, empty rows are left out.

Every input of a column has the same name, so that rows can be added and removed without numbering them.
"""

from itertools import zip_longest

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from annotation.models import Answer

LANGUAGES = [("en", _("English")), ("zh", _("Chinese"))]
COLUMNS = ("answer", "language", "candidate", "why")
MOST_EXAMPLES = 100
LONGEST_EXAMPLE = 500  # characters, of the candidate and of the reason
EXAMPLE_ANSWERS = [(str(one), one.label) for one in (Answer.ACCEPT, Answer.REJECT, Answer.UNSURE)]
EMPTY_ROWS = 2  # ready to be written in, also where no script runs


class ExampleForm(forms.Form):
    """One row."""

    use_required_attribute = False  # an empty row is none

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=EXAMPLE_ANSWERS,
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    candidate = forms.CharField(
        label=_("Candidate"),
        max_length=LONGEST_EXAMPLE,
        error_messages={"required": _("Write the candidate that this is about, or empty the whole row.")},
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_EXAMPLE,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Why")}),
    )

    def __init__(self, name: str, number: int | str, data=None, *, initial=None):
        super().__init__(data, prefix=name, auto_id=f"id_%s_{number}", initial=initial)


class ExamplesWidget(forms.Widget):
    """Reads the columns; what it shows is laid out by `annotation/_examples.html`."""

    def value_from_datadict(self, data, files, name):
        columns = [data.getlist(f"{name}-{column}") for column in COLUMNS]
        return [dict(zip(COLUMNS, row, strict=True)) for row in zip_longest(*columns, fillvalue="")]

    def value_omitted_from_data(self, data, files, name):
        return False

    def id_for_label(self, id_):
        return ""


class BoundExamples(forms.BoundField):
    @property
    def rows(self) -> list[ExampleForm]:
        """The rows as they were typed, with what is wrong in each, or as they are kept."""
        if self.form.is_bound:
            typed = [row for row in self.value() if is_written(row)]
            rows = [as_form(self.name, number, row) for number, row in enumerate(typed, start=1)]
        else:
            rows = [
                ExampleForm(self.name, number, initial=row)
                for number, row in enumerate(self.value() or [], start=1)
            ]
        return rows + [ExampleForm(self.name, len(rows) + more) for more in range(1, EMPTY_ROWS + 1)]

    @property
    def empty_row(self) -> ExampleForm:
        """What a script copies for one row more."""
        return ExampleForm(self.name, "new")


class ExamplesField(forms.Field):
    """A list of {language, candidate, answer, why}."""

    widget = ExamplesWidget

    def get_bound_field(self, form, field_name):
        return BoundExamples(form, self, field_name)

    def clean(self, value):
        written = [row for row in value or [] if is_written(row)]
        rows = [as_form("row", number, row) for number, row in enumerate(written, start=1)]
        if len(rows) > MOST_EXAMPLES:
            raise ValidationError(
                _("At most %(most)d examples: nobody reads more."), params={"most": MOST_EXAMPLES}
            )
        wrong = sum(not row.is_valid() for row in rows)
        if wrong:
            message = ngettext_lazy(
                "One example is not complete; it says what is missing.",
                "%(count)d examples are not complete; each says what is missing.",
                "count",
            )
            raise ValidationError(message, params={"count": wrong})
        return [{column: row.cleaned_data[column] for column in COLUMNS} for row in rows]


def is_written(row: dict[str, str]) -> bool:
    """An answer and a language are always chosen: a row is one once somebody wrote in it."""
    return bool(row["candidate"].strip() or row["why"].strip())


def as_form(name: str, number: int, row: dict[str, str]) -> ExampleForm:
    return ExampleForm(name, number, {f"{name}-{column}": text for column, text in row.items()})
