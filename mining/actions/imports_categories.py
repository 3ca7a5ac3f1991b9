"""The words of a file for categories and items, turned into the graph's concepts."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from graph.actions.catalogue import CategoryRow, upsert_categories
from graph.actions.setup import ensure_default_ontology
from graph.identity import normal_form
from graph.models import Concept, Label, Status
from mining.actions.imports_files import Checked
from mining.models import Run

CACHED = 50_000  # a reminder of recent ones, not the whole table
GONE = (Status.REJECTED, Status.WITHDRAWN)


class CategoryFinder:
    """Finds categories by their id or any label, items by their id; may create missing categories."""

    def __init__(self, run: Run, *, create: bool) -> None:
        self.run, self.create = run, create
        self._categories: dict[str, list[int]] = {}
        self._items: dict[str, list[int]] = {}

    def resolve(self, batch: list[Checked[Any]], errors: list[tuple[Any, str]]) -> list[Checked[Any]]:
        """The rows whose category and item are known, with their ids set."""
        self._learn_categories(
            {checked.row.category: checked.row.language for checked in batch if checked.row.category}
        )
        self._learn_items({checked.row.item for checked in batch if checked.row.item})
        known = []
        for checked in batch:
            row = checked.row
            problem = _problem("category", row.category, self._categories) or _problem(
                "item", row.item, self._items
            )
            if problem:
                errors.append((checked.place, problem))
                continue
            row.category_id = self._categories[row.category][0] if row.category else None
            row.item_id = self._items[row.item][0] if row.item else None
            known.append(checked)
        return known

    def _learn_categories(self, languages: dict[str, str]) -> None:
        unknown = _new_words(languages, self._categories)
        self._categories |= find_categories(unknown)
        missing = [word for word in unknown if not self._categories[word]]
        if missing and self.create:
            ensure_default_ontology()
            upsert_categories(
                [CategoryRow(word, "", {languages[word]: word}) for word in sorted(missing)],
                by=self.run.started_by, actor="import", reference=f"run/{self.run.pk}",
            )  # fmt: skip
            self._categories |= find_categories(missing)

    def _learn_items(self, words: set[str]) -> None:
        unknown = _new_words(words, self._items)
        found = Concept.objects.filter(concept_class__name="Item", external_id__in=unknown).exclude(
            status__in=GONE
        )
        self._items |= {word: [] for word in unknown}
        self._items |= {word: [pk] for word, pk in found.values_list("external_id", "pk")}


def find_categories(words: Iterable[str]) -> dict[str, list[int]]:
    """The categories each word may mean: the one with this id, else those with this label."""
    words = set(words)
    if not words:
        return {}
    categories = Concept.objects.filter(concept_class__name="Category").exclude(status__in=GONE)
    by_id = dict(categories.filter(external_id__in=words).values_list("external_id", "pk"))
    forms = {word: normal_form(word) for word in words}
    by_label: dict[str, set[int]] = defaultdict(set)
    labels = Label.objects.filter(Q(normal_form__in=set(forms.values())), concept__in=categories)
    for form, pk in labels.values_list("normal_form", "concept_id"):
        by_label[form].add(pk)
    return {word: [by_id[word]] if word in by_id else sorted(by_label[forms[word]]) for word in words}


def _new_words(words: Iterable[str], cache: dict[str, list[int]]) -> list[str]:
    if len(cache) > CACHED:
        cache.clear()
    return [word for word in words if not cache.get(word)]


# By these words a page knows that the import itself can make what is missing.
CAN_BE_MADE = "import with “Make categories that are not known yet”"


def _problem(field: str, word: str, known: dict[str, list[int]]) -> str:
    if not word:
        return ""
    found = known.get(word, [])
    if not found:
        ways = "import it first"
        if field == "category":
            ways += f", or {CAN_BE_MADE} (--create-categories)"
        return f"the {field} “{word}” is not known; {ways}"
    if len(found) > 1:
        return f"{len(found)} categories are called “{word}”; use the id of the one that is meant"
    return ""
