"""Both kinds on the task page in a real browser: ends that can be told apart, a picture that grows."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from annotation.models import Judgment
from tests.factories.candidates import make_image_candidate, make_kind_campaign, make_relation
from tests.factories.people import make_annotator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def open_campaign(page, live_server):
    def open_campaign(campaign):
        client = Client()
        client.force_login(make_annotator(page_language="en"))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto(f"{live_server.url}/work/{campaign.pk}/")
        expect(page.locator(".candidate")).to_be_visible()
        return page

    return open_campaign


def test_the_ends_differ_by_line_and_number_and_not_by_colour_alone(open_campaign):
    make_relation()
    page = open_campaign(make_kind_campaign("relation_sentence", "satisfy"))

    style = "element => getComputedStyle(element).borderBottomStyle"
    ends = [page.locator(f".sentence mark.{name}") for name in ("subject", "object")]

    assert [end.evaluate(style) for end in ends] == ["solid", "dashed"]
    assert [end.locator(".number").inner_text() for end in ends] == ["1", "2"]


def test_a_picture_grows_by_key_and_click_and_can_be_answered_meanwhile(open_campaign):
    for number in range(2):
        make_image_candidate(f"red {number}", colour="red")
    page = open_campaign(make_kind_campaign("image_text", "shows"))
    picture = page.locator("[data-zoom]")
    image = picture.locator("img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") == 64
    small = image.bounding_box()["width"]

    for larger, smaller in (("+", "+"), (" ", "Escape"), ("=", "-")):
        page.keyboard.press(larger)
        expect(picture).to_have_attribute("aria-pressed", "true")
        assert image.bounding_box()["width"] == pytest.approx(2 * small, abs=1)
        page.keyboard.press(smaller)
        expect(picture).to_have_attribute("aria-pressed", "false")
    picture.click()
    expect(picture).to_have_attribute("aria-pressed", "true")
    picture.press(" ")
    expect(picture).to_have_attribute("aria-pressed", "false")

    page.keyboard.press("+")
    first = page.locator(".candidate").get_attribute("data-task")
    page.wait_for_timeout(80)
    page.keyboard.press("j")
    expect(page.locator(".candidate")).not_to_have_attribute("data-task", first)
    expect(page.locator("[data-zoom]")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#work-saved")).to_have_text("Saved")
    assert Judgment.objects.count() == 1


def test_the_pictures_of_the_next_tasks_are_decoded_before_their_turn(page, open_campaign):
    for number in range(5):
        make_image_candidate(f"red {number}", colour="red")
    page.add_init_script(
        """globalThis.decoded = [];
        const decode = HTMLImageElement.prototype.decode;
        HTMLImageElement.prototype.decode = function () {
            return decode.call(this).then(() => decoded.push(this.closest("article").dataset.task));
        };"""
    )
    open_campaign(make_kind_campaign("image_text", "shows"))
    page.wait_for_function("decoded.length === 5")
    page.route("**/images/**", lambda route: route.abort())

    for _ in range(4):
        page.wait_for_timeout(80)
        page.keyboard.press("j")
        # At once: not a moment for a request.
        assert page.evaluate("document.querySelector('[data-zoom] img').complete")
        assert page.evaluate("document.querySelector('[data-zoom] img').naturalWidth") == 64
        shown = page.locator(".candidate").get_attribute("data-task")
        assert shown in page.evaluate("decoded")
