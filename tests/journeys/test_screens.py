"""What a screen must be whatever it says: in one language, in letters that exist, inside its window, on city time."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from tests.architecture.house import PACKAGE
from tests.journeys.browser import DESKTOP, PHONE, Visitors, Wishes, run_file
from tests.journeys.errands import keep_receipt, send_form
from tests.journeys.live import LiveCity
from tests.journeys.sights import OF_RESIDENTS, OF_STAFF, Places, Sight
from tests.journeys.test_elder_contract import READ

CITY_TIME = ZoneInfo("Asia/Shanghai")
LIGHT_BYTES = 100_000
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%%")
# Shorter pieces of sentences also stand in what residents write.
TELLING_WORDS = 3
# Sample texts of the style guide are looked at, but its names of components are English on purpose.
GUIDE = "style guide"


def translations() -> Iterator[tuple[str, str]]:
    """Every message of the catalogues whose Chinese differs from its English."""
    for catalogue in PACKAGE.rglob("zh_Hans/LC_MESSAGES/django.po"):
        with catalogue.open("rb") as file:
            messages = [message for message in read_po(file) if message.id and message.string != message.id]
        for message in messages:
            english = message.id if isinstance(message.id, tuple) else (message.id,)
            chinese = message.string if isinstance(message.string, tuple) else (message.string,)
            yield english[-1], str(chinese[-1])


@pytest.fixture(scope="module")
def english() -> dict[str, bool]:
    """Every English piece of a sentence that has a Chinese translation, and whether it is the whole message."""
    pieces: dict[str, bool] = {}
    for text, _chinese in translations():
        parts = [part.strip() for part in PLACEHOLDER.split(text)]
        pieces |= {part: len(parts) == 1 for part in parts if re.search("[A-Za-z]{2}", part)}
    return pieces


def untranslated(words: list[str], english: dict[str, bool]) -> Iterator[str]:
    """Words on a Chinese page that a catalogue has in Chinese: whole short ones, longer ones anywhere in a text."""
    shown = set(words)
    text = "\n".join(words)
    for piece, is_whole in english.items():
        if (is_whole and piece in shown) or (len(piece.split()) >= TELLING_WORDS and piece in text):
            yield f"“{piece}” is not translated"


def widths(page: Page) -> Iterator[str]:
    """Where the page is wider than its window."""
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            yield f"{needed} px of content in a window of {width} px"


def fonts_of(page: Page) -> set[str]:
    """The fonts Chromium really paints the page's letters with."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "h1, label, legend, dt, th"})["nodeIds"]
    used = (session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in nodes)
    return {font["familyName"] for fonts in used for font in fonts}


def look_at_all(
    sights: tuple[Sight, ...], visitors: Visitors, places: Places, language: str
) -> Iterator[tuple[Sight, Page]]:
    """Opens every page in turn."""
    for reader in dict.fromkeys(sight.reader for sight in sights):
        page = visitors.open(Wishes(language=language), places.cookies[reader])
        for sight in sights:
            if sight.reader == reader:
                page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
                sight.open(page, places)
                yield sight, page


def test_chinese_pages_speak_chinese_and_fit_their_window(visitors: Visitors, places: Places, english: dict[str, bool]):
    found = []
    for sight, page in look_at_all((*OF_RESIDENTS, *OF_STAFF), visitors, places, "zh-hans"):
        told = list(untranslated(run_file(page, READ), english)) if GUIDE not in sight.name else []
        found += [f"{sight.name}: {sentence}" for sentence in [*told, *widths(page)]]
        assert any("CJK" in font for font in fonts_of(page)), f"{sight.name} is not painted in a Chinese font"
    assert found == []


def test_english_pages_speak_english_and_fit_their_window(visitors: Visitors, places: Places):
    chinese = {text for _english, text in translations()}
    found = []
    for sight, page in look_at_all((*OF_RESIDENTS, *OF_STAFF), visitors, places, "en"):
        assert page.locator("html").get_attribute("lang") == "en"
        told = [f"“{words}” is Chinese" for words in run_file(page, READ) if words in chinese]
        found += [f"{sight.name}: {sentence}" for sentence in [*told, *widths(page)]]
    assert found == []


def test_an_english_word_and_a_wide_page_are_told(visitors: Visitors, english: dict[str, bool]):
    page = visitors.open(Wishes(language="en"))
    page.goto("/report")
    assert len(list(untranslated(run_file(page, READ), english))) > 5
    page.evaluate("document.querySelector('h1').style.width = '500px'")
    (sentence,) = widths(page)
    assert sentence.endswith("in a window of 390 px")


def test_the_way_to_a_receipt_weighs_less_than_a_picture(visitors: Visitors):
    page = visitors.open(Wishes(viewport=PHONE))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto("/")
    page.goto("/report")
    page.locator("#id_text").fill("路灯不亮")
    send_form(page)
    keep_receipt(page)
    page.wait_for_load_state("networkidle")
    assert 0 < sum(weights) < LIGHT_BYTES


def test_times_are_shown_as_the_citys_clocks_show_them(visitors: Visitors, live_city: LiveCity):
    answer = live_city.send({"text": "几点收到的，就写几点"})
    received = datetime.fromisoformat(answer["received_at"]).astimezone(CITY_TIME)
    page = visitors.open()
    page.goto(answer["track_url"])
    shown = page.locator("dd time").first
    assert shown.inner_text() == f"{received:%Y-%m-%d %H:%M}"
