import threading

import pytest
from django.db import connection

from graph.actions.curate import ConflictError, NothingToUndo, ReasonMissing, decide, undo
from graph.actions.propose import propose_triple
from graph.models import Concept, Status, Triple
from people.models import Change
from tests.factories.graph import make_category, make_concept, make_triple, make_verdict_evidence
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db


def approve(triple, by=None, **options):
    return decide(triple_ids=[triple.pk], status=Status.APPROVED, by=by or make_curator(), **options)


def reject(triple, by=None, **options):
    options.setdefault("reason", "wrong")
    return decide(triple_ids=[triple.pk], status=Status.REJECTED, by=by or make_curator(), **options)


def reject_concept(concept, reason="wrong"):
    return decide(concept_ids=[concept.pk], status=Status.REJECTED, by=make_curator(), reason=reason)


def status(row):
    row.refresh_from_db()
    return row.status


def test_approving_a_triple_approves_its_proposed_ends_and_writes_the_trail():
    triple, curator = make_triple(), make_curator()

    decided = approve(triple, by=curator)

    assert status(triple) == status(triple.object) == Status.APPROVED
    assert (decided.triples, decided.also_concepts) == ([triple.pk], [triple.object_id])
    changes = Change.objects.filter(batch=decided.batch)
    assert {(c.entity, c.action, c.by, c.before["status"], c.after["status"]) for c in changes} == {
        ("triple", "approve", curator, "proposed", "approved"),
        ("concept", "approve", curator, "proposed", "approved"),
    }


def test_rejecting_needs_a_reason():
    triple = make_triple()

    with pytest.raises(ReasonMissing):
        reject(triple, reason="  ")

    assert status(triple) == Status.PROPOSED


def test_rejecting_a_concept_rejects_its_proposed_triples_only():
    first = make_triple("oil control")
    second = make_triple("oil control", category=make_category("Shampoo"))
    approve(first)

    reject_concept(first.object)

    assert (status(first), status(second)) == (Status.APPROVED, Status.REJECTED)


def test_rejecting_the_only_triple_takes_its_concept_back_so_that_nobody_decides_twice():
    triple = make_triple()

    decided = reject(triple)

    assert status(triple.object) == Status.WITHDRAWN and decided.also_concepts == [triple.object_id]
    assert not Concept.objects.on_their_own().exists()


def test_rejecting_one_of_two_triples_leaves_the_concept_to_the_other():
    first = make_triple("oil control")
    make_triple("oil control", category=make_category("Shampoo"))

    reject(first)

    assert status(first.object) == Status.PROPOSED


def test_a_rejected_concept_cannot_carry_an_approved_triple():
    triple = make_triple()
    reject_concept(triple.object)

    with pytest.raises(ConflictError, match=triple.object.name):
        approve(triple)


def test_the_same_decision_twice_is_one_decision():
    triple = make_triple()
    approve(triple)

    again = approve(triple, expected=Status.PROPOSED)

    assert again.total == 0
    assert Change.objects.filter(action="approve", entity="triple").count() == 1


def test_a_row_that_moved_meanwhile_is_a_conflict_and_nothing_is_done():
    moved, other = make_triple(), make_triple()
    reject(moved)

    with pytest.raises(ConflictError, match="Meanwhile"):
        decide(
            triple_ids=[moved.pk, other.pk],
            status=Status.APPROVED,
            by=make_curator(),
            expected=Status.PROPOSED,
        )

    assert status(other) == Status.PROPOSED


def test_a_row_that_is_not_there_is_a_conflict():
    with pytest.raises(ConflictError, match="99"):
        decide(triple_ids=[99], status=Status.APPROVED, by=make_curator())


def test_undo_restores_everything_the_batch_changed():
    first, second = make_triple(), make_triple()
    decided = decide(
        triple_ids=[first.pk, second.pk], status=Status.REJECTED, by=make_curator(), reason="both"
    )

    undone = undo(batch=decided.batch, by=make_curator())

    assert {status(row) for row in (first, second, first.object, second.object)} == {Status.PROPOSED}
    assert first.decided_at is None and first.decided_by is None
    assert Change.objects.filter(batch=undone.batch, action="undo", undoes__batch=decided.batch).count() == 4


def test_an_undo_can_be_undone():
    triple = make_triple()
    decided = approve(triple)

    undone = undo(batch=decided.batch, by=make_curator())
    undo(batch=undone.batch, by=make_curator())

    assert status(triple) == status(triple.object) == Status.APPROVED


def test_undoing_twice_says_so():
    decided = approve(make_triple())
    undo(batch=decided.batch, by=make_curator())

    with pytest.raises(NothingToUndo, match="already"):
        undo(batch=decided.batch, by=make_curator())


def test_what_has_changed_since_cannot_be_undone():
    triple = make_triple()
    decided = approve(triple)
    reject(triple)

    with pytest.raises(ConflictError, match=triple.object.name):
        undo(batch=decided.batch, by=make_curator())

    assert status(triple) == Status.REJECTED


def test_a_concept_that_a_later_approval_stands_on_is_not_taken_from_under_it():
    first = make_triple("oil control")
    decided = approve(first)
    second = make_triple("oil control", category=make_category("Shampoo"))
    approve(second)

    with pytest.raises(ConflictError, match="rest on it"):
        undo(batch=decided.batch, by=make_curator())

    assert status(first) == status(first.object) == Status.APPROVED


def test_a_triple_does_not_come_back_to_the_queue_on_a_rejected_concept():
    concept, category = make_concept("POI", "oil control"), make_category()
    decide(concept_ids=[concept.pk], status=Status.APPROVED, by=make_curator())
    triple = propose_triple(
        subject=category, relation="has_poi", object=concept, evidence=[make_verdict_evidence()]
    )
    decided = reject(triple)
    reject_concept(concept)

    with pytest.raises(ConflictError):
        undo(batch=decided.batch, by=make_curator())

    assert not Triple.objects.proposed().exists()


def test_something_else_than_a_decision_is_not_undone():
    triple = make_triple()
    change = Change.objects.filter(entity="triple", entity_id=triple.pk).get()

    with pytest.raises(NothingToUndo):
        undo(batch=change.batch, by=make_curator())


@pytest.mark.django_db(transaction=True)
def test_two_curators_who_disagree_at_once_get_one_decision_and_one_conflict():
    triple, curators = make_triple(), [make_curator(), make_curator()]
    start, results = threading.Barrier(2), []

    def deciding(curator, status):
        start.wait()
        try:
            decide(
                triple_ids=[triple.pk],
                status=status,
                by=curator,
                reason="so I think",
                expected=Status.PROPOSED,
            )
            results.append("decided")
        except ConflictError:
            results.append("conflict")
        finally:
            connection.close()

    decisions = zip(curators, (Status.APPROVED, Status.REJECTED), strict=True)
    threads = [threading.Thread(target=deciding, args=decision) for decision in decisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["conflict", "decided"]
    assert Change.objects.filter(entity="triple", action__in=["approve", "reject"]).count() == 1
