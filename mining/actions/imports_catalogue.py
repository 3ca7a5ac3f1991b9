"""Import of categories, and of items with their properties: checked here, stored by the graph."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from graph.actions import catalogue
from graph.actions.setup import ensure_default_ontology
from mining.actions.imports_files import Checked, Stored, import_files
from mining.actions.imports_seen import SeenIds
from mining.actions.runs_progress import Progress
from mining.corpora.catalogue import CategoryRow, ItemRow, category_row, item_row
from mining.models import Run

Row = TypeVar("Row", CategoryRow, ItemRow)


def import_categories(run: Run, progress: Progress) -> None:
    ensure_default_ontology()
    with SeenIds() as seen:
        import_files(run, progress, CategoryImporter(run, seen))


def import_items(run: Run, progress: Progress) -> None:
    ensure_default_ontology()
    with SeenIds() as seen:
        import_files(run, progress, ItemImporter(run, seen))


class CatalogueImporter(ABC, Generic[Row]):
    what: str
    batch_rows: int
    read_row: Callable[..., Row]

    def __init__(self, run: Run, seen: SeenIds) -> None:
        self.run, self.seen = run, seen
        self.language = run.parameters.get("language") or ""

    def check(self, values: dict[str, Any], columns: Mapping[str, tuple[str, ...]]) -> Row:
        return type(self).read_row(values, columns, language=self.language)

    def size(self, row: Row) -> int:
        return 0

    def skip(self, batch: list[Checked[Row]]) -> None:
        self.seen.add(checked.row.external_id for checked in batch)

    @abstractmethod
    def upsert(self, rows: list[Row]) -> catalogue.Upserted:
        """Store rows that were checked; which of them were new, changed or bad."""

    def store(self, batch: list[Checked[Row]]) -> Stored:
        # Within a batch the graph finds repeated ids, across batches nobody else would.
        seen = self.seen.among(checked.row.external_id for checked in batch)
        again = [checked for checked in batch if checked.row.external_id in seen]
        batch = [checked for checked in batch if checked.row.external_id not in seen]
        self.seen.add(checked.row.external_id for checked in batch)
        done = self.upsert([checked.row for checked in batch])
        errors = [(batch[problem.index].place, problem.reason) for problem in done.problems]
        errors += [
            (checked.place, f"the id “{checked.row.external_id}” is already in an earlier row")
            for checked in again
        ]
        return Stored({"added": done.added, "changed": done.changed, "unchanged": done.unchanged}, errors)

    @property
    def origin(self) -> dict[str, Any]:
        return {"by": self.run.started_by, "actor": "import", "reference": f"run/{self.run.pk}"}


class CategoryImporter(CatalogueImporter[CategoryRow]):
    what = "categories"
    batch_rows = 500_000  # a child may stand before its parent, so all of a file at once
    read_row = staticmethod(category_row)

    def upsert(self, rows: list[CategoryRow]) -> catalogue.Upserted:
        return catalogue.upsert_categories(
            (catalogue.CategoryRow(row.external_id, row.parent, row.labels) for row in rows), **self.origin
        )


class ItemImporter(CatalogueImporter[ItemRow]):
    what = "items"
    batch_rows = 5_000
    read_row = staticmethod(item_row)

    def upsert(self, rows: list[ItemRow]) -> catalogue.Upserted:
        return catalogue.upsert_items(
            (
                catalogue.ItemRow(row.external_id, row.category, row.language, row.title, row.properties)
                for row in rows
            ),
            **self.origin,
        )
