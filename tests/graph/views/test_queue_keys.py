"""The review queue in a real browser, by key."""

import pytest
from playwright.sync_api import expect

from graph.models import Status, Triple
from tests.factories.graph import make_triple, make_verdict_evidence
from tests.factories.people import PASSWORD, make_curator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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

    queue.keyboard.press("z")
    expect(queue.locator(".queue-row")).to_have_count(4)
    assert statuses()["soft"] == Status.PROPOSED


def test_reject_with_a_reason_by_number(queue):
    queue.keyboard.press("r")
    expect(queue.locator("#queue-dialog")).to_be_visible()
    expect(queue.locator("#queue-dialog h2")).to_have_text("Reject 1 triple?")
    queue.keyboard.press("4")

    expect(queue.locator(".queue-row")).to_have_count(3)
    expect(queue.locator("#queue-dialog")).to_be_hidden()
    assert statuses()["oil control"] == Status.REJECTED


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
