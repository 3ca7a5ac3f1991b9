"""The wizard offers the categories and runs there are, for each kind."""

import pytest
from django.urls import reverse

from annotation.actions.campaigns import create_campaign
from annotation.models import Campaign
from mining.models import PhraseCandidate, Run, RunKind, RunStatus
from tests.factories.learning import make_category, make_phrase
from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(make_admin())
    return client


def url(step):
    return reverse("annotation:campaign-step", args=[step])


def begin(admin, asks="phrase/poi"):
    admin.post(url("kind"), {"asks": asks, "name": "Picked", "languages": ["en", "zh"]})
    return admin.get(url("source")).context["form"]


def test_categories_are_ticked_and_only_their_candidates_are_asked_about(admin):
    cream, cleanser = make_category(), make_category("cleanser", en="Cleanser", zh="洁面")
    for text in ("保湿", "oil control"):
        make_phrase(text, category=cream, score=0.9)
    make_phrase("洁净", category=cleanser, score=0.4)

    form = begin(admin)
    admin.post(url("source"), {"categories": [cream.pk], "source": "{}"})
    for step in ("guideline", "policy", "estimate"):
        page = admin.get(url(step)).context["form"]
        admin.post(url(step), {name: value for name, value in typed(page).items() if value is not None})
    admin.post(url("review"))

    campaign = Campaign.objects.get(name="Picked")
    assert form.fields["categories"].choices == [
        (str(cleanser.pk), "Cleanser (1)"),
        (str(cream.pk), "Face cream (2)"),
    ]
    assert "from 0.40 to 0.90" in form.fields["min_score"].help_text
    assert campaign.source == {"categories": [cream.pk]}
    assert {task.content["phrase"] for task in campaign.tasks.all()} == {"保湿", "oil control"}


def typed(form):
    """The form's first values as a browser would send them."""
    sent = {name: field.initial for name, field in form.fields.items()} | form.initial
    examples = sent.pop("examples", [])
    sent = {name: "on" if value is True else value for name, value in sent.items() if value is not False}
    for column in ("answer", "language", "candidate", "why"):
        sent[f"examples-{column}"] = [row[column] for row in examples]
    return sent


def test_the_runs_that_are_done_are_offered_the_newest_first(admin):
    make_phrase("保湿", category=make_category())
    Run.objects.create(kind=RunKind.MINE_PHRASES, status=RunStatus.FAILED)
    older = Run.objects.create(kind=RunKind.MINE_PHRASES, status=RunStatus.DONE)
    newer = Run.objects.create(kind=RunKind.MINE_PHRASES, status=RunStatus.DONE)

    runs = begin(admin).fields["run"].choices

    first = [value for value, _words in runs][:3]
    assert first == ["", str(newer.pk), str(older.pk)]
    assert runs[1][1].startswith(f"Phrase mining #{newer.pk}, ")


@pytest.mark.parametrize(
    "wrong", [{"categories": ["face-cream"]}, {"categories": [10**18]}, {"run": "soon"}, {"run": 10**30}]
)
def test_what_was_not_offered_is_refused_at_the_field(admin, wrong):
    make_phrase("保湿", category=make_category())
    begin(admin)

    answer = admin.post(url("source"), {**wrong, "source": "{}"})

    assert list(answer.context["form"].errors) == list(wrong)
    assert "Select a valid choice" in answer.text


@pytest.mark.parametrize("asks", ["relation_sentence/satisfy", "image_text/shows", "phrase/problem"])
def test_where_there_is_nothing_yet_the_step_says_so(admin, asks):
    form = begin(admin, asks)

    assert form.fields["categories"].choices == []
    assert "There is no such candidate" in admin.get(url("source")).text
    assert not PhraseCandidate.objects.exists()


def test_another_question_starts_with_another_choice(admin):
    cream = make_category()
    make_phrase("保湿", category=cream)
    begin(admin)
    admin.post(url("source"), {"categories": [cream.pk], "source": "{}"})

    form = begin(admin, "image_text/shows")

    assert not form.is_bound


def test_the_page_of_changes_begins_with_what_is_picked_and_keeps_the_rest(admin):
    cream = make_category()
    phrase = make_phrase("保湿", category=cream)
    source = {"categories": [cream.pk], "run": phrase.first_run_id, "min_score": 0.2, "later": True}
    campaign = create_campaign(name="Kept", kind="phrase", question="poi", source=source)
    url = reverse("annotation:campaign-change", args=[campaign.pk])

    page = admin.get(url)
    narrow = {**page.context["narrow"].initial, "source": '{"later": true}', "categories": []}
    sent = {**typed(page.context["form"]), **narrow}
    admin.post(url, {name: value for name, value in sent.items() if value is not None})

    rest = {name: value for name, value in source.items() if name != "later"}
    assert page.context["narrow"].initial == {**rest, "source": {"later": True}}
    campaign.refresh_from_db()
    assert campaign.source == {"run": phrase.first_run_id, "min_score": 0.2, "later": True}


def test_ids_of_the_catalogue_that_cannot_be_picked_stay_as_json(admin):
    campaign = create_campaign(
        name="Typed", kind="phrase", question="poi", source={"categories": ["face-cream"], "limit": 5}
    )

    narrow = admin.get(reverse("annotation:campaign-change", args=[campaign.pk])).context["narrow"]

    assert narrow.initial == {"limit": 5, "source": {"categories": ["face-cream"]}}
