"""Rows of a release cannot be changed or deleted, whoever asks (promise 6).

A release's rows are written before its own row: what is inserted or closed must belong to a number that
does not exist yet, so that nothing can be slipped into a release afterwards.
"""

from django.db import migrations

GUARD = r"""
CREATE FUNCTION graph_newest_release() RETURNS integer LANGUAGE sql STABLE AS
$$ SELECT coalesce(max(number), 0) FROM graph_release $$;

CREATE FUNCTION graph_release_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Django empties its test databases between tests; a test of this guard asks for it by name.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%'
       AND current_setting('kgcurate.guard_truncate', true) IS DISTINCT FROM 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'releases are immutable: % on % is not allowed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION graph_released_row_is_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows
        WHERE first_release <= graph_newest_release() OR last_release IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'releases are immutable: % has rows for a release that exists', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION graph_released_row_only_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows FULL JOIN old_rows ON new_rows.id = old_rows.id
        WHERE new_rows.id IS NULL OR old_rows.id IS NULL
           OR to_jsonb(new_rows) - 'last_release' <> to_jsonb(old_rows) - 'last_release'
           OR old_rows.last_release IS NOT NULL
           OR new_rows.last_release IS NULL
           OR new_rows.last_release <= graph_newest_release()
    ) THEN
        RAISE EXCEPTION 'releases are immutable: rows of % can only be closed by the next release', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER release_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON graph_release
    FOR EACH STATEMENT EXECUTE FUNCTION graph_release_stays();
"""

PER_TABLE = """
CREATE TRIGGER row_stays BEFORE DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION graph_release_stays();
CREATE TRIGGER row_is_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION graph_released_row_is_new();
CREATE TRIGGER row_only_closes AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION graph_released_row_only_closes();
"""
TABLES = ("graph_releasedconcept", "graph_releasedtriple")

UNDO = """
DROP TRIGGER release_stays ON graph_release;
DROP TRIGGER row_stays ON graph_releasedconcept;
DROP TRIGGER row_is_new ON graph_releasedconcept;
DROP TRIGGER row_only_closes ON graph_releasedconcept;
DROP TRIGGER row_stays ON graph_releasedtriple;
DROP TRIGGER row_is_new ON graph_releasedtriple;
DROP TRIGGER row_only_closes ON graph_releasedtriple;
DROP FUNCTION graph_released_row_only_closes, graph_released_row_is_new, graph_release_stays,
    graph_newest_release;
"""


class Migration(migrations.Migration):
    dependencies = [("graph", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=[GUARD, *(PER_TABLE.format(table=table) for table in TABLES)],
            reverse_sql=UNDO,
        ),
    ]
