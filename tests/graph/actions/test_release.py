import threading

import pytest
from django.db import Error, connection, transaction

from graph.actions.curate import decide, undo
from graph.actions.release import NothingChanged, cut_release
from graph.actions.words import add_alias, relabel
from graph.models import Concept, Release, ReleasedConcept, ReleasedTriple, Status
from people.errors import UserError
from tests.factories.graph import make_category, make_concept, make_triple
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db

BOTH = ["schema", "instance"]


def cut(levels=BOTH, **options):
    return cut_release(levels=levels, by=None, actor="test", **options)


def approve(*triples, by=None):
    return decide(
        triple_ids=[triple.pk for triple in triples], status=Status.APPROVED, by=by or make_curator()
    )


def keys(model, number):
    return set(model.objects.held_by(number).values_list("key", flat=True))


def test_only_approved_triples_with_approved_ends_are_released():
    approved, proposed = make_triple("deep hydration"), make_triple("oil control")
    approve(approved)

    release = cut()

    assert keys(ReleasedTriple, 1) == {approved.key}
    names = {labels[0][1] for labels in ReleasedConcept.objects.values_list("labels", flat=True)}
    assert names == {"All users", "Face cream", "deep hydration"}
    assert (release.number, release.concepts, release.triples) == (1, 3, 1)
    assert proposed.key not in keys(ReleasedTriple, 1)


def test_an_approved_triple_on_a_concept_rejected_later_leaves_with_the_next_release():
    triple = make_triple()
    approve(triple)
    cut()
    decide(concept_ids=[triple.object_id], status=Status.REJECTED, by=make_curator(), reason="wrong")

    cut()

    assert keys(ReleasedTriple, 1) == {triple.key} and keys(ReleasedTriple, 2) == set()
    assert triple.object.key in keys(ReleasedConcept, 1) - keys(ReleasedConcept, 2)


def test_a_release_without_a_change_is_refused_unless_wanted():
    approve(make_triple())
    cut()

    with pytest.raises(NothingChanged, match="since release 1"):
        cut()

    assert cut(allow_empty=True).number == 2


def test_nothing_approved_is_said_so(db):
    with pytest.raises(NothingChanged, match="Nothing is approved yet"):
        cut()


def test_unchanged_rows_are_stored_once():
    first = make_triple()
    approve(first)
    cut()
    approve(make_triple())

    cut()

    assert ReleasedTriple.objects.filter(key=first.key).count() == 1
    assert len(keys(ReleasedTriple, 2)) == 2


def test_new_words_reach_the_next_release_and_leave_the_last_one_alone():
    triple = make_triple("deep hydration")
    approve(triple)
    cut()
    relabel(concept=triple.object, language="en", text="intense hydration", by=make_curator())
    add_alias(concept=triple.object, language="zh", text="深层补水", by=make_curator())

    cut()

    def labels(number):
        return ReleasedConcept.objects.held_by(number).get(key=triple.object.key).labels

    assert labels(1) == [["en", "deep hydration", True]]
    assert labels(2) == [
        ["en", "intense hydration", True],
        ["en", "deep hydration", False],
        ["zh", "深层补水", False],
    ]
    changed = ReleasedConcept.objects.changed(since=1, until=2)
    assert [row.key for row in changed] == [triple.object.key]


def test_the_difference_of_two_releases_forgets_what_came_and_went_between():
    stays, goes, comes = make_triple(), make_triple(), make_triple()
    approve(stays, goes)
    cut()
    decided = approve(comes)
    undo(batch=approve(make_triple("passing")).batch, by=make_curator())
    cut()
    undo(batch=decided.batch, by=make_curator())
    cut()
    approve(comes)
    decide(triple_ids=[goes.pk], status=Status.REJECTED, by=make_curator(), reason="no")
    cut()

    def difference(since, until):
        span = {"since": since, "until": until}
        return (
            {row.key for row in ReleasedTriple.objects.added(**span)},
            {row.key for row in ReleasedTriple.objects.removed(**span)},
        )

    assert difference(1, 4) == ({comes.key}, {goes.key})
    assert difference(2, 4) == (set(), {goes.key})
    assert difference(2, 3) == (set(), {comes.key})


def test_a_level_that_is_not_released_stands_as_it_stood():
    from graph.actions.catalogue import ItemRow, upsert_items

    category = make_category()
    upsert_items(
        [ItemRow("i1", "face-cream", "en", "Cream", [("Texture", "Gel")])],
        by=None,
        actor="t",
        reference="run/1",
    )
    approve(make_triple(category=category))
    cut(["schema"])
    assert not ReleasedTriple.objects.filter(level="instance").exists()

    cut(["instance"])

    assert ReleasedTriple.objects.held_by(2).filter(level="schema").count() == 2
    assert ReleasedTriple.objects.held_by(2).filter(level="instance").count() == 2
    gel = Concept.objects.get(name="Gel")
    decide(concept_ids=[gel.pk], status=Status.REJECTED, by=make_curator(), reason="vague")
    cut(["schema"])

    relations = ReleasedTriple.objects.held_by(3).filter(level="instance").values_list("relation", flat=True)
    assert list(relations) == ["in_category"]  # Cream has_property Gel has lost its end


def test_levels_must_be_chosen():
    with pytest.raises(UserError, match="at least one level"):
        cut([])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE graph_release SET note = 'better'",
        "DELETE FROM graph_release",
        "TRUNCATE graph_release",
        "DELETE FROM graph_releasedtriple",
        "TRUNCATE graph_releasedtriple",
        "TRUNCATE graph_releasedconcept",
        "DELETE FROM graph_releasedconcept WHERE id = (SELECT min(id) FROM graph_releasedconcept)",
        "UPDATE graph_releasedtriple SET relation = 'cause'",
        """UPDATE graph_releasedconcept SET labels = '[["en", "other", true]]'""",
        "UPDATE graph_releasedtriple SET last_release = 1",
        "UPDATE graph_releasedtriple SET id = id + 1000",
        "UPDATE graph_releasedtriple SET last_release = 2, subject = object",
        """INSERT INTO graph_releasedtriple 
             (level, first_release, key, triple_id, subject, relation, object)
           SELECT level, 1, gen_random_uuid(), triple_id, subject, relation, object
           FROM graph_releasedtriple""",
    ],
)
def test_the_database_refuses_to_change_a_release(statement):
    approve(make_triple())
    cut()

    with pytest.raises(Error, match="immutable"):
        execute_guarded(statement)


def execute_guarded(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or TRUNCATE stumbles over waiting checks first
        cursor.execute("SET LOCAL kgcurate.guard_truncate = 'on'")
        cursor.execute(statement)


def test_a_closed_row_cannot_be_opened_again():
    triple = make_triple()
    approve(triple)
    cut()
    decide(triple_ids=[triple.pk], status=Status.REJECTED, by=make_curator(), reason="no")
    cut()

    with pytest.raises(Error, match="immutable"), transaction.atomic():
        ReleasedTriple.objects.filter(key=triple.key).update(last_release=None)


def test_a_concept_of_a_release_cannot_be_deleted():
    triple = make_triple()
    approve(triple)
    cut()

    with pytest.raises(Error), transaction.atomic():
        triple.delete()


@pytest.mark.django_db(transaction=True)
def test_two_cuts_at_once_make_one_release_of_the_same_state():
    approve(make_triple())
    start, results = threading.Barrier(2), []

    def cutting():
        start.wait()
        try:
            results.append(cut().number)
        except NothingChanged:
            results.append("nothing changed")
        finally:
            connection.close()

    threads = [threading.Thread(target=cutting) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, results)) == ["1", "nothing changed"]
    assert Release.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_release_looks_at_one_moment():
    """A decision that commits while the release is being cut is in it whole or not at all."""
    triples = [make_triple() for _ in range(5)]
    curator = make_curator()
    approve(triples[0], by=curator)
    start = threading.Barrier(2)

    def deciding():
        start.wait()
        approve(*triples[1:], by=curator)
        connection.close()

    thread = threading.Thread(target=deciding)
    thread.start()
    start.wait()
    cut()
    thread.join()

    assert ReleasedTriple.objects.held_by(1).count() in (1, 5)
    ends = ReleasedTriple.objects.held_by(1).values_list("subject", "object")
    assert {key for pair in ends for key in pair} <= keys(ReleasedConcept, 1)


def test_a_concept_alone_can_be_released():
    concept = make_concept("Scenario", "first day at work")
    decide(concept_ids=[concept.pk], status=Status.APPROVED, by=make_curator())

    cut()

    assert concept.key in keys(ReleasedConcept, 1)
