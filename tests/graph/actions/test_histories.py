"""Random histories of proposals, decisions, undos and releases keep the graph's rules."""

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from graph.actions.curate import decide, undo
from graph.actions.propose import AlreadyDecided, propose_concept, propose_triple, withdraw_evidence
from graph.actions.release import NothingChanged, cut_release
from graph.actions.setup import ensure_default_ontology
from graph.models import Concept, ReleasedConcept, ReleasedTriple, Status, Triple
from people.errors import UserError
from people.models import Change, User
from tests.factories.graph import make_category, make_verdict_evidence
from tests.factories.people import make_curator

WORDS = st.sampled_from(["oil control", "deep hydration", "gentle"])
PLACES = st.sampled_from(["Face cream", "Shampoo"])
DECISIONS = st.sampled_from([Status.APPROVED, Status.REJECTED])


def states():
    return {
        (model.__name__, pk): (status, decided_at)
        for model in (Concept, Triple)
        for pk, status, decided_at in model.objects.values_list("pk", "status", "decided_at")
    }


class Histories(RuleBasedStateMachine):
    curator: User
    places: dict[str, Concept]

    def __init__(self):
        super().__init__()
        # Each history begins with the same graph: two categories, nothing proposed.
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.verdicts = []
        self.batches = []
        self.last = None  # (batch, the states before it) while nothing has happened since

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(word=WORDS)
    def begin(self, word):
        for place in self.places:
            self.propose(word, place)

    @rule(word=WORDS, place=PLACES)
    def propose(self, word, place):
        self.last = None
        evidence = make_verdict_evidence()
        self.verdicts.append(evidence.reference)
        concept = propose_concept(class_name="POI", text=word, language="en", evidence=[evidence])
        propose_triple(subject=self.places[place], relation="has_poi", object=concept, evidence=[evidence])

    @precondition(lambda self: self.verdicts)
    @rule(data=st.data())
    def withdraw(self, data):
        self.last = None
        before = states()
        try:
            withdraw_evidence(reference=data.draw(st.sampled_from(self.verdicts)), actor="t", reason="undone")
        except AlreadyDecided:
            assert states() == before

    @precondition(lambda self: Triple.objects.exists())
    @rule(data=st.data(), status=DECISIONS, about=st.sampled_from(["triple_ids", "concept_ids"]))
    def decide(self, data, status, about):
        model = Triple if about == "triple_ids" else Concept
        rows = Triple.objects.order_by("pk")
        rows = list(
            rows if model is Triple else Concept.objects.filter(concept_class__name="POI").order_by("pk")
        )
        picks = st.sampled_from([row.pk for row in rows])
        chosen = data.draw(st.lists(picks, min_size=1, max_size=2, unique=True))
        before = states()
        try:
            decided = decide(**{about: chosen}, status=status, by=self.curator, reason="because")
        except UserError:
            assert states() == before
            return
        if decided.total:
            self.batches.append(decided.batch)
            self.last = (decided.batch, before)

    @precondition(lambda self: self.last)
    @rule()
    def undo_at_once(self):
        """With nothing in between an undo always works and restores every row."""
        batch, before = self.last
        undo(batch=batch, by=self.curator)
        assert states() == before
        self.last = None

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def undo_any(self, data):
        before = states()
        try:
            undone = undo(batch=data.draw(st.sampled_from(self.batches)), by=self.curator)
        except UserError:
            assert states() == before
            return
        self.last = None
        self.batches.append(undone.batch)

    @precondition(lambda self: self.batches)
    @rule()
    def release(self):
        try:
            release = cut_release(levels=["schema", "instance"], by=self.curator)
        except NothingChanged:
            return
        concepts = set(ReleasedConcept.objects.held_by(release.number).values_list("concept", flat=True))
        approved = Concept.objects.filter(status=Status.APPROVED)
        assert concepts == set(approved.values_list("pk", flat=True))
        released = set(ReleasedTriple.objects.held_by(release.number).values_list("triple", flat=True))
        standing = Triple.objects.filter(status=Status.APPROVED, subject__in=approved, object__in=approved)
        assert released == set(standing.values_list("pk", flat=True))

    @invariant()
    def nothing_proposed_stands_on_something_rejected(self):
        rejected = Concept.objects.filter(status=Status.REJECTED).values_list("pk", flat=True)
        assert not Triple.objects.proposed().touching(list(rejected)).exists()

    @invariant()
    def the_trail_tells_where_every_decided_row_stands(self):
        for model in (Concept, Triple):
            for row in model.objects.exclude(decided_at=None):
                last = Change.objects.filter(
                    entity=model.__name__.lower(), entity_id=row.pk, after__has_key="status"
                ).latest("pk")
                assert last.after["status"] == row.status


def test_every_history_keeps_the_rules(db):
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    ensure_default_ontology()
    Histories.curator = make_curator()
    Histories.places = {name: make_category(name) for name in ("Face cream", "Shampoo")}
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=checks
        ),
    )
