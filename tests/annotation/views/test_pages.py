"""The pages of this room: do they work, refuse strangers, refuse nonsense, survive a second click?"""

from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.actions.campaigns import pause_campaign
from annotation.actions.gold import add_gold
from annotation.models import Answer, CampaignStatus, Judgment, Participation, Pool
from tests.factories.annotation import ask, make_annotator, make_campaign, make_task
from tests.factories.people import make_admin, make_curator

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client):
    def log_in(person):
        client.force_login(person)
        return client

    return log_in


def page(name, *arguments):
    return reverse(f"annotation:{name}", args=arguments)


def policy(**changes):
    return {
        "languages": ["en"],
        "evaluation_share": 15,
        "random_share": 20,
        "gold_share": 0,
        "lease_minutes": 10,
        "retrain_every": 50,
        "consensus": "majority",
        "priority": "uncertain",
        "trust_at": 90,
        "dispute_below": 70,
        "source": '{"size": 4}',
        **changes,
    }


def test_work_lists_running_campaigns_with_what_is_left(log_in):
    running, paused = make_campaign(size=4), pause_campaign(campaign=make_campaign())
    chinese = make_campaign(languages=["zh"], source={"languages": ["zh"]})
    annotator = make_annotator(reads=["en"])
    ask(running.tasks.order_by("rank").first(), annotator)

    html = log_in(annotator).get(page("work")).content.decode()

    assert running.name in html
    assert "3 left for you" in html
    assert paused.name not in html
    assert chinese.name not in html


def test_work_without_a_campaign_says_what_to_do(log_in):
    assert "Nothing to do right now" in log_in(make_annotator()).get(page("work")).content.decode()


def test_the_task_page_holds_tasks_and_is_not_there_for_a_paused_campaign(log_in):
    campaign, annotator = make_campaign(), make_annotator()

    answer = log_in(annotator).get(page("task", campaign.pk))

    assert len(answer.context["start"]["tasks"]) == annotator.leases.count() == 8
    pause_campaign(campaign=campaign)
    assert log_in(annotator).get(page("task", campaign.pk)).status_code == 404
    assert log_in(annotator).get(page("task", 10**12)).status_code == 404


def test_what_people_wrote_is_escaped(log_in):
    task = make_task()
    task.content["phrase"] = "<script>alert(1)</script>"
    task.save()

    html = log_in(make_curator()).get(page("task-detail", task.campaign_id, task.pk)).content.decode()

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;" in html


def test_the_phrase_is_marked_by_characters(log_in):
    task = make_task(source={"languages": ["zh"]})
    task.content["examples"] = [{"text": "😀这款保湿面霜", "start": 3, "end": 5, "source": "评论"}]
    task.save()

    html = log_in(make_curator()).get(page("task-detail", task.campaign_id, task.pk)).content.decode()

    assert "😀这款<mark>保湿</mark>面霜" in html


def test_history_shows_ones_own_answers_and_undoes_them_once(log_in):
    annotator, other = make_annotator(), make_annotator()
    campaign = make_campaign(size=1)
    mine, theirs = ask(campaign.tasks.get(), annotator), ask(campaign.tasks.get(), other)
    client = log_in(annotator)

    html = client.get(page("history")).content.decode()
    assert str(mine.pk) in html
    assert str(theirs.pk) not in html
    for _ in range(2):
        assert client.post(page("undo", mine.pk), follow=True).status_code == 200

    assert Judgment.objects.get(pk=mine.pk).withdrawn_at
    assert annotator.leases.count() == 1
    assert client.post(page("undo", theirs.pk)).status_code == 404
    assert client.post(page("undo", uuid4())).status_code == 404
    assert client.get(page("undo", mine.pk)).status_code == 405


def test_a_campaign_can_be_changed_and_refilled(log_in):
    campaign, client = make_campaign(size=2), log_in(make_admin())

    client.post(page("campaign-change", campaign.pk), policy(name="Renamed", source='{"size": 5}'))
    client.post(page("campaign-fill", campaign.pk))
    client.post(page("campaign-fill", campaign.pk))

    campaign.refresh_from_db()
    assert campaign.name == "Renamed"
    assert campaign.tasks.count() == 5


def test_the_dashboard_counts(log_in):
    campaign = make_campaign(size=3, overlap=2)
    task = campaign.tasks.order_by("rank").first()
    people = [make_annotator(), make_annotator(is_simulated=True)]
    for person in people:
        ask(task, person)

    answer = log_in(make_curator()).get(page("campaign", campaign.pk))

    totals = answer.context["totals"]
    assert (totals.tasks, totals.begun, totals.decided, totals.accepted, totals.open) == (3, 1, 1, 1, 2)
    assert answer.context["judged_lately"] == 2
    assert {person.agreement for person in answer.context["people"]} == {1.0}
    assert "simulated" in answer.content.decode()


def test_gold_accuracy_is_measured(log_in):
    campaign = make_campaign(size=2, overlap=1, gold_share=1.0)
    gold = add_gold(task=campaign.tasks.first(), answer=Answer.REJECT, reason="certain")
    ask(gold, make_annotator(), Answer.REJECT)
    ask(gold, make_annotator(), Answer.ACCEPT)

    people = log_in(make_curator()).get(page("campaign", campaign.pk)).context["people"]

    assert sorted((person.gold, person.gold_accuracy) for person in people) == [(1, 0.0), (1, 1.0)]


def test_a_curator_writes_the_next_guideline(log_in):
    campaign, client = make_campaign(), log_in(make_curator())
    told = {
        "text_en": "Stricter now.",
        "text_zh": "",
        "examples-answer": ["accept", "reject", "accept"],
        "examples-language": ["en", "zh", "en"],
        "examples-candidate": ["oil control", " 包装 ", ""],
        "examples-why": ["asked for", "", " "],
    }

    client.post(page("guideline", campaign.pk), told)
    client.post(page("guideline", campaign.pk), told)

    assert campaign.guideline.version == 2
    assert campaign.guideline.examples == [
        {"language": "en", "candidate": "oil control", "answer": "accept", "why": "asked for"},
        {"language": "zh", "candidate": "包装", "answer": "reject", "why": ""},
    ]


ROW = {
    "examples-answer": "accept",
    "examples-language": "en",
    "examples-candidate": "it",
    "examples-why": "y",
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text_en": "", "text_zh": ""}, "Write the guideline in at least one language."),
        ({"examples-candidate": ""}, "Write the candidate that this is about"),
        ({"examples-answer": "perhaps"}, "Select a valid choice. perhaps"),
        ({"examples-language": "tlh"}, "Select a valid choice. tlh"),
        ({"examples-candidate": ["it", "half a row"]}, "One example is not complete"),
        ({name: [value] * 101 for name, value in ROW.items()}, "At most 100 examples"),
    ],
)
def test_a_guideline_of_nonsense_is_refused_and_kept_as_it_was_typed(log_in, wrong, said):
    campaign = make_campaign()
    told = {"text_en": "Fine.", **ROW, **wrong}

    page_again = log_in(make_curator()).post(page("guideline", campaign.pk), told).content.decode()

    assert campaign.guideline.version == 1
    assert said in page_again and 'value="y"' in page_again


def test_a_curator_marks_a_task_as_known(log_in):
    campaign, client = make_campaign(size=1), log_in(make_curator())
    task = campaign.tasks.get()
    told = {"answer": "reject", "reason": "a brand"}

    client.post(page("task-detail", campaign.pk, task.pk), {"answer": "skip", "reason": "a brand"})
    assert campaign.tasks.get().pool == Pool.MODEL
    client.post(page("task-detail", campaign.pk, task.pk), told)
    client.post(page("task-detail", campaign.pk, task.pk), told)

    assert (campaign.tasks.get().pool, campaign.tasks.get().gold_answer) == (Pool.GOLD, Answer.REJECT)


def test_tasks_are_listed_by_key_and_by_verdict(log_in):
    campaign, client = make_campaign(size=60, overlap=1), log_in(make_curator())
    ask(campaign.tasks.order_by("rank").first(), make_annotator())

    first = client.get(page("tasks", campaign.pk))
    rest = client.get(page("tasks", campaign.pk), {"after": first.context["next"]})

    assert len(first.context["tasks"]) == 50
    assert len(rest.context["tasks"]) == 10
    assert len(client.get(page("tasks", campaign.pk), {"show": "accept"}).context["tasks"]) == 1
    assert client.get(page("tasks", campaign.pk), {"show": "nonsense", "after": "x"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("work", "annotator"),
        ("history", "annotator"),
        ("task", "annotator"),
        ("campaigns", "curator"),
        ("campaign", "curator"),
        ("tasks", "curator"),
        ("guideline", "curator"),
        ("campaign-new", "admin"),
        ("campaign-change", "admin"),
    ],
)
def test_strangers_and_lesser_roles_stay_outside(client, name, needed):
    campaign = make_campaign()
    url = page(name, *([] if name in {"work", "history", "campaigns", "campaign-new"} else [campaign.pk]))
    roles = {"annotator": make_annotator, "curator": make_curator, "admin": make_admin}

    assert client.get(url).status_code == 302
    for place, (_role, make) in enumerate(roles.items()):
        client.force_login(make())
        assert client.get(url).status_code == (200 if place >= list(roles).index(needed) else 403)


def test_only_admins_move_campaigns(log_in):
    campaign = make_campaign()

    assert log_in(make_curator()).post(page("campaign-move", campaign.pk, "pause")).status_code == 403
    assert log_in(make_curator()).post(page("campaign-fill", campaign.pk)).status_code == 403

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING


def test_own_figures_and_the_goal_are_on_the_history_and_work_pages(log_in):
    task, annotator = make_task(), make_annotator()
    ask(task, annotator, comment="<b>cut off?</b>")
    client = log_in(annotator)

    answer = client.post("/account/preferences", {"daily_goal": "40", "next": "/work/"}, follow=True)

    assert "<b>1</b> of 40" in answer.text
    history = client.get(page("history")).text
    assert "usually for one answer" in history and "&lt;b&gt;cut off?&lt;/b&gt;" in history
    assert "once 20 of them" in history


def test_a_goal_that_cannot_be_is_told_once_at_its_field_with_what_was_typed(log_in):
    task, annotator = make_task(), make_annotator(daily_goal=30)
    ask(task, annotator)
    client = log_in(annotator)

    told = client.post("/account/preferences", {"daily_goal": "9000", "next": "/work/"}, follow=True).text

    assert 'value="9000" aria-invalid="true" aria-describedby="daily-goal-error" autofocus' in told
    assert "A goal is a whole number from 1 to 5000." in told
    again = client.get("/work/").text
    assert 'value="30"' in again and "aria-invalid" not in again
    wrong = {"daily_goal": "lots", "next": page("history")}
    assert 'value="lots"' in client.post("/account/preferences", wrong, follow=True).text
    annotator.refresh_from_db()
    assert annotator.daily_goal == 30


def test_the_guideline_page_shows_good_and_bad_examples_apart(log_in):
    campaign = make_campaign()

    html = log_in(make_curator()).get(page("guideline", campaign.pk)).text

    assert "guideline-group accept" in html and "good examples" in html and "oil control" in html


def test_annotators_are_listed_before_any_report_has_looked_at_them(log_in):
    campaign, person = make_campaign(size=1), make_annotator()
    Participation.objects.create(campaign=campaign, annotator=person)

    shown = log_in(make_curator()).get(page("annotators", campaign.pk))

    assert shown.status_code == 200 and f'data-person="{person.pk}"' in shown.text
