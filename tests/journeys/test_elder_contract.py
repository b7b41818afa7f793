"""Elder mode, measured on every page a resident can open.

Text ≥ 18 px, main targets ≥ 60 px high, all others ≥ 44 px both ways (links in sentences too: their padding counts, no
exception is made), lines ≥ 1.3, contrast ≥ 4.5:1, no sideways scrolling, and nothing the usual page shows is missing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import DESKTOP, PHONE, Visitors, Wishes, run_file, wear
from tests.journeys.sights import OF_RESIDENTS, RESIDENT, Places
from tests.journeys.test_accessibility import RUN_AXE, bring_axe

MEASURE = Path(__file__).with_name("measure_elder.js")
READ = Path(__file__).with_name("read_text.js")
# WCAG lets large text off with 3:1; the contract does not.
CONTRAST = {"rules": ["color-contrast"], "contrast": 4.5}
WIDTHS = (PHONE, (1280, 800))


def broken_promises(page: Page) -> Iterator[str]:
    """Every way in which the page as it stands breaks the contract."""
    usual = set(run_file(page, READ))
    wear(page, theme="light", elder=True)
    yield from (f"hidden: {text}" for text in usual - set(run_file(page, READ)))
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        yield from (f"{width} px: {found}" for found in run_file(page, MEASURE))
    bring_axe(page)
    for theme in ("light", "dark"):
        wear(page, theme=theme, elder=True)
        yield from (f"{theme}: {found}" for found in run_file(page, RUN_AXE, CONTRAST))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_elder_mode_keeps_its_contract_on_every_page(visitors: Visitors, places: Places, language: str):
    page = visitors.open(Wishes(language=language), places.cookies[RESIDENT])
    found = []
    for sight in OF_RESIDENTS:
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        sight.open(page, places)
        found += [f"{sight.name}, {sentence}" for sentence in broken_promises(page)]
    assert found == []


def test_every_kind_of_broken_promise_is_told(visitors: Visitors):
    page = visitors.open()
    page.goto("/help")
    page.evaluate("""() => {
        document.querySelector("main").innerHTML = "<p>small</p><p>narrow</p><p>pale</p><p>wide</p>"
            + "<a href='/' class='x'>a</a><button class='button button-primary'>b</button>";
        const [small, narrow, pale, wide] = document.querySelectorAll("main p");
        small.style.fontSize = "17px";
        narrow.style.lineHeight = "1.2";
        pale.style.color = "#777";
        wide.style.width = "2000px";
        document.querySelector("main .button").style.cssText = "min-height: 50px; height: 50px";
    }""")
    told = " ".join(broken_promises(page))
    for words in ("text of 17 px", "line height", "× 50.0 px", "target of", "scrolls sideways", "color-contrast"):
        assert words in told
