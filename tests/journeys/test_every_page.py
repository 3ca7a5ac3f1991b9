"""Every page of the demo workspace, in both languages, light and dark, desktop and phone.

A page that is new is found by its route; where its address names a row, `walking.ROWS` says which.
With SCREENSHOTS=folder the task pages of the three kinds are drawn for the docs on the way.
"""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys import walking
from tests.journeys.people import campaign_of, sql
from tests.journeys.walking import Walk
from tests.live import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

DESK, HAND = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Light and dark are looked at on each page in turn; without motion, or colours are measured half way.
LOOKS = {
    "english-desktop": {"locale": "en", "viewport": DESK, "reduced_motion": "reduce"},
    "chinese-phone": {"locale": "zh-CN", "viewport": HAND, "reduced_motion": "reduce"},
}


@pytest.fixture(scope="module")
def lived_in(demo_stack):
    """The demo after some days of work: answers, a model, verdicts in the graph, a release, a dispute."""
    live_in(demo_stack)
    return demo_stack


def live_in(stack):
    poi = campaign_of(stack, "poi")
    crowd = ["simulate_crowd", "--url", stack.url, "--profiles"]
    stack.manage(*crowd, "careful=3,careless=2", "--campaign", str(poi), "--until", "400")
    for (campaign,) in sql(stack, "select id from annotation_campaign where kind <> 'phrase'"):
        stack.manage(*crowd, "careful=2,spamming=2", "--campaign", str(campaign), "--until", "30")
    versions = "select count(*) from mining_modelversion where campaign_id = %s"
    wait_for(lambda: sql(stack, versions, [poi])[0][0], "a model version", stack.said)
    wait_for(lambda: sql(stack, "select count(*) from graph_triple")[0][0] > 9, "proposals", stack.said)
    triples = [str(row[0]) for row in sql(stack, "select id from graph_triple order by id limit 5")]
    stack.manage("review", "--approve", *triples, "--by", "demo-admin")
    stack.manage("cut_release", "--note", "First points of interest")
    stack.manage("shell", "--verbosity", "0", "-c", SOME_ROWS)


# What only a person's click would make: an invitation, a token, answers of one's own, a dispute.
SOME_ROWS = """
from datetime import timedelta
from uuid import uuid4
from annotation.actions.judging import record_judgment
from annotation.actions.serving import serve
from annotation.models import Campaign, Verdict
from mining.actions.blind_judging import start_blind_judging
from mining.models import Run, RunKind
from people.models import ApiToken, User, Webhook
admin = User.objects.get(username="demo-admin")
ApiToken.issue(user=admin, name="loader")
Webhook.objects.create(name="loader", url="https://example.org/", events=["run.failed"], is_active=False)
campaign = Campaign.objects.get(question="problem")
for number, task in enumerate(serve(campaign=campaign, annotator=admin, size=8)):
    record_judgment(judgment_id=uuid4(), task=task, annotator=admin, answer=["accept", "reject"][number % 2],
                    took=timedelta(seconds=3), comment="" if number else "这个词不完整")
mined = Run.objects.filter(kind=RunKind.MINE_PHRASES, status="done").latest("pk")
start_blind_judging(name="Blind", runs=[mined.pk], language="zh", sample=20, by=admin)
if not Verdict.objects.filter(is_disputed=True).exists():
    verdict = Verdict.objects.filter(withdrawn_at=None).first()
    Verdict.objects.filter(pk=verdict.pk).update(is_disputed=True)
"""


def invitation_of(stack):
    code = (
        "from people.actions.people import invite; from people.models import User\n"
        "print('SECRET', invite(role='annotator', by=User.objects.get(username='demo-admin'))[1])"
    )
    said = stack.manage("shell", "--verbosity", "0", "-c", code).stdout
    return next(line.split()[1] for line in said.splitlines() if line.startswith("SECRET"))


@pytest.mark.parametrize("look", LOOKS)
def test_every_page(lived_in, open_page, look):
    page = open_page(**LOOKS[look])
    walk = Walk(page, lived_in)
    closed = [("people:sign-up", f"/invitation/{invitation_of(lived_in)}"), ("people:login", "/login")]
    for name, path in closed:
        check(walk, look, name, path)
    walking.log_in(page, lived_in, "admin")

    nowhere = [
        ("nowhere", "/nowhere/at-all"),
        ("annotation:history", reverse("annotation:history") + "?show=corrected"),
    ]
    for name, path in walk.addresses(nowhere):
        check(walk, look, name, path)

    assert walk.troubles == [], "\n".join(walk.troubles)
    assert len(set(walk.seen)) >= 30


def check(walk, look, name, path):
    if not walk.visit(name, path):
        return
    page = walk.page
    if "learning" in name:
        page.wait_for_load_state("networkidle")  # its charts
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        walk.find(f"{look} {scheme} {path}", walking.barriers(page, only_colours=scheme == "dark"))
    walk.find(f"{look} {path}", walking.too_wide(page, page.viewport_size["width"]))
    if look.startswith("chinese"):
        walk.find(f"{look} {path}", walking.left_overs(page, walk.content))


KINDS = {"phrase": "poi", "relation_sentence": "satisfy", "image_text": "shows"}
WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": HAND, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_the_three_kinds_are_asked_and_answered(lived_in, open_page, device, locale):
    """By key at a desk, by thumb on a phone; what is asked reads in the language of the page."""
    options = {"color_scheme": "light", **WIDE} if device == "desktop" else {"color_scheme": "dark", **PHONE}
    page = open_page(locale=locale, **options)
    walking.log_in(page, lived_in, "annotator")
    before = own_answers(lived_in)

    for kind, question in KINDS.items():
        page.goto(f"{lived_in.url}/work/{campaign_of(lived_in, question)}/")
        task = page.locator(".candidate")
        expect(task).to_be_visible()
        for image in task.locator("img").all():
            expect(image).to_have_js_property("complete", True)
        take_picture(page, f"task-{kind.replace('_', '-')}-{device}-{locale[:2]}")
        assert walking.too_wide(page, page.viewport_size["width"]) == []
        is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in page.locator(".answers").inner_text())
        assert is_chinese == (locale == "zh-CN")
        first = task.get_attribute("data-task")
        page.wait_for_timeout(300)
        if device == "desktop":
            page.keyboard.press("j")
        else:
            page.locator("[data-answer=reject]").tap()
        expect(task.locator(f"xpath=self::*[@data-task='{first}']")).to_have_count(0)
        expect(page.locator("#work-saved")).to_have_attribute("data-state", "saved")

    assert own_answers(lived_in) == before + len(KINDS)


def own_answers(stack):
    return sql(
        stack,
        "select count(*) from annotation_judgment j join people_user u on u.id = j.annotator_id "
        "where u.username = 'demo-annotator' and j.withdrawn_at is null",
    )[0][0]


def take_picture(page, name):
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")
