"""The form that starts mining: what it starts with, and what it keeps out of sight."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from mining.models import Run
from tests.factories.people import make_admin
from tests.factories.runs import run_import, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def documents(tmp_path):
    run_import(write_lines(tmp_path / "docs.jsonl", [{"id": "1", "text": "保湿效果好", "category": ""}]))


def logged_in(**fields):
    client = Client()
    client.force_login(make_admin(**fields))
    return client


def filled(form):
    """What a browser sends of the form as it is shown: no box that is not ticked."""
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_as_it_comes_a_run_learns_and_needs_nothing(documents):
    client = logged_in()
    shown = client.get(reverse("mining:mine"))

    answer = client.post(reverse("mining:mine"), filled(shown.context["form"]))

    run = Run.objects.get(kind="mine_phrases")
    assert answer.url == reverse("mining:run", args=[run.pk])
    told = run.parameters
    assert (told["method"], told["segment"], told["mlm"]) == ("forest", True, False)
    assert shown.context["preset"] == "rf+seg"


def test_an_encoder_chosen_before_the_method_was_changed_is_forgotten(documents):
    client = logged_in()
    sent = filled(client.get(reverse("mining:mine") + "?preset=rf%2Bseg%2Bmlm").context["form"])
    assert sent["mlm"] is True

    client.post(reverse("mining:mine"), sent | {"method": "unsupervised"})

    told = Run.objects.get(kind="mine_phrases").parameters
    assert (told["method"], told["mlm"]) == ("unsupervised", False)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_means_nothing_to_the_choice_is_out_of_sight(documents, page, live_server):
    cookie = logged_in(page_language="en").cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(live_server.url + reverse("mining:mine"))
    encoder, way = page.locator("[name=encoder]"), page.locator("[name=mlm_top_n]")
    segment, tags = page.locator("[name=segment]"), page.locator("[name=part_of_speech]")

    expect(segment).to_be_visible()
    expect(encoder).to_be_hidden()
    page.get_by_label("Ask an encoder whether phrases are whole").check()
    expect(encoder).to_be_visible()
    expect(way).to_be_visible()
    segment.uncheck()
    expect(tags).to_be_hidden()
    page.locator("[name=method]").select_option("unsupervised")
    for field in (encoder, way, segment):
        expect(field).to_be_hidden()
    page.get_by_text("Thresholds").click()
    expect(page.locator("[name=min_pmi]")).to_be_visible()
    expect(page.locator("[name=min_quality]")).to_be_hidden()
