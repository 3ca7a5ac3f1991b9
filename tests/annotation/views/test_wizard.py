"""A new campaign step by step: what was typed stays, presets fill in, the estimate says what it assumes."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from annotation.models import Answer, Campaign, Consensus
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db

KIND = {"asks": "word/poi", "name": "New words", "languages": ["en"]}
SOURCE = {"source": '{"size": 4}'}
GUIDELINE = {
    "text_en": "Say yes.",
    "examples-answer": ["accept", "accept"],
    "examples-language": ["en", "en"],
    "examples-candidate": ["oil control", ""],
    "examples-why": ["people ask", ""],
}
COST = {"price_per_answer": "0.05", "currency": "EUR"}


@pytest.fixture
def admin(client):
    client.force_login(make_admin())
    return client


def url(step):
    return reverse("annotation:campaign-step", args=[step])


def policy(**changes):
    told = {
        "overlap": 2, "least_overlap": 2, "consensus": "majority", "dispute_below": 70, "gold_share": 0,
        "evaluation_share": 15, "random_share": 20, "trust_at": 90, "priority": "uncertain",
        "lease_minutes": 10, "retrain_every": 50,
    }  # fmt: skip
    return told | changes


def walk(client, **steps):
    """Fill in every step, with what differs; the answer of the last page."""
    told = {"kind": KIND, "source": SOURCE, "guideline": GUIDELINE, "policy": policy(), "estimate": COST}
    for step, fields in told.items():
        answer = client.post(url(step), {**fields, **steps.get(step, {})})
        if answer.status_code == 200:
            return answer
    return client.post(url("review"))


def test_six_steps_make_a_draft_that_can_be_started_and_finished(admin):
    made = walk(admin)

    campaign = Campaign.objects.get(name="New words")
    assert made.url == reverse("annotation:campaign", args=[campaign.pk])
    assert campaign.tasks.count() == 4 and campaign.overlap == 2 and campaign.source == {"size": 4}
    assert (campaign.price_per_answer, campaign.currency) == (Decimal("0.05"), "EUR")
    assert campaign.guideline.version == 1 and campaign.guideline.text == {"en": "Say yes."}
    assert campaign.guideline.examples[0]["candidate"] == "oil control"
    for verb, status in [
        ("start", "running"),
        ("start", "running"),
        ("pause", "paused"),
        ("finish", "finished"),
    ]:
        admin.post(reverse("annotation:campaign-move", args=[campaign.pk, verb]))
        campaign.refresh_from_db()
        assert campaign.status == status


def test_a_second_click_on_the_last_button_makes_no_second_campaign(admin):
    walk(admin)

    again = admin.post(url("review"))

    assert again.status_code == 302 and Campaign.objects.count() == 1


def test_going_back_keeps_what_was_typed_also_what_was_wrong(admin):
    admin.post(url("kind"), KIND)
    back = admin.post(url("source"), {"limit": "many", "categories": "face-cream", "back": ""})
    forward = admin.get(url("source")).content.decode()
    kind = admin.get(url("kind")).content.decode()

    assert back.url == url("kind")
    assert 'value="many"' in forward and 'value="face-cream"' in forward and 'value="New words"' in kind


def test_starting_over_forgets_everything(admin):
    admin.post(url("kind"), KIND)
    admin.post(url("source"), {"forget": ""})

    assert "New words" not in admin.get(url("kind")).content.decode()


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("kind", {"name": ""}),
        ("kind", {"asks": "word/nothing"}),
        ("kind", {"languages": []}),
        ("source", {"source": "not json"}),
        ("source", {"limit": "-1"}),
        ("guideline", {"examples-candidate": ["", ""]}),
        ("policy", {"overlap": 99}),
        ("policy", {"gold_share": 101}),
        ("policy", {"stop_at": 90, "least_overlap": 3}),
        ("estimate", {"currency": "euro"}),
    ],
)
def test_nonsense_is_said_at_the_field_and_makes_no_campaign(admin, step, wrong):
    answer = walk(admin, **{step: wrong})

    assert answer.status_code == 200 and answer.context["step"].name == step
    assert list(answer.context["form"].errors) == [list(wrong)[-1].partition("-")[0]]
    assert admin.post(url("review")).url == url(step) and not Campaign.objects.exists()


@pytest.mark.parametrize(("told", "run"), [("7", 7), ("x", None), ("9" * 40, None), ("²", None)])
def test_a_campaign_can_begin_with_the_candidates_of_a_run(admin, told, run):
    admin.post(url("kind"), {**KIND, "name": "Begun before"})

    begun = admin.get(reverse("annotation:campaign-new"), {"run": told})
    admin.post(url("kind"), KIND)

    assert begun.url == reverse("annotation:campaign-new")
    assert admin.get(url("source")).context["form"]["run"].value() == run


def test_jumping_ahead_leads_to_the_first_step_that_is_missing(admin):
    assert admin.get(url("review")).url == url("kind")
    assert admin.get(url("nothing")).status_code == 404


def test_the_name_of_another_campaign_is_refused(admin):
    taken = make_campaign()

    answer = walk(admin, kind={"name": taken.name})

    assert "of this name already" in answer.content.decode() and Campaign.objects.count() == 1


def test_a_preset_fills_in_its_figures_and_leaves_the_rest(admin):
    admin.post(url("kind"), KIND)
    admin.post(url("policy"), {**policy(lease_minutes=42), "preset": "careful"})

    form = admin.get(url("policy")).context["form"]

    assert (form["overlap"].value(), form["stop_at"].value(), form["gold_share"].value()) == ("7", "99", "10")
    assert form["consensus"].value() == Consensus.DAWID_SKENE


def test_the_guideline_begins_with_the_template_of_the_question(admin):
    admin.post(url("kind"), KIND)
    first = admin.get(url("guideline")).content.decode()
    admin.post(url("guideline"), {**GUIDELINE, "back": ""})
    admin.post(url("kind"), {**KIND, "asks": "word/problem"})

    other = admin.get(url("guideline")).context["form"]

    assert "Say yes if shoppers would search for it." in first
    assert not other.is_bound  # what was written was about another question


def test_candidates_are_counted_while_one_types(admin):
    admin.post(url("kind"), KIND)

    piece = admin.get(url("source"), {"source": '{"size": 7}'}, headers={"HX-Request": "true"})
    nonsense = admin.get(url("source"), {"source": '{"size": "x"}'}, headers={"HX-Request": "true"})

    assert "<b>7</b>" in piece.content.decode() and "<html" not in piece.content.decode()
    assert "cannot be counted" in nonsense.content.decode()


def test_the_estimate_says_what_it_takes_and_assumes(admin):
    for step, fields in (("kind", KIND), ("source", SOURCE), ("guideline", GUIDELINE), ("policy", policy())):
        admin.post(url(step), fields)

    assumed = admin.get(url("estimate"), COST, headers={"HX-Request": "true"}).context["estimate"]
    person, tasks = make_annotator(), make_campaign(size=41, overlap=1).tasks.order_by("pk")
    for task in tasks[:19]:  # as somebody clicks who tries it out
        give_and_judge(task, person, Answer.ACCEPT, seconds=0.6)
    too_few = admin.get(url("estimate")).context["estimate"]
    for task in tasks[19:]:
        give_and_judge(task, person, Answer.ACCEPT, seconds=9.0)
    measured = admin.get(url("estimate"))

    assert assumed.answers.mean == 8 and assumed.cost.mean == pytest.approx(0.4)
    assert "an assumption" in " ".join(assumed.assumptions)
    assert too_few.seconds == assumed.seconds
    assert "only 19 of the last 19 answers were not implausibly quick" in " ".join(too_few.assumptions)
    assert measured.context["estimate"].seconds.mean == pytest.approx(9)  # the quick ones left out
    assert "An answer takes 9.0 s" in measured.content.decode()


def test_api_and_command_reckon_alike(admin, capsys):
    wanted = {
        "kind": "word",
        "question": "poi",
        "overlap": 3,
        "price_per_answer": "0.10",
        "source": {"size": 5},
    }

    told = admin.post("/api/v1/campaigns/estimate", wanted, content_type="application/json")
    wrong = admin.post(
        "/api/v1/campaigns/estimate", {**wanted, "question": "x"}, content_type="application/json"
    )
    unread = {**wanted, "source": {"size": "x"}}
    unread = admin.post("/api/v1/campaigns/estimate", unread, content_type="application/json")
    call_command(
        "create_campaign",
        "nothing",
        kind="word",
        question="poi",
        price_per_answer=Decimal("0.1"),
        estimate=True,
    )

    assert told.json()["answers"]["mean"] == 15 and told.json()["cost"]["high"] == pytest.approx(1.5)
    assert (wrong.status_code, unread.status_code) == (400, 400)
    said = capsys.readouterr().out
    assert "tasks    10" in said and "cost     3.0 USD" in said and not Campaign.objects.exists()
