"""Journeys in a real browser: one running city for each process that runs tests, one browser for each file."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import live
from tests.journeys.browser import NAMES, PHONE, Visitors, Wishes, find_browser, open_browser
from tests.journeys.live import LiveCity
from tests.journeys.sights import Places, prepare

PLACES: dict[LiveCity, Places] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test that uses the browser."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's program; without one the journeys are skipped, or fail where a browser is required."""
    found = find_browser()
    if found is None:
        sentence = f"No browser: none of {', '.join(NAMES)} is on the PATH and CHROMIUM is not set."
        if os.environ.get("YIWANG_REQUIRE_BROWSER") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@pytest.fixture(scope="session")
def live_city(program: str) -> Iterator[LiveCity]:
    """The running city, with believable reports that have found their units."""
    with live.live_city() as city:
        yield city


@pytest.fixture(scope="module")
def chromium(program: str) -> Iterator[Browser]:
    """The browser. Closed after each file: while Playwright runs, Django refuses this thread its database."""
    with open_browser(program) as browser:
        yield browser


@pytest.fixture
def visitors(chromium: Browser, live_city: LiveCity) -> Iterator[Visitors]:
    """Opens pages for people; at the end nothing may have gone wrong unseen on any of them."""
    everybody = Visitors(chromium, live_city.base_url)
    yield everybody
    everybody.close()
    assert everybody.complaints == []


@pytest.fixture
def page(visitors: Visitors) -> Page:
    """A resident at a desk, reading Chinese."""
    return visitors.open()


@pytest.fixture
def phone(visitors: Visitors) -> Page:
    """A resident with a phone in hand, reading Chinese."""
    return visitors.open(Wishes(viewport=PHONE))


@pytest.fixture(scope="module")
def places(chromium: Browser, live_city: LiveCity, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """What the examples of all pages are about; made once for the city."""
    if live_city not in PLACES:
        everybody = Visitors(chromium, live_city.base_url)
        PLACES[live_city] = prepare(live_city, everybody, tmp_path_factory.mktemp("photos"))
        everybody.close()
    return PLACES[live_city]
