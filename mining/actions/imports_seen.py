"""Which ids an import has met, kept in the database so that memory stays flat."""

import hashlib
import uuid
from collections.abc import Iterable

from django.db import connection


def _digest(source_id: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.blake2b(source_id.encode(), digest_size=16).digest())


class SeenIds:
    """A temporary table of digests, for as long as the job runs."""

    def __enter__(self) -> "SeenIds":
        with connection.cursor() as cursor:
            # A pooled connection may have it left from a job that was cut off.
            cursor.execute("DROP TABLE IF EXISTS pg_temp.seen_ids")
            cursor.execute("CREATE TEMPORARY TABLE seen_ids (id uuid PRIMARY KEY)")
        return self

    def __exit__(self, *_: object) -> None:
        if connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS pg_temp.seen_ids")

    def add(self, source_ids: Iterable[str]) -> None:
        digests = [_digest(source_id) for source_id in source_ids]
        if digests:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO pg_temp.seen_ids SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING", [digests]
                )

    def among(self, source_ids: Iterable[str]) -> set[str]:
        """Those of them that were met before."""
        digests = {_digest(source_id): source_id for source_id in source_ids}
        if not digests:
            return set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM pg_temp.seen_ids WHERE id = ANY(%s::uuid[])", [list(digests)])
            return {digests[row[0]] for row in cursor.fetchall()}
