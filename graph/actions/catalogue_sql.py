"""The statements behind graph.actions.catalogue, in the order in which they run.

put_row, put_label and put_value hold the input; put_concept and put_triple what should be there in the
end; put_touched the keys of rows for which something had to be done.
"""

TABLES = [
    """CREATE TEMPORARY TABLE put_row (row int, key uuid, external_id text, ref text, ref_key uuid,
         edge_key uuid, problem text) ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE put_label (row int, key uuid, language text, text text, normal_form text,
         is_first boolean) ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE put_value (row int, item_key uuid, language text, property_key uuid,
         property text, property_form text, value_key uuid, value text, value_form text,
         has_key uuid, of_key uuid) ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE put_concept (key uuid PRIMARY KEY, class_name text, name text, language text,
         external_id text, id bigint, was text, is_new boolean DEFAULT false,
         keeps_name boolean DEFAULT false) ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE put_triple (key uuid PRIMARY KEY, subject uuid, relation text, object uuid,
         id bigint, was text) ON COMMIT DROP""",
    "CREATE TEMPORARY TABLE put_touched (key uuid) ON COMMIT DROP",
]
DROP_TABLES = ["DROP TABLE put_row, put_label, put_value, put_concept, put_triple, put_touched"]
ANALYZE = ["ANALYZE put_row", "ANALYZE put_label", "ANALYZE put_value"]

REPEATED = """
    UPDATE put_row SET problem = 'repeated' FROM (
        SELECT key, min(row) AS first FROM put_row GROUP BY key HAVING count(*) > 1
    ) AS twice WHERE put_row.key = twice.key AND put_row.row > twice.first"""

# The tree as it would stand: the file's word for the categories it names, the graph's for the others.
TREE = """
    tree AS (
        SELECT key, ref_key AS parent FROM put_row WHERE problem IS NULL
        UNION ALL
        SELECT below.key, above.key
        FROM graph_triple AS triple
        JOIN graph_relation AS relation ON relation.id = triple.relation_id
        JOIN graph_concept AS below ON below.id = triple.subject_id
        JOIN graph_concept AS above ON above.id = triple.object_id
        WHERE relation.name = 'subcategory_of' AND triple.status = 'approved'
          AND NOT EXISTS (SELECT FROM put_row WHERE put_row.key = below.key AND problem IS NULL)
    )"""
IS_CATEGORY = """EXISTS (
        SELECT FROM graph_concept AS concept JOIN graph_conceptclass AS class ON class.id = concept_class_id
        WHERE class.name = 'Category' AND concept.key = put_row.ref_key)"""

CATEGORY_PROBLEMS = [
    REPEATED,
    f"""UPDATE put_row SET problem = 'parent' WHERE problem IS NULL AND ref <> ''
          AND NOT EXISTS (SELECT FROM put_row AS other WHERE other.key = put_row.ref_key)
          AND NOT {IS_CATEGORY}""",  # noqa: S608
    f"""WITH RECURSIVE {TREE}, walk AS (
            SELECT key, parent FROM tree WHERE parent IS NOT NULL
              AND key IN (SELECT key FROM put_row WHERE problem IS NULL)
            UNION
            SELECT walk.key, tree.parent FROM walk JOIN tree ON tree.key = walk.parent
            WHERE tree.parent IS NOT NULL AND walk.key <> walk.parent
        )
        UPDATE put_row SET problem = 'circle' FROM walk
        WHERE problem IS NULL AND walk.key = walk.parent AND put_row.key = walk.key""",  # noqa: S608
    # What hangs below a row that is left out and is not in the graph has nothing to hang on.
    f"""WITH RECURSIVE lost AS (
            SELECT key FROM put_row WHERE problem IS NOT NULL AND problem <> 'repeated'
              AND NOT EXISTS (SELECT FROM graph_concept WHERE graph_concept.key = put_row.key)
            UNION
            SELECT put_row.key FROM put_row JOIN lost ON put_row.ref_key = lost.key
            WHERE problem IS NULL AND NOT {IS_CATEGORY}
        )
        UPDATE put_row SET problem = 'above' FROM lost
        WHERE problem IS NULL AND put_row.key = lost.key""",  # noqa: S608
]
ITEM_PROBLEMS = [
    REPEATED,
    f"UPDATE put_row SET problem = 'category' WHERE problem IS NULL AND NOT {IS_CATEGORY}",  # noqa: S608
]
LIST_PROBLEMS = "SELECT row, problem, external_id, ref FROM put_row WHERE problem IS NOT NULL ORDER BY row"
DROP_BAD = [
    "DELETE FROM put_label USING put_row WHERE put_label.row = put_row.row AND problem IS NOT NULL",
    "DELETE FROM put_value USING put_row WHERE put_value.row = put_row.row AND problem IS NOT NULL",
    "DELETE FROM put_row WHERE problem IS NOT NULL",
]

CATEGORY_CONCEPTS = [
    """INSERT INTO put_concept (key, class_name, name, language, external_id)
       SELECT key, 'Category', text, language, external_id
       FROM put_row JOIN put_label USING (row, key) WHERE is_first""",
]
ITEM_CONCEPTS = [
    """INSERT INTO put_concept (key, class_name, name, language, external_id)
       SELECT key, 'Item', text, language, external_id
       FROM put_row JOIN put_label USING (row, key) WHERE is_first""",
    # The first spelling names a property or value; other spellings of the same normal form change nothing.
    """INSERT INTO put_concept (key, class_name, name, language, external_id, keeps_name)
       SELECT DISTINCT ON (property_key) property_key, 'Property', property, language, '', true
       FROM put_value ORDER BY property_key, row""",
    """INSERT INTO put_concept (key, class_name, name, language, external_id, keeps_name)
       SELECT DISTINCT ON (value_key) value_key, 'PropertyValue', value, language, '', true
       FROM put_value ORDER BY value_key, row""",
]

# Names that may be written: of new concepts, and of known ones unless a curator has renamed them.
MAY_NAME = "(is_new OR NOT keeps_name)"
PUT_CONCEPTS = [
    """UPDATE put_concept SET id = concept.id, was = concept.status,
         keeps_name = keeps_name OR EXISTS (
           SELECT FROM people_change
           WHERE entity = 'concept' AND entity_id = concept.id AND action = 'relabel')
       FROM graph_concept AS concept WHERE concept.key = put_concept.key""",
    "ANALYZE put_concept",
    """WITH renamed AS (
         UPDATE graph_concept AS concept SET name = put_concept.name, language = put_concept.language
         FROM put_concept WHERE concept.id = put_concept.id AND NOT keeps_name
           AND (concept.name, concept.language) <> (put_concept.name, put_concept.language)
         RETURNING concept.key)
       INSERT INTO put_touched SELECT key FROM renamed""",
    """WITH back AS (
         UPDATE graph_concept AS concept SET status = %(approved)s
         FROM put_concept WHERE concept.id = put_concept.id AND was IN ('withdrawn', 'proposed')
         RETURNING concept.key)
       INSERT INTO put_touched SELECT key FROM back""",
    """INSERT INTO graph_concept (key, concept_class_id, status, name, language, external_id, is_simulated,
         created_by_id, created_at)
       SELECT key, class.id, %(approved)s, put_concept.name, language, external_id, false, %(by)s, %(now)s
       FROM put_concept JOIN graph_conceptclass AS class ON class.name = class_name
       WHERE put_concept.id IS NULL ORDER BY key""",
    """UPDATE put_concept SET id = concept.id, is_new = true
       FROM graph_concept AS concept WHERE put_concept.id IS NULL AND concept.key = put_concept.key""",
    """INSERT INTO put_label (row, key, language, text, normal_form, is_first)
       SELECT DISTINCT ON (property_key) row, property_key, put_value.language, property,
              property_form, true
       FROM put_value JOIN put_concept ON key = property_key WHERE is_new ORDER BY property_key, row""",
    """INSERT INTO put_label (row, key, language, text, normal_form, is_first)
       SELECT DISTINCT ON (value_key) row, value_key, put_value.language, value, value_form, true
       FROM put_value JOIN put_concept ON key = value_key WHERE is_new ORDER BY value_key, row""",
    f"""WITH old AS (
         DELETE FROM graph_label AS label USING put_label, put_concept
         WHERE put_concept.key = put_label.key AND {MAY_NAME} AND label.concept_id = put_concept.id
           AND label.language = put_label.language AND label.is_preferred AND label.text <> put_label.text
         RETURNING put_label.key)
       INSERT INTO put_touched SELECT key FROM old""",  # noqa: S608
    f"""WITH put AS (
         INSERT INTO graph_label (concept_id, language, text, normal_form, is_preferred)
         SELECT put_concept.id, put_label.language, put_label.text, put_label.normal_form, true
         FROM put_label JOIN put_concept USING (key) WHERE {MAY_NAME}
         ON CONFLICT (concept_id, language, normal_form)
           DO UPDATE SET text = excluded.text, is_preferred = true
           WHERE graph_label.text <> excluded.text OR NOT graph_label.is_preferred
         RETURNING concept_id)
       INSERT INTO put_touched SELECT key FROM put JOIN put_concept ON put_concept.id = concept_id""",  # noqa: S608
]

CATEGORY_TRIPLES = [
    """INSERT INTO put_triple (key, subject, relation, object)
       SELECT edge_key, key, 'subcategory_of', ref_key FROM put_row WHERE ref <> ''""",
]
ITEM_TRIPLES = [
    """INSERT INTO put_triple (key, subject, relation, object)
       SELECT edge_key, key, 'in_category', ref_key FROM put_row""",
    """INSERT INTO put_triple (key, subject, relation, object)
       SELECT DISTINCT has_key, item_key, 'has_property', value_key FROM put_value""",
    """INSERT INTO put_triple (key, subject, relation, object)
       SELECT DISTINCT of_key, value_key, 'value_of', property_key FROM put_value""",
]
PUT_TRIPLES = [
    "ANALYZE put_triple",
    """UPDATE put_triple SET id = triple.id, was = triple.status
       FROM graph_triple AS triple WHERE triple.key = put_triple.key""",
    """INSERT INTO put_touched SELECT subject FROM put_triple
       WHERE id IS NULL OR was IN ('withdrawn', 'proposed')""",
    """UPDATE graph_triple AS triple SET status = %(approved)s
       FROM put_triple WHERE triple.id = put_triple.id AND was IN ('withdrawn', 'proposed')""",
    # What the catalogue said of these rows before and no longer says; not what a curator decided.
    """WITH gone AS (
         UPDATE graph_triple AS triple SET status = %(withdrawn)s
         FROM put_row JOIN put_concept USING (key), graph_relation AS relation
         WHERE triple.subject_id = put_concept.id AND relation.id = triple.relation_id
           AND relation.name IN ('subcategory_of', 'in_category', 'has_property')
           AND triple.status = %(approved)s AND triple.decided_by_id IS NULL
           AND NOT EXISTS (SELECT FROM put_triple WHERE put_triple.key = triple.key)
         RETURNING put_row.key)
       INSERT INTO put_touched SELECT key FROM gone""",
    """INSERT INTO graph_triple (key, subject_id, relation_id, object_id, status, is_simulated,
         created_by_id, created_at)
       SELECT put_triple.key, subject.id, relation.id, object.id, %(approved)s, false, %(by)s, %(now)s
       FROM put_triple
       JOIN graph_concept AS subject ON subject.key = put_triple.subject
       JOIN graph_concept AS object ON object.key = put_triple.object
       JOIN graph_relation AS relation ON relation.name = put_triple.relation
       WHERE put_triple.id IS NULL ORDER BY put_triple.key""",
    # Evidence where this import said something new, and not again for every row it repeats.
    """INSERT INTO graph_evidence (concept_id, kind, reference, text, language, detail, created_at)
       SELECT put_concept.id, 'import', %(reference)s, '', '', '{}', %(now)s
       FROM put_concept
       WHERE is_new OR EXISTS (SELECT FROM put_touched WHERE put_touched.key = put_concept.key)
       ON CONFLICT DO NOTHING""",
    """INSERT INTO graph_evidence (triple_id, kind, reference, text, language, detail, created_at)
       SELECT triple.id, 'import', %(reference)s, '', '', '{}', %(now)s
       FROM put_triple JOIN graph_triple AS triple ON triple.key = put_triple.key
       WHERE put_triple.id IS NULL OR was IN ('withdrawn', 'proposed')
       ON CONFLICT DO NOTHING""",
]
COUNT = """
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new AND touched.key IS NOT NULL),
           count(*) FILTER (WHERE NOT is_new AND touched.key IS NULL)
    FROM put_row JOIN put_concept USING (key)
    LEFT JOIN (SELECT DISTINCT key FROM put_touched) AS touched USING (key)"""
