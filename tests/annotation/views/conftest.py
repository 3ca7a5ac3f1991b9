"""The task page, opened by an annotator in a real browser."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.factories.annotation import make_annotator, make_campaign


@pytest.fixture
def campaign():
    return make_campaign(size=20, overlap=1)


@pytest.fixture
def annotator():
    return make_annotator(page_language="en")


@pytest.fixture
def log_in_page(live_server):
    def log_in_page(page, person):
        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )

    return log_in_page


@pytest.fixture
def open_task(live_server, log_in_page):
    def open_task(page, campaign, person):
        log_in_page(page, person)
        page.goto(f"{live_server.url}/work/{campaign.pk}/")
        expect(page.locator(".candidate")).to_be_visible()
        return page

    return open_task


@pytest.fixture
def task_page(page, campaign, annotator, open_task):
    return open_task(page, campaign, annotator)
