"""Import of relation sentences."""

from collections.abc import Mapping
from typing import Any

from mining.actions.imports_candidates import CandidateImporter
from mining.actions.imports_files import import_files
from mining.actions.imports_seen import SeenIds
from mining.actions.runs_progress import Progress
from mining.corpora.relations import RelationRow, relation_row
from mining.models import RelationCandidate, Run


def import_relations(run: Run, progress: Progress) -> None:
    with SeenIds() as seen:
        import_files(run, progress, RelationImporter(run, seen))


class RelationImporter(CandidateImporter[RelationRow]):
    what = "relations"
    batch_rows = 5_000
    table = RelationCandidate._meta.db_table
    asked = (
        "relation", "text", "language", "subject_start", "subject_end", "object_start", "object_end",
        "subject_text", "object_text", "subject_class", "object_class", "category_id",
    )  # fmt: skip

    def check(self, values: dict[str, Any], columns: Mapping[str, tuple[str, ...]]) -> RelationRow:
        return relation_row(values, columns, language=self.language)

    def size(self, row: RelationRow) -> int:
        return len(row.text)

    def asked_values(self, row: RelationRow) -> tuple[Any, ...]:
        subject, object_ = row.subject, row.object
        return (
            row.relation, row.text, row.language, subject.start, subject.end, object_.start, object_.end,
            subject.text, object_.text, subject.class_name, object_.class_name, row.category_id,
        )  # fmt: skip

    def told_values(self, row: RelationRow) -> tuple[Any, ...]:
        return row.title, row.score
