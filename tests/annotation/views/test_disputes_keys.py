"""The queue of disputes in a real browser, by key."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from annotation.models import Answer, Verdict
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import PASSWORD, make_curator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue(live_server, page):
    """Three disputes before a curator who is logged in, the oldest about word 1."""
    curator = make_curator()
    campaign = make_campaign(size=3, overlap=2)
    for task in campaign.tasks.order_by("candidate_id"):
        give_and_judge(task, make_annotator(), Answer.ACCEPT)
        give_and_judge(task, make_annotator(), Answer.REJECT)
    page.goto(f"{live_server.url}/login?next={reverse('annotation:disputes')}")
    page.fill("[name=username]", curator.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator(".queue-row")).to_have_count(3)
    # Keys work once the script has taken its place and the first dispute is shown.
    expect(page.locator(".queue-row.current")).to_have_count(1)
    expect(page.locator("#pane .phrase")).to_have_text("word 1")
    return page


def decided():
    standing = Verdict.objects.standing().filter(decided_by__isnull=False)
    return {verdict.task.candidate_id: (verdict.answer, verdict.reason, verdict.why) for verdict in standing}


def test_read_write_why_decide_undo_and_name_a_reason(queue):
    queue.keyboard.press("j")
    expect(queue.locator("#pane .phrase")).to_have_text("word 2")
    queue.keyboard.press("w")
    queue.keyboard.type("a jar")  # a, r and j are letters here
    queue.keyboard.press("Escape")
    queue.keyboard.press("r")
    expect(queue.locator(".queue-row")).to_have_count(2)
    expect(queue.locator("#waiting-annotation-disputes")).to_have_text("2")
    assert decided() == {2: ("reject", "", "a jar")}

    queue.keyboard.press("z")
    expect(queue.locator(".queue-row")).to_have_count(3)
    assert decided() == {}

    expect(queue.locator("#pane .phrase")).to_have_text("word 3")
    queue.keyboard.press("1")  # no reason is asked for yet
    queue.keyboard.press("b")
    expect(queue.locator("[data-reasons]")).to_be_visible()
    queue.keyboard.press("1")
    expect(queue.locator(".queue-row")).to_have_count(2)
    expect(queue.locator("[data-queue-count]")).to_have_text("2 waiting")
    assert decided() == {3: ("bad", "wrong_boundary", "")}


def by_keys(page):
    """Once more at once, and once more as soon as the answer is there."""
    page.evaluate(
        """() => {
            const told = { key: "a", bubbles: true };
            const press = () => document.body.dispatchEvent(new KeyboardEvent("keydown", told));
            addEventListener("htmx:afterRequest", press, { once: true });
            press();
            press();
        }"""
    )


def by_mouse(page):
    page.locator("[data-decide=accept]").dblclick(delay=40)


@pytest.mark.parametrize("press_twice", [by_keys, by_mouse])
def test_a_second_press_is_dropped_and_undo_stays(queue, press_twice):
    errors = []
    queue.on("console", lambda message: message.type == "error" and errors.append(message.text))

    press_twice(queue)

    expect(queue.locator("#pane .phrase")).to_have_text("word 2")
    queue.wait_for_timeout(300)
    expect(queue.locator("#queue-said")).to_contain_text("Decided: ")
    assert decided() == {1: ("accept", "", "")}
    queue.keyboard.press("z")
    expect(queue.locator(".queue-row")).to_have_count(3)
    assert decided() == {} and errors == []


def test_on_a_narrow_screen_the_dispute_lies_over_the_list(queue):
    queue.set_viewport_size({"width": 390, "height": 844})
    expect(queue.locator("#pane")).to_be_hidden()

    queue.locator(".queue-row").nth(2).click()
    expect(queue.locator("#pane .phrase")).to_have_text("word 3")
    expect(queue.locator("#pane .phrase")).to_be_in_viewport()
    queue.locator("[data-queue-back]").click()

    expect(queue.locator("#pane")).to_be_hidden()
    expect(queue.locator(".queue-row").nth(2)).to_be_in_viewport()
