"""Every page of the demo workspace, in both languages, light and dark, desktop and phone.

A page that is new is found by its route; where its address names a row, `walking.ROWS` says which.
"""

import pytest

from tests.journeys import walking
from tests.journeys.people import campaign_of, sql
from tests.journeys.walking import Walk
from tests.live import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

LOOKS = {
    "english-light-desktop": {
        "locale": "en",
        "color_scheme": "light",
        "viewport": {"width": 1280, "height": 900},
    },
    "chinese-dark-phone": {
        "locale": "zh-CN",
        "color_scheme": "dark",
        "viewport": {"width": 390, "height": 844},
    },
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
        stack.manage(*crowd, "careful=2,spamming=2", "--campaign", str(campaign), "--until", "60")
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
from people.models import ApiToken, User
admin = User.objects.get(username="demo-admin")
ApiToken.issue(user=admin, name="loader")
campaign = Campaign.objects.get(question="problem")
for number, task in enumerate(serve(campaign=campaign, annotator=admin, size=8)):
    record_judgment(judgment_id=uuid4(), task=task, annotator=admin, answer=["accept", "reject"][number % 2],
                    took=timedelta(seconds=3), comment="" if number else "这个词不完整")
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

    nowhere = [("nowhere", "/nowhere/at-all"), ("annotation:history", "/work/history?show=corrected")]
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
    walk.find(f"{look} {path}", walking.barriers(page))
    walk.find(f"{look} {path}", walking.too_wide(page, page.viewport_size["width"]))
    if look.startswith("chinese"):
        walk.find(f"{look} {path}", walking.left_overs(page, walk.content))
