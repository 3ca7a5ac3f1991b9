"""What a person does on the task page, and what came of it."""

from playwright.sync_api import expect

from annotation.models import Judgment


def press(page, key):
    """As a person does: after having seen the task."""
    page.wait_for_timeout(80)
    page.keyboard.press(key)


def shown(page):
    return page.locator(".candidate").get_attribute("data-task")


def saved(page):
    expect(page.locator("#work-saved")).to_have_text("Saved")


def given():
    return list(Judgment.objects.standing().order_by("judged_at", "pk").values_list("task_id", "answer"))
