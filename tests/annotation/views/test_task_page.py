"""The task page in a real browser: one key per decision, and no answer is ever lost."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from annotation.models import Answer, Judgment
from tests.annotation.promises import assert_promises
from tests.annotation.views.pressing import given, press, saved, shown
from tests.factories.annotation import make_annotator, make_campaign

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_one_key_is_one_decision(task_page):
    tasks = []
    for key in "jfus":
        tasks.append(int(shown(task_page)))
        press(task_page, key)

    saved(task_page)

    assert len(set(tasks)) == 4
    assert dict(given()) == dict(
        zip(tasks, [Answer.ACCEPT, Answer.REJECT, Answer.UNSURE, Answer.SKIP], strict=True)
    )
    # A skip is no answer, before as after the page is loaded anew.
    expect(task_page.locator("#work-progress")).to_have_text("3 answered, 16 left")
    task_page.reload()
    expect(task_page.locator("#work-progress")).to_have_text("3 answered, 16 left")
    press(task_page, "s")
    press(task_page, "z")
    expect(task_page.locator("#work-progress")).to_have_text("3 answered, 16 left")


def test_a_bad_candidate_takes_a_second_key_that_says_why(task_page):
    task = int(shown(task_page))
    press(task_page, "b")
    chooser = task_page.locator("[data-chooser=bad]")
    expect(chooser).to_be_visible()
    assert int(shown(task_page)) == task
    press(task_page, "Escape")
    expect(chooser).to_be_hidden()
    press(task_page, "b")
    press(task_page, "2")
    expect(chooser).to_be_hidden()
    saved(task_page)

    judgment = Judgment.objects.get()
    assert (judgment.task_id, judgment.answer, judgment.reason) == (task, Answer.BAD, "outdated")
    assert int(shown(task_page)) != task


def test_a_yes_is_asked_whether_it_is_typical_where_the_campaign_wants_to_know(page, annotator, open_task):
    open_task(page, make_campaign(size=5, overlap=1, asks_typicality=True), annotator)

    press(page, "j")
    press(page, "2")
    press(page, "f")
    saved(page)

    judgments = Judgment.objects.order_by("judged_at")
    assert [(one.answer, one.typicality) for one in judgments] == [("accept", "plausible"), ("reject", "")]


def test_the_next_task_is_there_without_waiting_for_the_network(task_page):
    task_page.context.set_offline(True)
    first = shown(task_page)

    press(task_page, "j")

    assert shown(task_page) not in (None, first)


def test_an_outage_keeps_the_answers_and_sends_them_once(task_page, campaign):
    task_page.context.set_offline(True)
    for key in "jjf":
        press(task_page, key)
    expect(task_page.locator("#work-saved")).to_have_text("Offline, 3 not yet saved")
    assert given() == []

    task_page.context.set_offline(False)

    saved(task_page)
    assert [answer for _task, answer in given()] == [Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT]
    assert_promises(campaign)


def test_a_lost_reply_does_not_double_the_answer(task_page, campaign):
    lost = []

    def lose(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())  # the server has it, the browser never hears so
            route.abort()

    task_page.route("**/judgments", lose)
    press(task_page, "j")
    expect(task_page.locator("#work-saved")).to_contain_text("1 not yet saved")

    saved(task_page)

    assert len(given()) == 1
    assert_promises(campaign)


def test_a_bouncing_key_and_a_held_key_answer_once(task_page):
    task_page.wait_for_timeout(80)

    task_page.evaluate(
        """() => {
            for (const repeat of [false, false, true, true])
                dispatchEvent(new KeyboardEvent("keydown", { key: "j", repeat, bubbles: true }));
        }"""
    )

    saved(task_page)
    assert len(given()) == 1


def test_a_double_click_answers_once(task_page):
    task_page.wait_for_timeout(300)

    task_page.locator("[data-answer=accept]").dblclick()

    saved(task_page)
    assert len(given()) == 1


@pytest.mark.parametrize("key", ["z", "Backspace"])
def test_undo_of_a_saved_answer_brings_the_task_back(task_page, campaign, key):
    first = shown(task_page)
    press(task_page, "j")
    saved(task_page)

    press(task_page, key)

    assert shown(task_page) == first
    saved(task_page)
    assert given() == []
    press(task_page, "f")
    saved(task_page)
    assert given() == [(int(first), Answer.REJECT)]
    assert_promises(campaign)


def test_undo_of_an_unsent_answer_never_reaches_the_server(task_page):
    task_page.context.set_offline(True)
    task_page.evaluate("dispatchEvent(new Event('offline'))")
    first = shown(task_page)
    press(task_page, "j")
    press(task_page, "j")
    press(task_page, "z")
    press(task_page, "z")
    assert shown(task_page) == first

    task_page.context.set_offline(False)

    saved(task_page)
    press(task_page, "u")
    saved(task_page)
    assert given() == [(int(first), Answer.UNSURE)]


def test_a_reload_keeps_what_is_not_sent_and_does_not_ask_it_again(task_page, campaign):
    task_page.route("**/judgments", lambda route: route.abort())
    answered = []
    for key in "jf":
        answered.append(int(shown(task_page)))
        press(task_page, key)
    expect(task_page.locator("#work-saved")).to_contain_text("2 not yet saved")

    task_page.reload()

    expect(task_page.locator(".candidate")).to_be_visible()
    assert int(shown(task_page)) not in answered
    task_page.unroute("**/judgments")
    saved(task_page)
    assert given() == list(zip(answered, [Answer.ACCEPT, Answer.REJECT], strict=True))
    assert_promises(campaign)


def test_the_last_twenty_can_be_undone_and_no_more(task_page, campaign):
    tasks = []
    for _ in range(20):
        expect(task_page.locator(".candidate")).to_be_visible()
        tasks.append(int(shown(task_page)))
        press(task_page, "f")
    saved(task_page)
    assert len(given()) == 20

    for task in reversed(tasks):
        press(task_page, "z")
        expect(task_page.locator(".candidate")).to_have_attribute("data-task", str(task))
    press(task_page, "z")

    expect(task_page.locator("#work-note")).to_contain_text("Older answers are in your history")
    saved(task_page)
    assert given() == []
    assert_promises(campaign)


def test_a_goal_of_the_day_is_reached_quietly(page, campaign, open_task):
    open_task(page, campaign, make_annotator(page_language="en", daily_goal=2))
    line = page.locator(".work-line")
    expect(page.locator("#work-today")).to_have_text("0 of 2 today")

    press(page, "s")
    press(page, "j")
    expect(page.locator("#work-today")).to_have_text("1 of 2 today")
    expect(line).to_have_attribute("aria-valuenow", "50")
    press(page, "f")

    expect(page.locator("#work-today")).to_have_text("2 of 2 today ✓")
    expect(page.locator("#work-note")).to_contain_text("that was your goal")
    expect(line).to_have_class("work-line done")
    press(page, "z")
    expect(page.locator("#work-today")).to_have_text("1 of 2 today")
    press(page, "f")
    press(page, "f")
    expect(page.locator("#work-note")).to_be_empty()
    saved(page)
    page.reload()
    expect(page.locator("#work-today")).to_have_text("3 of 2 today ✓")


def test_being_logged_out_is_said_and_loses_nothing(task_page, annotator, log_in_page):
    task_page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    press(task_page, "j")

    expect(task_page.locator("#work-note")).to_contain_text("Log in again")
    log_in_page(task_page, annotator)
    saved(task_page)
    expect(task_page.locator("#work-note")).to_be_empty()
    assert len(given()) == 1


def test_answers_are_not_sent_as_somebody_else(task_page, annotator, log_in_page):
    log_in_page(task_page, make_annotator())

    press(task_page, "j")

    expect(task_page.locator("#work-note")).to_contain_text("Log in again")
    assert given() == []
    log_in_page(task_page, annotator)
    saved(task_page)
    assert Judgment.objects.get().annotator == annotator


def test_two_tabs_give_one_answer_per_task(task_page, live_server, campaign):
    other = task_page.context.new_page()
    other.goto(f"{live_server.url}/work/{campaign.pk}/")
    expect(other.locator(".candidate")).to_be_visible()
    assert shown(other) == shown(task_page)

    press(task_page, "j")
    press(other, "f")

    saved(task_page)
    saved(other)
    assert [answer for _task, answer in given()] == [Answer.ACCEPT]
    assert_promises(campaign)


def test_the_end_says_what_to_do_next_and_new_tasks_come_by_themselves(
    page, live_server, annotator, log_in_page
):
    campaign = make_campaign(size=10, overlap=1)
    log_in_page(page, annotator)
    page.goto(f"{live_server.url}/work/{campaign.pk}/")
    for _ in range(10):
        expect(page.locator(".candidate")).to_be_visible()
        press(page, "f")

    expect(page.locator("#task")).to_contain_text("Nothing left for you here")
    expect(page.locator("[data-answer=accept]")).to_have_attribute("aria-disabled", "true")
    saved(page)

    assert len(given()) == 10
    campaign.source = {"first": 11, "size": 1}
    campaign.save()
    from annotation.actions.filling import fill_campaign

    fill_campaign(campaign)
    expect(page.locator(".candidate")).to_be_visible(timeout=15_000)


def test_nothing_moves_between_tasks(task_page):
    before = task_page.locator(".answers").bounding_box()

    for key in "jfu":
        press(task_page, key)

    assert task_page.locator(".answers").bounding_box() == before


def test_the_guideline_opens_beside_the_task(task_page):
    phrase = task_page.locator(".phrase").bounding_box()

    press(task_page, "g")

    panel = task_page.locator("#guideline")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("<i>half</i> a word")  # escaped
    assert panel.bounding_box()["x"] >= phrase["x"] + 300
    press(task_page, "?")
    expect(panel).to_be_hidden()


def test_the_phrase_is_marked_in_its_sentence_also_behind_an_astral_character(task_page):
    expect(task_page.locator(".examples mark").first).to_have_text(task_page.locator(".phrase").inner_text())


def test_a_phone_has_large_targets_within_reach(open_page, live_server, campaign, annotator, log_in_page):
    phone = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    log_in_page(phone, annotator)
    phone.goto(f"{live_server.url}/work/{campaign.pk}/")
    expect(phone.locator(".candidate")).to_be_visible()

    for button in phone.locator("[data-answer], #undo, #comment-switch, #guideline-switch").all():
        box = button.bounding_box()
        assert box["height"] >= 48
        assert box["y"] > 844 / 2
        assert box["x"] + box["width"] <= 390
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.wait_for_timeout(300)
    phone.locator("[data-answer=reject]").tap()
    saved(phone)
    assert [answer for _task, answer in given()] == [Answer.REJECT]
