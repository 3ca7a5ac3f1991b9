import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from annotation.actions.undoing import withdraw_judgment
from annotation.models import Answer, Verdict
from annotation.tasks import act_on_waiting_verdicts
from graph.identity import everyone
from graph.models import Concept, Evidence, Label, Status, Triple
from mining.kinds.phrase.proposals import on_accept, on_accept_all, on_withdraw
from people.models import Change
from tests.factories.annotation import give_and_judge as judge
from tests.factories.learning import make_category, make_example, make_phrase, make_phrase_campaign
from tests.factories.people import make_annotator

pytestmark = pytest.mark.django_db


def accepted(question="poi", annotator=None, **phrase):
    candidate = make_phrase("保湿", category=make_category(), **phrase)
    for number in range(4):
        make_example(candidate, f"第{number}句保湿", kind="review", title=f"标题{number}")
    task = make_phrase_campaign(question=question).tasks.get()
    task.score, task.scored_by = 0.8, 5
    task.save()
    judge(task, annotator or make_annotator(), Answer.ACCEPT)
    return task.verdicts.standing().get()


def test_a_point_of_interest_proposes_concept_and_triple_with_all_evidence():
    verdict = accepted()

    on_accept(verdict)

    concept = Concept.objects.get(concept_class__name="POI")
    triple = Triple.objects.get()
    assert (concept.name, concept.language, concept.status) == ("保湿", "zh", Status.PROPOSED)
    assert (triple.subject, triple.relation.name, triple.object) == (make_category(), "has_poi", concept)
    for row in (concept, triple):
        assert row.evidence.filter(kind="verdict").get().reference == f"verdict/{verdict.pk}"
        sentences = row.evidence.filter(kind="sentence")
        assert sentences.count() == 3
        for sentence in sentences:
            assert sentence.text[sentence.start : sentence.end] == "保湿"
            assert sentence.detail["source"].startswith("标题")


def test_variants_that_the_miner_merged_are_words_for_the_concept():
    verdict = accepted(variants=["保溼", "保 湿"])

    assert on_accept_all([verdict]) == set()  # one by one, for there are words to add
    on_accept(verdict)
    on_accept(verdict)

    concept = Concept.objects.get(concept_class__name="POI")
    words = set(concept.labels.values_list("text", "is_preferred"))
    assert words == {("保湿", True), ("保溼", False), ("保 湿", False)}


def test_what_a_curator_approved_gets_no_variants_unseen():
    verdict = accepted(variants=["保溼"])
    on_accept(verdict)
    concept = Concept.objects.get(concept_class__name="POI")
    concept.labels.filter(text="保溼").delete()
    Concept.objects.filter(pk=concept.pk).update(status=Status.APPROVED)

    on_accept(verdict)

    assert list(concept.labels.values_list("text", flat=True)) == ["保湿"]


def test_a_problem_is_everyones():
    verdict = accepted("problem")

    on_accept(verdict)

    triple = Triple.objects.get()
    assert (triple.subject, triple.relation.name) == (everyone(), "has_problem")
    assert triple.object.concept_class.name == "Problem"


def test_the_trail_says_how_the_verdict_came_about():
    verdict = accepted(annotator=make_annotator(is_simulated=True))

    on_accept(verdict)

    detail = Evidence.objects.filter(kind="verdict").first().detail
    assert detail["votes"]["accept"] == 1
    assert detail["posterior"] == verdict.posterior
    assert (detail["score"], detail["model_version"]) == (0.8, 5)
    assert detail["guidelines"] == [1]
    assert detail["simulated"] is True
    assert detail["campaign_id"] == verdict.task.campaign_id


def test_acting_twice_changes_nothing():
    verdict = accepted()

    on_accept(verdict)
    on_accept(verdict)

    assert Triple.objects.count() == 1
    assert Evidence.objects.count() == 8


def test_a_withdrawn_verdict_takes_its_proposal_back():
    annotator = make_annotator()
    verdict = accepted(annotator=annotator)
    on_accept(verdict)
    verdict.acted_at = verdict.formed_at
    verdict.save()

    withdraw_judgment(judgment_id=verdict.basis[0], annotator=annotator)

    assert Triple.objects.get().status == Status.WITHDRAWN
    assert Concept.objects.get(concept_class__name="POI").status == Status.WITHDRAWN
    assert not Evidence.objects.filter(kind="verdict").exists()


def test_a_proposal_that_another_verdict_supports_stays():
    first = accepted()
    on_accept(first)
    second_task = make_phrase_campaign().tasks.get()
    judge(second_task, make_annotator(), Answer.ACCEPT)
    on_accept(second_task.verdicts.get())

    on_withdraw(first)

    assert Triple.objects.get().status == Status.PROPOSED


def written():
    """All that proposals write, without keys and times."""
    names = {"concept__name", "triple__object__name", "kind", "reference", "text", "start", "end", "detail"}
    keyed = {"name", "language", "status", "posterior", "is_simulated", "key", "concept_class__name"}
    return {
        "concepts": list(Concept.objects.order_by("key").values(*keyed)),
        "labels": list(
            Label.objects.order_by("text").values("concept__key", "text", "normal_form", "is_preferred")
        ),
        "triples": list(Triple.objects.order_by("key").values("key", "status", "posterior", "is_simulated")),
        "evidence": list(Evidence.objects.order_by("reference", "concept__name", "kind").values(*names)),
        "changes": list(
            Change.objects.filter(entity__in=["concept", "triple"])
            .order_by("actor", "entity", "action")
            .values("actor", "entity", "action", "before", "after", "reason", "by")
        ),
    }


@pytest.mark.parametrize("question", ["poi", "problem"])
def test_many_at_once_write_what_one_after_the_other_would(question):
    categories = [make_category(), make_category("lotion", en="Lotion", zh="乳液")]
    for number, phrase in enumerate(["保湿", "补水", "  long   lasting ", "Oil", "OIL", "不油腻", "x" * 180]):
        candidate = make_phrase(phrase, category=categories[number % 2], language="zh")
        make_example(candidate, f"一句{phrase}", kind="review", title="标题")
    campaign = make_phrase_campaign(question=question, overlap=1)
    # A spelling of another phrase takes its verdict from that one.
    for number, task in enumerate(campaign.tasks.open().order_by("pk")):
        judge(task, make_annotator(is_simulated=number % 3 == 0), Answer.ACCEPT)
    verdicts = list(Verdict.objects.waiting().select_related("task__campaign").order_by("pk"))
    categories[1].status = Status.REJECTED
    categories[1].save()
    on_accept(verdicts[1])  # one is there already

    with transaction.atomic():
        for verdict in verdicts:
            on_accept(verdict)
        one_by_one = written()
        transaction.set_rollback(True)
    done = on_accept_all(verdicts)
    assert len(done) >= 2 and verdicts[1].pk not in done
    for verdict in verdicts:
        if verdict.pk not in done:
            on_accept(verdict)

    assert written() == one_by_one
    assert on_accept_all(verdicts) == set()
    assert written() == one_by_one


def test_a_worker_takes_many_up_at_once():
    for number in range(12):
        make_phrase(f"保湿{number}", category=make_category())
    campaign = make_phrase_campaign(overlap=1)
    annotator = make_annotator()
    for task in campaign.tasks.all():
        judge(task, annotator, Answer.ACCEPT)

    with CaptureQueriesContext(connection) as captured:
        assert act_on_waiting_verdicts() == 12

    assert len(captured) < 60
    assert Triple.objects.count() == 12
    assert not Verdict.objects.waiting().exists()


def test_one_that_fails_does_not_hold_up_those_beside_it(caplog):
    for number in range(4):
        make_phrase(f"保湿{number}", category=make_category())
    campaign = make_phrase_campaign(overlap=1)
    annotator = make_annotator()
    for task in campaign.tasks.all():
        judge(task, annotator, Answer.ACCEPT)
    broken = campaign.tasks.order_by("pk")[1]
    del broken.content["phrase"]
    broken.save()

    assert act_on_waiting_verdicts() == 3

    assert "could not be acted on together" in caplog.text
    assert Verdict.objects.waiting().get().task == broken
    assert Triple.objects.count() == 3
