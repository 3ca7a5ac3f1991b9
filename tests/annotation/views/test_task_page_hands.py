"""Keys for either hand, input methods, comments, fingers: real events in a real browser."""

import time

import pytest
from playwright.sync_api import expect

from annotation.models import Answer, Judgment
from tests.annotation.views.pressing import given, press, saved, shown
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
IME = 229  # the key code of whatever an input method has taken


def devtools(page):
    return page.context.new_cdp_session(page)


def taken_by_input_method(tools, code, *, then_letter=""):
    """A key as Chromium tells it while a Chinese input method is on; some tell the letter as well."""
    told = {"key": "Process", "code": code, "windowsVirtualKeyCode": IME}
    tools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **told})
    if then_letter:
        letter = {"key": then_letter, "code": code, "windowsVirtualKeyCode": ord(then_letter.upper())}
        tools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **letter})
    tools.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})


def hints(page):
    """{what it does: the key beside it}"""
    pairs = "all => all.flatMap(one => one.querySelector('kbd') ? [[one.dataset.does, one.innerText]] : [])"
    return {does: words.split()[-1] for does, words in page.locator("[data-does]").evaluate_all(pairs)}


def test_an_input_method_neither_swallows_a_key_nor_tells_it_twice(task_page):
    tools = devtools(task_page)
    tasks = []

    for code, letter in (("KeyJ", ""), ("KeyF", "f"), ("KeyU", "")):
        tasks.append(int(shown(task_page)))
        task_page.wait_for_timeout(80)
        taken_by_input_method(tools, code, then_letter=letter)
        expect(task_page.locator(".candidate")).not_to_have_attribute("data-task", str(tasks[-1]))
    task_page.wait_for_timeout(80)
    # Told twice, it undoes once.
    taken_by_input_method(tools, "KeyZ", then_letter="z")
    expect(task_page.locator(".candidate")).to_have_attribute("data-task", str(tasks[-1]))
    saved(task_page)

    assert given() == list(zip(tasks[:2], [Answer.ACCEPT, Answer.REJECT], strict=True))
    full_width = "dispatchEvent(new KeyboardEvent('keydown', {key: 'ｕ', code: 'KeyU', bubbles: true}))"
    task_page.wait_for_timeout(80)
    task_page.evaluate(full_width)
    saved(task_page)
    assert given()[-1] == (tasks[2], Answer.UNSURE)


def test_keys_meant_for_the_browser_or_for_nothing_are_left_alone(task_page):
    task_page.wait_for_timeout(80)
    first = shown(task_page)

    task_page.evaluate(
        """() => {
            const press = { key: "j", code: "KeyJ", bubbles: true };
            for (const extra of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }])
                dispatchEvent(new KeyboardEvent("keydown", { ...press, ...extra }));
        }"""
    )
    press(task_page, "x")
    taken_by_input_method(devtools(task_page), "KeyX")

    assert shown(task_page) == first
    assert given() == []


def test_keys_for_one_hand_are_switched_on_the_page_shown_and_kept(task_page, annotator):
    assert hints(task_page)["accept"] == "j"

    task_page.get_by_role("button", name="Keys", exact=True).click()
    press(task_page, "2")  # left hand
    expect(task_page.locator("#hands")).to_be_hidden()
    assert hints(task_page) | {"bad": "e", "skip": "q"} == hints(task_page)
    for key in "fdse":
        press(task_page, key)
    press(task_page, "2")
    saved(task_page)
    assert [answer for _task, answer in given()] == ["accept", "reject", "unsure", "bad"]
    annotator.refresh_from_db()
    assert annotator.keys == "left"

    task_page.get_by_role("button", name="Keys", exact=True).click()
    press(task_page, "3")
    task_page.reload()
    expect(task_page.locator(".candidate")).to_be_visible()
    assert hints(task_page)["accept"] == "j" and hints(task_page)["undo"] == "u"
    for key in "ki":
        press(task_page, key)
    expect(task_page.locator("[data-chooser=bad] kbd").first).to_have_text("7")
    press(task_page, "8")
    saved(task_page)
    assert [answer for _task, answer in given()][4:] == ["reject", "bad"]
    press(task_page, "u")
    saved(task_page)
    assert len(given()) == 5


def test_a_comment_goes_with_the_answer_and_comes_back_with_undo(task_page):
    first = int(shown(task_page))
    field = task_page.locator("#comment-text")

    press(task_page, "c")
    expect(field).to_be_focused()
    task_page.keyboard.type("just fine, jfu")  # letters that are keys outside of the field
    # Enter that chooses a word of an input method does not close the field.
    tools = devtools(task_page)
    tools.send("Input.imeSetComposition", {"text": "很好", "selectionStart": 2, "selectionEnd": 2})
    taken_by_input_method(tools, "Enter")
    expect(field).to_be_focused()
    tools.send("Input.insertText", {"text": "很好"})
    task_page.keyboard.press("Enter")
    expect(field).not_to_be_focused()
    expect(field).to_be_visible()
    assert int(shown(task_page)) == first
    press(task_page, "j")
    expect(field).to_be_hidden()
    saved(task_page)

    judgment = Judgment.objects.get()
    assert (judgment.task_id, judgment.answer) == (first, "accept")
    assert judgment.comment == "just fine, jfu很好"
    press(task_page, "z")
    expect(field).to_have_value("just fine, jfu很好")
    press(task_page, "c")
    task_page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    press(task_page, "f")
    saved(task_page)
    assert list(Judgment.objects.standing().values_list("comment", flat=True)) == [""]


def swipe(tools, dx, dy=0, *, lift=True, x=195, y=300):
    def touch(kind, points):
        tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", [{"x": x, "y": y}])
    for step in range(1, 9):
        touch("touchMove", [{"x": x + dx * step / 8, "y": y + dy * step / 8}])
    if lift:
        touch("touchEnd", [])
    else:
        # Chromium keeps the last move back until another one comes.
        time.sleep(0.3)
        touch("touchMove", [{"x": x + dx + 1, "y": y + dy}])


def test_a_finger_answers_to_the_right_and_left_and_scrolls_up_and_down(open_page, annotator, open_task):
    campaign = make_campaign(size=20, overlap=1)
    phone = open_task(open_page(**PHONE), campaign, annotator)
    tools = devtools(phone)
    first = int(shown(phone))
    place = phone.locator("#task")

    # Too short, then shown and let go in the middle, then too steep: nothing is answered.
    swipe(tools, 60)
    swipe(tools, 130, lift=False)
    expect(place).to_have_attribute("data-swipe", "accept")
    assert phone.evaluate("innerWidth") == 390
    expect(place).to_have_attribute("data-armed", "")
    for x in (210, 200):
        phone.wait_for_timeout(300)
        tools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": 300}]})
    expect(place).not_to_have_attribute("data-armed", "")
    tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.evaluate("document.querySelector('.candidate').style.minHeight = '1600px'")
    swipe(tools, 40, -200)
    phone.wait_for_function("scrollY > 100")
    expect(place).not_to_have_attribute("data-swipe", "accept")
    assert int(shown(phone)) == first
    assert given() == []

    swipe(tools, 150)
    expect(phone.locator(".candidate")).not_to_have_attribute("data-task", str(first))
    second = int(shown(phone))
    phone.wait_for_timeout(80)
    swipe(tools, -150)
    expect(phone.locator(".candidate")).not_to_have_attribute("data-task", str(second))
    saved(phone)
    assert given() == [(first, Answer.ACCEPT), (second, Answer.REJECT)]
    phone.wait_for_timeout(500)  # Chromium takes a tap right behind a flick for the end of it
    phone.locator("#undo").tap()
    expect(phone.locator(".candidate")).to_have_attribute("data-task", str(second))
    saved(phone)
    assert len(given()) == 1


def test_on_a_phone_the_bar_is_one_row_and_the_guideline_begins_below_it(
    open_page, annotator, open_task, campaign
):
    phone = open_task(open_page(**PHONE), campaign, annotator)
    bar = phone.locator(".bar").bounding_box()
    assert bar["height"] < 60

    phone.evaluate("document.querySelector('.candidate').style.minHeight = '1600px'")
    phone.evaluate("document.querySelector('#guideline').style.minHeight = '1600px'")
    phone.locator("#guideline-switch").tap()
    expect(phone.locator("#guideline")).to_be_focused()

    top = phone.locator("#guideline h2").first.bounding_box()["y"]
    assert bar["height"] < top < 120


def test_ones_own_pages_fit_a_phone(open_page, annotator, log_in_page, live_server):
    campaign = make_campaign(size=2, overlap=1)
    campaign.name = "Points of interest of face creams and of other creams"
    campaign.save(update_fields=["name"])
    give_and_judge(campaign.tasks.first(), annotator, Answer.REJECT)
    phone = open_page(**PHONE)
    log_in_page(phone, annotator)

    phone.goto(f"{live_server.url}/work/")
    name, way_in = phone.locator("h2", has_text="Points of"), phone.get_by_role("link", name="Go on")
    assert way_in.bounding_box()["x"] > name.bounding_box()["x"] + name.bounding_box()["width"]
    assert way_in.bounding_box()["y"] < name.bounding_box()["y"] + name.bounding_box()["height"]
    phone.get_by_role("link", name="Your answers").tap()
    answer = phone.locator("[data-judgment]")
    words = [answer.get_by_text(part, exact=True) for part in ("Undo", "No", campaign.name)]
    for part in (*words, answer.locator("time")):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_those_who_listen_hear_each_question_and_an_outage(task_page):
    live = task_page.locator("#work-live")
    expect(live).to_contain_text("Is this something shoppers of Face cream look for?")
    phrase = task_page.locator(".phrase").inner_text()
    expect(live).to_contain_text(phrase)
    assert live.get_attribute("role") == "status"

    press(task_page, "j")
    expect(live).not_to_contain_text(phrase)
    expect(live).to_contain_text(task_page.locator(".phrase").inner_text())
    saved(task_page)
    task_page.context.set_offline(True)
    press(task_page, "j")
    expect(live).to_contain_text("Offline, 1 not yet saved")
    task_page.context.set_offline(False)
    expect(live).to_have_text("Saved")


def test_the_page_is_walked_by_tab_in_order_and_focus_is_seen(task_page):
    task_page.locator("#task").focus()
    names, outlines = [], []
    for _ in range(9):
        task_page.keyboard.press("Tab")
        name, outline = task_page.evaluate(
            """() => { const it = document.activeElement;
            return [it.id || it.dataset.answer, getComputedStyle(it).outlineStyle]; }"""
        )
        names.append(name)
        outlines.append(outline)

    expected = ["accept", "reject", "unsure", "bad", "skip", "undo"]
    assert names == [*expected, "comment-switch", "hands-switch", "guideline-switch"]
    assert set(outlines) == {"solid"}
    task_page.keyboard.press("Enter")  # opens the guideline and moves there
    expect(task_page.locator("#guideline")).to_be_focused()
    task_page.keyboard.press("Escape")
    expect(task_page.locator("#task")).to_be_focused()


def test_what_the_account_says_about_hands_holds_on_the_task_page(page, open_task, campaign):
    open_task(page, campaign, make_annotator(page_language="en", keys="right"))

    press(page, "k")
    saved(page)

    assert [answer for _task, answer in given()] == [Answer.REJECT]
