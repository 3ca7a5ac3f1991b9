"""The review queue in a real browser, by key."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from graph.models import Status, Triple
from tests.factories.graph import make_triple, make_verdict_evidence
from tests.factories.people import PASSWORD, make_curator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def page(open_page, request):
    return open_page(**getattr(request, "param", {}))


@pytest.fixture
def queue(live_server, page):
    """Four proposals, the surest first, before a curator who is logged in."""
    curator = make_curator()
    for word, posterior in (("oil control", 0.9), ("soft", 0.8), ("gentle", 0.7), ("light", 0.6)):
        make_triple(word, evidence=[make_verdict_evidence(posterior=posterior)])
    page.goto(f"{live_server.url}/login?next=/graph/queue")
    page.fill("[name=username]", curator.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator(".queue-row")).to_have_count(4)
    # Keys work once the script has taken its place.
    expect(current(page)).to_have_count(1)
    return page


def current(page):
    return page.locator(".queue-row.current b")


def statuses():
    return dict(Triple.objects.values_list("object__name", "status"))


def test_move_approve_and_undo(queue):
    expect(current(queue)).to_have_text("oil control")

    queue.keyboard.press("j")
    expect(queue.locator("#pane h2")).to_contain_text("soft")
    queue.keyboard.press("a")

    expect(queue.locator(".queue-row")).to_have_count(3)
    expect(current(queue)).to_have_text("gentle")
    expect(queue.locator("#pane h2")).to_contain_text("gentle")
    assert statuses()["soft"] == Status.APPROVED
    for badge in ("#waiting-graph-queue", "#all-waiting-graph-queue"):
        expect(queue.locator(badge)).to_have_text("3")

    queue.keyboard.press("z")
    expect(queue.locator(".queue-row")).to_have_count(4)
    expect(queue.locator("#waiting-graph-queue")).to_have_text("4")
    assert statuses()["soft"] == Status.PROPOSED


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_the_evidence_lies_over_the_list_until_one_goes_back(queue):
    rows, evidence = queue.locator(".queue-row"), queue.locator("#pane h2")
    expect(evidence).to_be_hidden()

    rows.nth(1).tap()
    expect(evidence).to_contain_text("soft")
    expect(evidence).to_be_in_viewport()
    expect(queue.locator("#pane")).to_be_focused()
    queue.locator("[data-queue-decide=approved]").tap()
    expect(evidence).to_contain_text("gentle")
    expect(evidence).to_be_in_viewport()
    assert statuses()["soft"] == Status.APPROVED

    queue.locator("[data-queue-back]").tap()
    expect(evidence).to_be_hidden()
    expect(rows.nth(0)).to_be_in_viewport()
    rows.nth(0).tap()
    expect(evidence).to_contain_text("oil control")
    queue.go_back()
    expect(evidence).to_be_hidden()
    assert queue.url.endswith("/graph/queue")
    expect(queue.locator("[data-queue-decide=approved]")).to_be_in_viewport()


def test_reject_with_a_reason_by_number(queue):
    queue.keyboard.press("r")
    expect(queue.locator("#queue-dialog")).to_be_visible()
    expect(queue.locator("#queue-dialog h2")).to_have_text("Reject 1 triple?")
    queue.keyboard.press("3")
    queue.keyboard.press("4")
    expect(queue.locator("[data-key='4']")).to_be_checked()
    assert statuses()["oil control"] == Status.PROPOSED
    queue.keyboard.press("Enter")
    queue.keyboard.press("Enter")  # the second one finds no button behind the dialog

    expect(queue.locator(".queue-row")).to_have_count(3)
    expect(queue.locator("#queue-dialog")).to_be_hidden()
    assert statuses()["oil control"] == Status.REJECTED
    assert list(statuses().values()).count(Status.PROPOSED) == 3


def test_a_rejection_without_a_reason_stays_open_and_says_so(queue):
    queue.locator("[data-queue-decide=rejected]").click()
    expect(queue.locator("#queue-dialog")).to_be_visible()
    queue.keyboard.press("Enter")

    expect(queue.locator("#queue-dialog [role=alert]")).to_contain_text("Say why")
    expect(queue.locator("[data-queue-reason]")).to_be_focused()
    assert set(statuses().values()) == {Status.PROPOSED}
    queue.keyboard.type("two words")
    queue.keyboard.press("Enter")
    expect(queue.locator("#queue-dialog")).to_be_hidden()
    expect(queue.locator("#queue-rows")).to_be_focused()
    assert statuses()["oil control"] == Status.REJECTED


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
    page.locator("[data-queue-decide=approved]").dblclick(delay=40)


@pytest.mark.parametrize("press_twice", [by_keys, by_mouse])
def test_a_second_press_is_dropped_and_undo_stays(queue, press_twice):
    errors = []
    queue.on("console", lambda message: message.type == "error" and errors.append(message.text))

    press_twice(queue)

    expect(queue.locator("#queue-said")).to_contain_text("Approved 1.")
    queue.wait_for_timeout(300)
    expect(queue.locator("#queue-said")).to_contain_text("Approved 1.")
    assert list(statuses().values()).count(Status.APPROVED) == 1
    queue.keyboard.press("Enter")
    queue.keyboard.press("z")
    expect(queue.locator(".queue-row")).to_have_count(4)
    assert set(statuses().values()) == {Status.PROPOSED}
    assert errors == []


def test_the_same_press_counts_again_once_the_next_row_could_be_read(queue):
    queue.clock.install()
    queue.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    queue.keyboard.press("a")
    expect(queue.locator("#queue-said")).to_contain_text("Approved 1.")
    queue.clock.run_for(200)
    expect(queue.locator("#pane h2")).to_contain_text("soft")

    queue.keyboard.press("a")  # too soon
    queue.clock.run_for(400)
    assert list(statuses().values()).count(Status.APPROVED) == 1
    queue.keyboard.press("a")

    expect(queue.locator(".queue-row")).to_have_count(2)
    assert list(statuses().values()).count(Status.APPROVED) == 2


def test_a_range_is_asked_about_before_it_is_approved(queue):
    queue.keyboard.press("x")
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    queue.keyboard.press("Shift+X")
    expect(queue.locator("[data-queue-count]")).to_have_text("3 selected")

    queue.keyboard.press("a")
    expect(queue.locator("#queue-dialog")).to_be_visible()
    expect(queue.locator("#queue-dialog h2")).to_have_text("Approve 3 triples?")
    assert set(statuses().values()) == {Status.PROPOSED}
    queue.keyboard.press("Enter")

    expect(queue.locator(".queue-row")).to_have_count(1)
    assert list(statuses().values()).count(Status.APPROVED) == 3


def test_what_somebody_else_decided_is_told_and_left_alone(queue, client):
    from graph.actions.curate import decide

    triple = Triple.objects.get(object__name="oil control")
    decide(triple_ids=[triple.pk], status=Status.REJECTED, by=make_curator(), reason="no")

    queue.keyboard.press("a")

    expect(queue.locator("#queue-said")).to_contain_text("Meanwhile changed")
    assert statuses()["oil control"] == Status.REJECTED
