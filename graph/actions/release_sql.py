"""The statements behind graph.actions.release. Every one works on sets; nothing passes through Python.

wanted_triple and wanted_concept are the next release as it should be, without the rows of levels that are
not being released, which stay open as they are.
"""

LABELS = """
    SELECT coalesce(jsonb_agg(jsonb_build_array(language, text, is_preferred)
             ORDER BY is_preferred DESC, language COLLATE "C", text COLLATE "C", id), '[]')
    FROM graph_label WHERE concept_id = concept.id"""

WANTED = [
    """CREATE TEMPORARY TABLE wanted_triple ON COMMIT DROP AS
       SELECT triple.key, triple.id, relation.level, relation.name AS relation,
              subject.key AS subject, object.key AS object, scope.key AS scope,
              subject.id AS subject_id, object.id AS object_id, scope.id AS scope_id
       FROM graph_triple AS triple
       JOIN graph_relation AS relation ON relation.id = triple.relation_id
       JOIN graph_concept AS subject ON subject.id = triple.subject_id AND subject.status = 'approved'
       JOIN graph_concept AS object ON object.id = triple.object_id AND object.status = 'approved'
       LEFT JOIN graph_concept AS scope ON scope.id = triple.scope_id
       WHERE triple.status = 'approved' AND relation.level = ANY(%(levels)s)
         AND (triple.scope_id IS NULL OR scope.status = 'approved')""",
    # Concepts of the levels, and whatever else the triples stand on: a schema triple may end in an image.
    f"""CREATE TEMPORARY TABLE wanted_concept ON COMMIT DROP AS
       SELECT concept.key, concept.id, class.level, class.name AS class,
              class.level = ANY(%(levels)s) AS is_of_level, ({LABELS}) AS labels
       FROM graph_concept AS concept JOIN graph_conceptclass AS class ON class.id = concept_class_id
       WHERE concept.status = 'approved' AND (
         class.level = ANY(%(levels)s) OR concept.id IN (
           SELECT subject_id FROM wanted_triple UNION SELECT object_id FROM wanted_triple
           UNION SELECT scope_id FROM wanted_triple))""",  # noqa: S608
    "CREATE INDEX ON wanted_concept (key)",
    "CREATE INDEX ON wanted_triple (key)",
    "ANALYZE wanted_concept",
    "ANALYZE wanted_triple",
]

CLOSE_CONCEPTS = """
    UPDATE graph_releasedconcept AS released SET last_release = %(number)s
    WHERE last_release IS NULL AND (
      (level = ANY(%(levels)s) AND NOT EXISTS (
         SELECT FROM wanted_concept AS wanted WHERE wanted.key = released.key))
      OR EXISTS (
         SELECT FROM wanted_concept AS wanted WHERE wanted.key = released.key AND wanted.is_of_level
           AND (wanted.class, wanted.level, wanted.labels)
               IS DISTINCT FROM (released.concept_class, released.level, released.labels)))"""
GONE = """
    CREATE TEMPORARY TABLE gone_concept ON COMMIT DROP AS
    SELECT key FROM graph_releasedconcept WHERE last_release = %(number)s
    EXCEPT SELECT key FROM wanted_concept"""
# A triple's content is its key, so that only its being there can change. Those of the other level go too
# where a concept that they stand on has gone.
CLOSE_TRIPLES = """
    UPDATE graph_releasedtriple AS released SET last_release = %(number)s
    WHERE last_release IS NULL AND (
      (level = ANY(%(levels)s) AND NOT EXISTS (
         SELECT FROM wanted_triple AS wanted
         WHERE wanted.key = released.key AND wanted.level = released.level))
      OR subject IN (SELECT key FROM gone_concept)
      OR object IN (SELECT key FROM gone_concept)
      OR scope IN (SELECT key FROM gone_concept))"""
OPEN_CONCEPTS = """
    INSERT INTO graph_releasedconcept (level, first_release, key, concept_id, concept_class, labels)
    SELECT level, %(number)s, key, id, class, labels FROM wanted_concept AS wanted
    WHERE NOT EXISTS (
      SELECT FROM graph_releasedconcept AS released
      WHERE released.key = wanted.key AND released.last_release IS NULL)
    ORDER BY key"""
OPEN_TRIPLES = """
    INSERT INTO graph_releasedtriple (level, first_release, key, triple_id, subject, relation, object, scope)
    SELECT level, %(number)s, key, id, subject, relation, object, scope FROM wanted_triple AS wanted
    WHERE NOT EXISTS (
      SELECT FROM graph_releasedtriple AS released
      WHERE released.key = wanted.key AND released.last_release IS NULL)
    ORDER BY key"""
DROP = "DROP TABLE wanted_concept, wanted_triple, gone_concept"
