"""The hot path of serving as one function in the database (docs/decisions/0012)."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "answer_and_serve_1.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0009_since_when_a_known_answer_leaked"),
        ("people", "0003_webhooks"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunSQL(SQL, "DROP FUNCTION annotation_answer_and_serve")]
