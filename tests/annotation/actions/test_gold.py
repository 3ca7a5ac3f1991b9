"""Known answers: where they come from, what they measure, when they are retired, and appeals against them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.actions import fitting
from annotation.actions.appealing import NotToAppeal, appeal_judgment, overturn, uphold
from annotation.actions.deciding import adjudicate, undo_decision
from annotation.actions.gold import (
    NotGold,
    accept_proposal,
    add_gold,
    decide_and_keep,
    refuse_proposal,
    retire_gold,
)
from annotation.actions.leases import release_expired_leases
from annotation.actions.practising import answer_attempt, start_attempt
from annotation.actions.reporting import report
from annotation.actions.revising import remove_annotator
from annotation.actions.serving import serve
from annotation.actions.sweeping import sweep_gold
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.corrections import corrected, corrections_of
from annotation.models import (
    Answer,
    AppealStatus,
    Consensus,
    Gold,
    GoldSource,
    GoldStatus,
    GoldUse,
    Judgment,
    Lease,
    Mode,
    Pool,
    QualityPolicy,
    RetiredFor,
    Task,
)
from people.models import Change
from tests.annotation.promises import assert_promises
from tests.factories.annotation import give_and_judge, judge, make_annotator, make_campaign
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db


def gold_campaign(*, size=4, answer=Answer.REJECT, **policy):
    """Its first task is a known answer."""
    campaign = make_campaign(size=size, **policy)
    task = campaign.tasks.order_by("candidate_id").first()
    add_gold(task=task, answer=answer, reason="It is a brand.", by=make_curator())
    return campaign, Gold.objects.get(pk=task.pk)


def watch(campaign, **policy):
    QualityPolicy.objects.update_or_create(campaign=campaign, defaults=policy)
    return sweep_gold(campaign)


def test_exposure_and_accuracy_are_counted_and_what_was_shown_too_often_is_retired():
    campaign, gold = gold_campaign()
    for answer in (Answer.REJECT, Answer.REJECT, Answer.ACCEPT):
        give_and_judge(gold.task, make_annotator(), answer)

    assert watch(campaign, gold_shown=4).retired == 0
    gold.refresh_from_db()
    assert (gold.answered, gold.right, gold.status) == (3, 2, GoldStatus.LIVE)
    assert watch(campaign, gold_shown=3).retired == 1

    gold.refresh_from_db()
    assert (gold.status, gold.retired_for) == (GoldStatus.RETIRED, RetiredFor.SHOWN)
    asked = serve(campaign=campaign, annotator=make_annotator(), size=9)
    assert gold.task_id not in {task.pk for task in asked}
    assert Change.objects.get(action="retire gold").actor == "watch_quality"
    assert_promises(campaign)


def test_an_old_one_is_retired_and_its_answer_is_then_told():
    campaign, gold = gold_campaign()
    wrong, right = make_annotator(), make_annotator()
    judgment = give_and_judge(gold.task, wrong, Answer.ACCEPT)
    agreeing = give_and_judge(gold.task, right, Answer.REJECT)
    assert corrections_of([judgment, agreeing]) == {}
    assert not corrected(Judgment.objects.all()).exists()
    Gold.objects.update(made_at=timezone.now() - timedelta(days=31))

    watch(campaign, gold_days=30)

    told = corrections_of([judgment, agreeing])
    assert set(told) == {judgment.pk}
    assert (told[judgment.pk].answer, told[judgment.pk].why) == (Answer.REJECT, "It is a brand.")
    assert corrected(Judgment.objects.all()).get() == judgment


def test_who_leases_a_known_answer_while_it_is_retired_may_still_answer():
    campaign, gold = gold_campaign(gold_share=1.0)
    person = make_annotator()
    held = [task for task in serve(campaign=campaign, annotator=person, size=4) if task.pk == gold.task_id]
    retire_gold(gold=gold, reason=RetiredFor.BY_HAND)

    assert judge(held[0], person, Answer.REJECT).is_counted
    assert_promises(campaign)


def closed_and_held(use=None):
    """A known answer that is out of use while somebody holds it."""
    campaign, gold = gold_campaign(gold_share=1.0)
    person = make_annotator()
    (task,) = [task for task in serve(campaign=campaign, annotator=person, size=4) if task.pk == gold.task_id]
    if use:
        add_gold(task=task, answer=gold.answer, reason="", use=use)
    else:
        retire_gold(gold=gold, reason=RetiredFor.BY_HAND)
    return campaign, task, person


@pytest.mark.parametrize("use", [None, GoldUse.TEST])
@pytest.mark.parametrize("lets_go", ["lease", "skip"])
def test_a_seat_that_comes_free_of_a_known_answer_out_of_use_goes_to_nobody(use, lets_go):
    campaign, task, person = closed_and_held(use)

    if lets_go == "skip":
        judge(task, person, Answer.SKIP)
    else:
        Lease.objects.filter(task=task).update(expires_at=timezone.now() - timedelta(seconds=1))
        release_expired_leases()

    campaign.gold_share = 1.0
    assert task not in serve(campaign=campaign, annotator=make_annotator(), size=4)
    assert Task.objects.get(pk=task.pk).seats_free == 0
    assert_promises(campaign)


def test_nobody_undoes_an_answer_once_they_can_read_the_right_one():
    campaign, gold = gold_campaign(size=2)
    person = make_annotator()
    judgment = give_and_judge(gold.task, person, Answer.ACCEPT)
    retire_gold(gold=gold, reason=RetiredFor.OLD)

    with pytest.raises(TooLateToUndo):
        withdraw_judgment(judgment_id=judgment.pk, annotator=person)

    assert_promises(campaign)


def test_what_was_explained_in_training_is_never_mixed_in_unseen():
    campaign = make_campaign(size=3)
    task, person = campaign.tasks.first(), make_annotator()
    add_gold(task=task, answer=Answer.ACCEPT, reason="", use=GoldUse.TRAINING)
    attempt = start_attempt(campaign=campaign, annotator=person, mode=Mode.TRAINING)
    answer_attempt(attempt=attempt, task=task, answer=Answer.REJECT, took=timedelta(seconds=1))

    with pytest.raises(NotGold):
        add_gold(task=task, answer=Answer.ACCEPT, reason="", use=GoldUse.MEASURE)


def test_one_that_returns_to_the_queue_between_two_answers_is_not_forgotten():
    # Two of at most four had answered and did not agree, so a third was wanted, when it became known.
    campaign = make_campaign(size=1, overlap=4, least_overlap=2, stop_at=0.99, consensus="dawid_skene")
    task = campaign.tasks.get()
    give_and_judge(task, make_annotator(), Answer.ACCEPT)
    give_and_judge(task, make_annotator(), Answer.REJECT)
    add_gold(task=task, answer=Answer.ACCEPT, reason="")

    retire_gold(gold=Gold.objects.get(), reason=RetiredFor.WRONG)

    assert serve(campaign=campaign, annotator=make_annotator(), size=1) == [task]
    assert_promises(campaign)


def test_a_decision_that_is_taken_back_does_not_bring_removed_answers_back():
    campaign = make_campaign(size=1, overlap=2)
    task, leaver = campaign.tasks.get(), make_annotator()
    give_and_judge(task, leaver, Answer.ACCEPT)
    stays = give_and_judge(task, make_annotator(), Answer.REJECT)
    decided = adjudicate(verdict=task.verdicts.get(), answer=Answer.ACCEPT, by=make_curator(), why="sure")
    remove_annotator(campaign=campaign, annotator=leaver, by=None, why="guesses")
    assert serve(campaign=campaign, annotator=make_annotator(), size=1) == []  # it is decided

    assert undo_decision(verdict=decided, by=make_curator()) is None

    assert_promises(campaign)
    give_and_judge(task, make_annotator(), Answer.REJECT)
    verdict = task.verdicts.standing().get()
    assert (verdict.answer, stays.pk in verdict.basis, len(verdict.basis)) == ("reject", True, 2)
    assert_promises(campaign)


def confident(campaign, answers):
    for task, answer in zip(campaign.tasks.order_by("candidate_id"), answers, strict=True):
        for _ in range(3):
            give_and_judge(task, make_annotator(), answer)


def test_verdicts_of_one_mind_are_proposed_and_become_known_when_a_curator_agrees():
    campaign = make_campaign(size=4, overlap=3)
    confident(campaign, [Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT, Answer.UNSURE])
    curator = make_curator()

    assert watch(campaign, gold_from_verdicts="propose", gold_wanted=2).proposed == 2
    assert watch(campaign, gold_from_verdicts="propose", gold_wanted=2).proposed == 0

    yes, no = Gold.objects.order_by("answer")
    assert [(one.answer, one.status) for one in (yes, no)] == [("accept", "proposed"), ("reject", "proposed")]
    assert campaign.tasks.filter(pool=Pool.GOLD).count() == 0
    for _ in range(2):
        accept_proposal(gold=yes, by=curator, reason="surely")
        refuse_proposal(gold=no, by=curator)
    yes.refresh_from_db()
    assert (yes.status, yes.source, yes.task.gold_answer) == (GoldStatus.LIVE, GoldSource.VERDICT, "accept")
    # What was refused is not proposed again.
    assert watch(campaign, gold_from_verdicts="propose", gold_wanted=2).proposed == 0


def test_only_sure_verdicts_of_enough_judges_who_agree_are_taken_automatically():
    campaign = make_campaign(size=3, overlap=3, consensus=Consensus.DAWID_SKENE)
    sure, doubtful, few = campaign.tasks.order_by("candidate_id")
    for _ in range(3):
        give_and_judge(sure, make_annotator(), Answer.ACCEPT)
    for answer in (Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT):
        give_and_judge(doubtful, make_annotator(), answer)
    give_and_judge(few, make_annotator(), Answer.ACCEPT)
    posterior = sure.verdicts.get().confidence

    assert watch(campaign, gold_from_verdicts="automatic", gold_sure=posterior + 0.001).proposed == 0
    assert (
        watch(campaign, gold_from_verdicts="automatic", gold_sure=posterior - 0.001, gold_judges=4).proposed
        == 0
    )
    assert (
        watch(campaign, gold_from_verdicts="automatic", gold_sure=posterior - 0.001, gold_judges=3).proposed
        == 1
    )

    assert Gold.objects.get().task == sure
    # The judges who made it known are not measured by their own verdict on it.
    sweep_gold(campaign)
    assert Gold.objects.get().answered == 0


def test_the_evaluation_sample_stays_random():
    campaign = make_campaign(size=1, overlap=3, evaluation_share=1.0)
    confident(campaign, [Answer.ACCEPT])

    assert watch(campaign, gold_from_verdicts="automatic", gold_judges=2).proposed == 0
    with pytest.raises(NotGold):
        add_gold(task=campaign.tasks.get(), answer=Answer.ACCEPT, reason="")


def leaky(campaign, gold, *, early, late):
    """30 answers to a known answer: (share right, seconds) of the first 10 and of the last 20."""
    people = []
    for number in range(30):
        share, seconds = early if number < 10 else late
        person = make_annotator()
        people.append(person)
        is_right = (number % 10) < 10 * share
        give_and_judge(gold.task, person, gold.answer if is_right else Answer.UNSURE, seconds=seconds)
    fitting.fit(campaign)
    campaign.participations.update(habits={"seconds": 5.0}, reliability=0.75)


@pytest.mark.parametrize(
    ("early", "late", "is_leaked"),
    [
        ((0.4, 5), (1.0, 5), True),  # suddenly right
        ((0.8, 5), (1.0, 1), True),  # suddenly right at a glance
        ((1.0, 5), (1.0, 5), False),  # easy from the first day
        ((1.0, 1), (1.0, 1), False),  # and quickly read
        ((0.7, 5), (0.8, 5), False),
        ((0.5, 5), (0.3, 1), False),  # haste alone makes nobody right
    ],
)
def test_a_known_answer_that_got_about_is_retired_and_measures_nobody_since(early, late, is_leaked):
    campaign, gold = gold_campaign(size=1)
    leaky(campaign, gold, early=early, late=late)

    swept = watch(campaign)

    gold.refresh_from_db()
    assert swept.leaked == is_leaked
    assert gold.retired_for == ("leaked" if is_leaked else "")
    assert bool(gold.suspicion_words) == is_leaked
    # What was answered before still counts; of one that a curator takes out, nobody knows since when.
    assert len(fitting.load(campaign).judgments) == (10 if is_leaked else 30)
    report(campaign)
    assert sum(one.habits["gold"] for one in campaign.participations.exclude(habits={})) == (
        10 if is_leaked else 30
    )
    Gold.objects.update(status=GoldStatus.LIVE, retired_for="", retired_at=None)
    retire_gold(gold=Gold.objects.get(), reason=RetiredFor.LEAKED, by=make_curator())
    assert len(fitting.load(campaign).judgments) == 0


def test_a_dispute_is_decided_and_kept_as_known_in_one_go_and_taken_back_in_one():
    campaign = make_campaign(size=1, overlap=2)
    task, curator = campaign.tasks.get(), make_curator()
    give_and_judge(task, make_annotator(), Answer.ACCEPT)
    give_and_judge(task, make_annotator(), Answer.REJECT)

    decided = decide_and_keep(verdict=task.verdicts.get(), answer=Answer.ACCEPT, by=curator, why="see 2")

    task.refresh_from_db()
    assert (task.pool, task.gold_answer, task.gold.why) == (Pool.GOLD, "accept", "see 2")
    # The answer of a task that measures people is told to nobody.
    assert corrections_of(task.judgments.all()) == {}
    undo_decision(verdict=decided, by=curator)
    task.refresh_from_db()
    assert (task.pool, task.gold_answer, Gold.objects.count()) == (Pool.MODEL, "", 0)
    assert task.verdicts.standing().get().is_disputed
    assert_promises(campaign)


def test_a_known_answer_that_turns_out_wrong_becomes_a_question_again():
    campaign, gold = gold_campaign(size=1, overlap=2)
    give_and_judge(gold.task, make_annotator(), Answer.ACCEPT)

    retire_gold(gold=gold, reason=RetiredFor.WRONG, by=make_curator(), words="I misread it")

    task = campaign.tasks.get()
    assert (task.pool, task.seats_free, task.seats_granted) == (Pool.MODEL, 2, 2)
    assert not task.judgments.get().is_counted
    (again,) = serve(campaign=campaign, annotator=make_annotator(), size=1)
    assert again == task
    assert_promises(campaign)


def told_wrong():
    """Somebody who answered yes to a known no, which was retired and told since."""
    campaign, gold = gold_campaign(size=2)
    person = make_annotator()
    judgment = give_and_judge(gold.task, person, Answer.ACCEPT)
    retire_gold(gold=gold, reason=RetiredFor.OLD)
    return campaign, gold, person, judgment


def test_an_appeal_is_made_once_and_upheld_with_words():
    _campaign, gold, person, judgment = told_wrong()

    appeal = appeal_judgment(judgment=judgment, annotator=person, words="Everybody says so.")
    assert appeal_judgment(judgment=judgment, annotator=person, words="again") == appeal
    for _ in range(2):
        uphold(appeal=appeal, by=make_curator(), reply="It is a trade mark.")

    appeal.refresh_from_db()
    assert (appeal.status, appeal.words) == (AppealStatus.UPHELD, "Everybody says so.")
    gold.refresh_from_db()
    assert gold.answer == Answer.REJECT
    assert Change.objects.filter(action="decide appeal").count() == 1


def test_an_appeal_that_is_right_corrects_the_known_answer_and_everybodys_figures():
    campaign, gold, person, judgment = told_wrong()
    fitting.fit(campaign)
    before = campaign.participations.get(annotator=person).reliability
    appeal = appeal_judgment(judgment=judgment, annotator=person, words="Everybody says so.")

    overturn(appeal=appeal, by=make_curator(), reply="You are right.", answer=Answer.ACCEPT)

    gold.refresh_from_db()
    assert (gold.answer, gold.task.gold_answer, gold.status) == ("accept", "accept", GoldStatus.RETIRED)
    assert corrections_of([judgment]) == {}
    assert fitting.refresh(campaign) == "fitted"
    assert campaign.participations.get(annotator=person).reliability > before


def test_an_appeal_may_leave_a_question_that_nobody_knows_the_answer_to():
    campaign, gold, person, judgment = told_wrong()
    appeal = appeal_judgment(judgment=judgment, annotator=person, words="It could be either.")

    overturn(appeal=appeal, by=make_curator(), reply="True.")

    gold.refresh_from_db()
    assert (gold.retired_for, gold.task.pool) == (RetiredFor.WRONG, Pool.MODEL)
    assert_promises(campaign)


def test_nobody_appeals_for_others_without_words_or_where_nobody_said_wrong():
    _campaign, gold = gold_campaign(size=2)
    person = make_annotator()
    judgment = give_and_judge(gold.task, person, Answer.ACCEPT)
    right = give_and_judge(gold.task, make_annotator(), Answer.REJECT)
    with pytest.raises(NotToAppeal):  # nobody was told anything yet
        appeal_judgment(judgment=judgment, annotator=person, words="so")
    retire_gold(gold=gold, reason=RetiredFor.OLD)

    for one, who, words in (
        (judgment, make_annotator(), "not mine"),
        (judgment, person, "  "),
        (right, right.annotator, "but"),
    ):
        with pytest.raises(NotToAppeal):
            appeal_judgment(judgment=one, annotator=who, words=words)
    appeal = appeal_judgment(judgment=judgment, annotator=person, words="so")
    with pytest.raises(NotToAppeal):
        overturn(appeal=appeal, by=make_curator(), reply="", answer=Answer.REJECT)


@pytest.mark.parametrize("use", [GoldUse.TEST, GoldUse.TRAINING])
def test_known_answers_for_tests_and_training_are_never_mixed_in(use):
    campaign = make_campaign(size=2, gold_share=1.0)
    task = campaign.tasks.first()
    add_gold(task=task, answer=Answer.ACCEPT, reason="", use=use)

    asked = {one.pk for one in serve(campaign=campaign, annotator=make_annotator(), size=5)}

    assert task.pk not in asked
    add_gold(task=task, answer=Answer.ACCEPT, reason="", use=GoldUse.MEASURE)
    assert task.pk in {one.pk for one in serve(campaign=campaign, annotator=make_annotator(), size=5)}
    assert_promises(campaign)
