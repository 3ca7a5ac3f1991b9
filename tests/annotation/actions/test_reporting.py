"""The quality report, the rules that pause somebody, and the page where a person decides."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from annotation.actions import fitting
from annotation.actions.campaigns import new_guideline_version
from annotation.actions.deciding import change_standing
from annotation.actions.gold import add_gold
from annotation.actions.pausing import apply_rules
from annotation.actions.quality import change_quality
from annotation.actions.reporting import is_due, report
from annotation.actions.revising import recompute, remove_annotator
from annotation.actions.serving import serve
from annotation.actions.sweeping import sweep_gold
from annotation.models import (
    Answer,
    Gold,
    Judgment,
    Participation,
    QualityReport,
    RetiredFor,
    Rule,
    Standing,
    Task,
)
from annotation.tasks import watch_quality
from people.models import Change
from tests.annotation.promises import assert_promises
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import make_admin, make_curator

pytestmark = pytest.mark.django_db


def answered(campaign, person, answers, *, seconds=5.0):
    """Judgments straight into the table: what is measured is what was said, not how it came in."""
    guideline, now = campaign.guideline, timezone.now() - timedelta(minutes=5)
    Judgment.objects.bulk_create(
        Judgment(
            id=f"00000000-0000-0000-{person.pk:04x}-{task.pk:012x}",
            task=task,
            annotator=person,
            answer=answer,
            reason="wrong_boundary" if answer == "bad" else "",
            took=timedelta(seconds=seconds),
            guideline=guideline,
            judged_at=now,
        )
        for task, answer in answers
    )


def truth_of(task):
    return Answer.ACCEPT if task.candidate_id % 2 else Answer.REJECT


def by_chance(campaign, seed, *, right=0.85, size=None):
    chance = random.Random(seed)
    other = {Answer.ACCEPT: Answer.REJECT, Answer.REJECT: Answer.ACCEPT}
    tasks = list(campaign.tasks.order_by("candidate_id"))[:size]
    return [(task, truth_of(task) if chance.random() < right else other[truth_of(task)]) for task in tasks]


@pytest.fixture
def campaign():
    return make_campaign(size=80, overlap=3)


def test_agreement_is_told_for_the_campaign_and_each_version_of_its_guideline(campaign):
    for seed in range(3):
        answered(campaign, make_annotator(), by_chance(campaign, seed, size=40))
    new_guideline_version(campaign=campaign, text={"en": "Closer."}, examples=[])
    tasks = list(campaign.tasks.order_by("candidate_id")[40:])
    for _ in range(3):
        answered(campaign, make_annotator(), [(task, truth_of(task)) for task in tasks])
    fitting.fit(campaign)

    written = report(campaign)

    by_scope = {(one["scope"], one.get("version")): one for one in written.agreement}
    assert set(by_scope) == {("campaign", None), ("version", 1), ("version", 2)}
    assert by_scope["version", 2]["alpha"] == 1
    first, whole = by_scope["version", 1], by_scope["campaign", None]
    assert first["low"] < first["alpha"] < first["high"] < 1
    assert first["alpha"] < whole["alpha"] < 1
    assert (first["tasks"], whole["tasks"], whole["judgments"]) == (40, 80, 240)
    assert (written.median_seconds, written.quick_seconds) == (5.0, 1.0)


def test_habits_tell_the_hasty_and_the_one_key_presser_from_the_rest(campaign):
    honest, hasty, lazy = (make_annotator() for _ in range(3))
    others = [make_annotator() for _ in range(2)]
    for seed, person in enumerate((honest, *others)):
        answered(campaign, person, by_chance(campaign, seed))
    answered(campaign, hasty, by_chance(campaign, 9), seconds=0.3)
    answered(campaign, lazy, [(task, Answer.ACCEPT) for task in campaign.tasks.all()])
    fitting.fit(campaign)

    report(campaign)

    habits = {one.annotator_id: one.habits for one in campaign.participations.all()}
    assert (habits[hasty.pk]["quick"], habits[honest.pk]["quick"]) == (1, 0)
    assert habits[lazy.pk]["is_odd"]
    assert (habits[lazy.pk]["top"], habits[lazy.pk]["top_share"]) == ("accept", 1)
    assert not habits[honest.pk]["is_odd"]
    assert not habits[hasty.pk]["is_odd"]
    kind = habits[honest.pk]["kind"]
    assert kind["low"] < kind["mean"] < kind["high"]


def test_reliability_of_a_kind_grows_surer_with_each_campaign_of_it(campaign):
    other, person = make_campaign(size=80), make_annotator()
    for one in (campaign, other):
        for seed, who in enumerate((person, make_annotator(), make_annotator())):
            answered(one, who, by_chance(one, seed))
        fitting.fit(one)
        report(one)

    alone = campaign.participations.get(annotator=person)
    over_both = other.participations.get(annotator=person).habits["kind"]

    assert over_both["judgments"] == 2 * alone.judgments
    assert over_both["high"] - over_both["low"] < alone.reliability_high - alone.reliability_low


def test_rules_pause_with_a_word_and_a_person_decides(campaign, client):
    hasty, wrong, honest = (make_annotator() for _ in range(3))
    others = [make_annotator() for _ in range(2)]
    for seed, person in enumerate((honest, *others)):
        answered(campaign, person, by_chance(campaign, seed))
    answered(campaign, hasty, by_chance(campaign, 9), seconds=0.3)
    for task in campaign.tasks.order_by("candidate_id")[:10]:
        add_gold(task=task, answer=truth_of(task), reason="")
    Gold.objects.update(made_at=timezone.now() - timedelta(days=1))
    answered(campaign, wrong, by_chance(campaign, 0, right=0.0, size=10))
    fitting.fit(campaign)
    report(campaign)
    assert apply_rules(campaign) == 0  # no rule, no pause

    change_quality(campaign=campaign, pause_below=0.5, pause_fast=0.5)
    assert apply_rules(campaign) == 2
    assert apply_rules(campaign) == 0

    paused = {one.annotator_id: one for one in campaign.participations.filter(standing=Standing.PAUSED)}
    assert {pk: one.rule for pk, one in paused.items()} == {hasty.pk: Rule.FAST, wrong.pk: Rule.GOLD}
    assert "0 of 10 known answers right" in paused[wrong.pk].why
    assert serve(campaign=campaign, annotator=hasty, size=1) == []
    client.force_login(make_admin())
    page = reverse("annotation:annotators", args=[campaign.pk])
    html = client.get(page).content.decode()
    assert html.count("data-waiting") == 2
    assert "often wrong on known answers" in html
    assert "0 of 10 known answers right" in html
    decide = reverse("annotation:annotator-decide", args=[campaign.pk, hasty.pk])
    client.post(decide, {"do": "resume"})  # without a word nothing happens
    assert campaign.participations.get(annotator=hasty).standing == Standing.PAUSED
    for _ in range(2):
        client.post(decide, {"do": "resume", "why": "A broken clock."})
    assert campaign.participations.get(annotator=hasty).standing == Standing.ACTIVE
    # Judged by what they answer from now on, not by the same answers again.
    report(campaign)
    assert apply_rules(campaign) == 0
    assert Change.objects.filter(action="standing", entity_id=campaign.pk).count() == 3


def test_a_ring_in_the_database_is_found_named_and_paused(client):
    campaign = make_campaign(size=300, overlap=6)
    people = [make_annotator() for _ in range(16)]
    ring, chance = people[:3], random.Random(4)
    given = {person: [] for person in people}
    for task in campaign.tasks.order_by("candidate_id"):
        right = truth_of(task)
        wrong = Answer.REJECT if right == Answer.ACCEPT else Answer.ACCEPT
        copied = right if chance.random() < 0.7 else wrong
        for person in chance.sample(people, 6):
            own = right if chance.random() < 0.8 else wrong
            said = copied if person in ring and chance.random() < 0.85 else own
            given[person].append((task, said))
    for person in people:
        answered(campaign, person, given[person])
    fitting.fit(campaign)

    written = report(campaign)

    assert [sorted(members) for members in written.rings] == [sorted(one.pk for one in ring)]
    change_quality(campaign=campaign, pause_copying=True)
    assert apply_rules(campaign) == 0  # so small a crowd is told of and no more
    habits = campaign.participations.get(annotator=people[5]).habits
    for _ in range(4):
        Participation.objects.create(campaign=campaign, annotator=make_annotator(), habits=habits)
    assert apply_rules(campaign) == 3
    client.force_login(make_curator())
    html = client.get(reverse("annotation:annotators", args=[campaign.pk])).content.decode()
    assert html.count("data-ring") == 1
    told = client.get(f"/api/v1/campaigns/{campaign.pk}/quality-report").json()
    assert (told["rings"], told["pairs"][0]["is_flagged"]) == (written.rings, True)
    (first, *_rest) = client.get(f"/api/v1/campaigns/{campaign.pk}/people").json()["results"]
    assert first["habits"]["answers"] > 0
    assert all(person.username in html for person in ring)


def test_the_worker_reports_when_there_is_news_and_not_before(campaign):
    for seed in range(2):
        answered(campaign, make_annotator(), by_chance(campaign, seed))
    assert not is_due(campaign)
    fitting.fit(campaign)
    assert is_due(campaign)

    watch_quality()

    assert QualityReport.objects.get().judgments == 160
    assert not is_due(campaign)


def test_the_page_is_there_before_anybody_has_answered_and_refuses_nonsense(campaign, client):
    client.force_login(make_admin())
    assert (
        "Nobody has answered yet."
        in client.get(reverse("annotation:annotators", args=[campaign.pk])).content.decode()
    )
    person = make_annotator()
    decide = reverse("annotation:annotator-decide", args=[campaign.pk, person.pk])
    assert client.post(decide, {"do": "pause", "why": "x"}).status_code == 404
    Participation.objects.create(campaign=campaign, annotator=person)

    client.post(decide, {"do": "explode", "why": "x"})
    assert campaign.participations.get().standing == Standing.ACTIVE
    client.post(decide, {"do": "let_in", "why": "knows it"})
    client.post(decide, {"do": "grant", "why": "once more"})
    client.post(decide, {"do": "pause", "why": "talk"})

    person = campaign.participations.get()
    assert person.qualified_at
    assert (person.more_attempts, person.standing) == (1, Standing.PAUSED)


def outcome(campaign):
    """All that the campaign knows, without ids and times."""
    tasks = {
        task.candidate_id: (task.pool, task.gold_answer, task.seats_free, task.seats_granted)
        for task in campaign.tasks.all()
    }
    verdicts = {
        task.candidate_id: [(verdict.answer, verdict.votes) for verdict in task.verdicts.standing()]
        for task in campaign.tasks.prefetch_related("verdicts")
    }
    gold = {
        one.task.candidate_id: (one.status, one.answered, one.right)
        for one in Gold.objects.filter(task__campaign=campaign).exclude(retired_for=RetiredFor.BASIS)
    }
    written = report(campaign)
    people = {
        one.annotator_id: (pytest.approx(one.reliability), one.habits)
        for one in campaign.participations.filter(standing=Standing.ACTIVE)
    }
    return tasks, verdicts, gold, written.agreement, written.rings, people


def test_removal_is_equal_to_never_having_been_there_with_gold_reports_and_all():
    campaigns = [make_campaign(size=12, overlap=3) for _ in range(2)]
    people = [make_annotator() for _ in range(4)]
    gone = people[3]
    for number, campaign in enumerate(campaigns):
        there = people if number == 0 else people[:3]
        tasks = list(campaign.tasks.order_by("candidate_id"))
        for task in tasks[:2]:
            add_gold(task=task, answer=truth_of(task), reason="sure")
            for person in there:
                give_and_judge(task, person, truth_of(task))
        if number == 0:
            # Two verdicts that rest on them become known answers, and are asked of a fourth person.
            for task in tasks[2:4]:
                for person in people[1:]:
                    give_and_judge(task, person, truth_of(task))
            change_quality(campaign=campaign, gold_from_verdicts="automatic", gold_wanted=4)
            assert sweep_gold(campaign).proposed == 2
            for task in tasks[2:4]:
                give_and_judge(Task.objects.get(pk=task.pk), people[0], truth_of(task))
        for person in people[:2]:
            give_and_judge(tasks[5], person, Answer.ACCEPT)
        fitting.fit(campaign)
        change_standing(campaign=campaign, annotator=people[0], standing=Standing.PAUSED, by=None, why="x")
        change_standing(campaign=campaign, annotator=people[0], standing=Standing.ACTIVE, by=None, why="y")
        campaign.participations.update(resumed_at=None)
    with_them, without = campaigns
    for task in without.tasks.order_by("candidate_id")[2:4]:
        for person in (*people[1:3], people[0]):
            give_and_judge(task, person, truth_of(task))
    assert with_them.tasks.filter(pool="gold").count() == 4

    remove_annotator(campaign=with_them, annotator=gone, by=None, why="guesses")
    recompute(without, without.tasks.values_list("pk", flat=True))
    for campaign in campaigns:
        change_quality(campaign=campaign, gold_from_verdicts="off")
        sweep_gold(campaign)

    tasks, verdicts, gold, agreement, rings, _people = outcome(with_them)
    others = outcome(without)
    assert (tasks, verdicts, gold, agreement, rings) == others[:5]
    assert_promises(with_them)
    assert set(
        Gold.objects.filter(retired_for=RetiredFor.BASIS).values_list("task__campaign", flat=True)
    ) == {with_them.pk}
