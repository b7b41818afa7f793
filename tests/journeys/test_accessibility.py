"""axe-core finds nothing serious on any page: both languages, light and dark, desk and phone, elder mode too."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.urls import get_resolver
from playwright.sync_api import Page

from tests.architecture.house import ROOT
from tests.architecture.test_access import routes
from tests.journeys.browser import DESKTOP, PHONE, Visitors, Wishes, run_file, wear
from tests.journeys.sights import FOR_MACHINES, NOT_PAGES, OF_RESIDENTS, OF_STAFF, Places, Sight

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RUN_AXE = Path(__file__).with_name("run_axe.js")
# Colours do nothing but colour, so for dark pages only contrast is looked at anew.
CONTRAST = {"rules": ["color-contrast"]}


def bring_axe(page: Page) -> None:
    """Loads axe-core into the page."""
    assert AXE.exists(), "axe-core is not installed: run make setup"
    page.evaluate(AXE.read_text(encoding="utf-8"))


def complaints(page: Page, *, elder: bool) -> Iterator[str]:
    """What axe says of the page as it stands, in every dress it can wear."""
    bring_axe(page)
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        for is_elder in (False, True) if elder else (False,):
            for theme, rules in (("light", {}), ("dark", CONTRAST)):
                wear(page, theme=theme, elder=is_elder)
                dress = f"{width} px, {theme}{', elder' if is_elder else ''}"
                yield from (f"{dress}: {found}" for found in run_file(page, RUN_AXE, rules))


def look_at_all(
    sights: Sequence[Sight], visitors: Visitors, places: Places, language: str, *, elder: bool
) -> list[str]:
    """Opens every page once and collects what axe says of it."""
    found = []
    for reader in dict.fromkeys(sight.reader for sight in sights):
        page = visitors.open(Wishes(language=language), places.cookies[reader])
        for sight in sights:
            if sight.reader == reader:
                page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
                sight.open(page, places)
                found += [f"{sight.name}, {sentence}" for sentence in complaints(page, elder=elder)]
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_residents_pages_can_be_used_by_everybody(visitors: Visitors, places: Places, language: str):
    assert look_at_all(OF_RESIDENTS, visitors, places, language, elder=True) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_staffs_pages_can_be_used_by_everybody(visitors: Visitors, places: Places, language: str):
    assert look_at_all(OF_STAFF, visitors, places, language, elder=False) == []


def test_every_route_is_looked_at_or_says_why_not():
    looked_at = {sight.route for sight in (*OF_RESIDENTS, *OF_STAFF)} | NOT_PAGES.keys()
    there_are = {route for route, _view in routes(get_resolver().url_patterns) if not route.startswith(FOR_MACHINES)}
    assert there_are - looked_at == set(), "give each an example in sights.py, or say there why it is no page"
    assert looked_at - there_are - {""} == set(), "these routes are gone; take their examples away"


def test_what_axe_finds_is_told(visitors: Visitors):
    page = visitors.open()
    page.goto("/help")
    page.evaluate("document.querySelector('main').innerHTML = '<input><p>pale</p>'")
    page.evaluate("document.querySelector('main p').style.color = '#888'")
    told = " ".join(complaints(page, elder=False))
    assert "390 px, light: label" in told
    assert "1366 px, light: color-contrast" in told
