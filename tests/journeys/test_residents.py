"""Residents report, keep their receipt, follow what happens and say whether it helped; on every kind of device."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import PHONE, Visitors, Wishes
from tests.journeys.errands import (
    RIDDLE,
    Kept,
    code_of,
    dispatch,
    keep_receipt,
    photo,
    reply_to,
    report,
    send_form,
    write_report,
)
from tests.journeys.live import LiveCity


def expect_promise(page: Page) -> None:
    """The promise date comes onto the receipt once the hub has accepted the report."""
    expect(page.locator("#promise .promise")).to_contain_text(re.compile(r"20\d\d"), timeout=30_000)


def find_own_report(page: Page, kept: Kept) -> None:
    """Types number and secret, as somebody with only the paper would."""
    page.goto("/track")
    page.locator("#id_receipt").fill(kept.receipt)
    page.locator("#id_secret").fill(kept.secret.lower())
    send_form(page)
    expect(page.locator("h1")).to_contain_text(kept.receipt)


def test_a_resident_reports_with_everything_and_follows_the_link(page: Page, live_city: LiveCity, tmp_path):
    write_report(page, "小区门口路灯不亮了，晚上很黑", address="莲花路12号", name="李秀兰", phone="13700000001")
    page.locator("#id_photos").set_input_files(photo(tmp_path / "lamp.jpg"))
    page.locator("[data-map-open]").click()
    canvas = page.locator("[data-map] canvas")
    expect(canvas).to_be_visible()
    expect(page.locator(".map-label").first).to_be_attached()
    canvas.click()
    expect(page.locator("[data-map-status]")).to_contain_text(re.compile(r"\d+\.\d+"))
    send_form(page)
    kept = keep_receipt(page)
    expect(page.get_by_role("img", name="扫码")).to_be_visible()
    expect_promise(page)
    live_city.settle()
    page.locator("main .button-primary").click()
    expect(page.locator("h1")).to_contain_text(kept.receipt)
    expect(page.locator("main")).to_contain_text("市城市管理和综合执法局")
    page.get_by_role("link", name=re.compile("照片 1")).click()
    expect(page.locator("img")).to_be_visible()


def test_a_resident_reports_in_english(visitors: Visitors, live_city: LiveCity):
    page = visitors.open(Wishes(language="en"))
    kept = report(page, "The streetlight at the market is dark", address="Lotus Road")
    expect(page.locator("h1")).to_have_text("Your receipt")
    expect_promise(page)
    live_city.settle()
    find_own_report(page, kept)
    expect(page.locator("main")).to_contain_text("Urban Management Bureau")


def test_a_resident_reports_in_elder_mode_switched_on_halfway(page: Page):
    write_report(page, "公厕断水好几天了，请来看看")
    page.locator("[name=elder]").click()
    expect(page.locator("html")).to_have_class("elder")
    expect(page.locator("#id_text")).to_have_value("公厕断水好几天了，请来看看")
    send_form(page)
    keep_receipt(page)
    expect(page.locator("html")).to_have_class("elder")


def test_without_javascript_the_whole_way_works_from_report_to_opinion(live_city: LiveCity, visitors: Visitors):
    page = visitors.open(Wishes(javascript=False))
    page.goto("/")
    page.locator(".hero .button-primary").click()
    page.locator("#id_text").fill(RIDDLE)
    page.locator("#id_area").select_option(index=2)
    send_form(page)
    kept = keep_receipt(page)
    live_city.settle()
    page.locator("#promise a, main .button-primary").first.click()
    dispatch(live_city, visitors, kept.receipt)
    reply_to(live_city, visitors, kept.receipt, "已安排清运，桶已换新。")
    page.goto(kept.track_path)
    expect(page.locator("#reply")).to_contain_text("已安排清运")
    page.locator("[name=verdict][value=solved]").check()
    page.locator("#verdict .button-primary").click()
    expect(page.locator("main")).to_contain_text("谢谢")


def test_the_keyboard_alone_is_enough_to_report(page: Page):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    tab_to(page, "a[href='/report']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report")
    tab_to(page, "#id_text")
    page.keyboard.type("井盖松动，车一压就响")
    tab_to(page, "main form .button-primary")
    page.keyboard.press("Enter")
    keep_receipt(page)


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Presses Tab until the element has the focus, which must be visible all the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} does not show that it has the focus"
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_a_report_is_made_and_followed_on_a_phone(phone: Page):
    kept = report(phone, "流动摊贩占道，人行道走不通", address="文昌街口")
    expect_promise(phone)
    find_own_report(phone, kept)


def test_a_double_click_makes_one_report(page: Page, live_city: LiveCity):
    write_report(page, "双击也只能算一次：渣土车抛洒")
    page.locator("main form .button-primary").dblclick()
    keep_receipt(page)
    same = live_city.stage.value("SELECT count(*) FROM intake_report WHERE text = '双击也只能算一次：渣土车抛洒'")
    assert same == 1


def test_a_form_sent_again_from_the_history_is_the_same_report(page: Page):
    first = report(page, "返回后再点一次发送：树枝断了")
    page.go_back(wait_until="commit")
    send_form(page)
    assert keep_receipt(page).receipt == first.receipt


def test_a_mistake_loses_nothing_that_was_typed(page: Page):
    write_report(page, "", address="莲花路12号", email="not-an-address")
    send_form(page)
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    summary.locator("a").first.click()
    expect(page.locator("#id_text")).to_be_focused()
    expect(page.locator("#id_address")).to_have_value("莲花路12号")
    page.locator("#id_text").fill("路灯不亮")
    send_form(page)
    page.locator("[data-error-summary] a").click()
    expect(page.locator("#id_email")).to_be_focused()
    page.locator("#id_email").fill("li@example.invalid")
    send_form(page)
    keep_receipt(page)


def test_a_lost_receipt_is_found_with_phone_and_code(page: Page, live_city: LiveCity):
    kept = report(page, "回执丢了也能找回：公园长椅坏了", phone="13711112222")
    page.goto("/find")
    page.locator("#id_phone").fill("137 1111 2222")
    send_form(page)
    expect(page.locator("#id_code")).to_be_visible()
    live_city.settle()
    code = code_of(live_city)
    page.locator("#id_code").fill("000000" if code != "000000" else "000001")
    send_form(page)
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.locator("#id_code").fill(code)
    send_form(page)
    page.get_by_role("link", name=kept.receipt).click()
    expect(page.locator("h1")).to_contain_text(kept.receipt)


def test_the_secret_is_shown_only_to_the_browser_that_sent_the_report(page: Page, visitors: Visitors):
    kept = report(page, "回执密码只给本人看")
    receipt_path = kept.track_path.replace("/track/", "/receipt/")
    stranger = visitors.open()
    stranger.goto(receipt_path)
    expect(stranger.locator("main")).to_contain_text(kept.receipt)
    assert kept.secret not in stranger.content()
    page.goto(receipt_path)
    expect(page.locator("main")).to_contain_text(kept.secret)


@pytest.mark.parametrize("viewport", [(1366, 768), PHONE])
def test_what_a_resident_wishes_survives_from_page_to_page(visitors: Visitors, viewport: tuple[int, int]):
    page = visitors.open(Wishes(viewport=viewport))
    page.goto("/")
    page.locator("[name=theme][value=dark]").click()
    page.locator("[name=elder]").click()
    page.locator("[name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/help")
    expect(page.locator("html")).to_have_class("elder")
    expect(page.locator("link[data-dark]")).to_have_attribute("media", "screen")
    expect(page.locator("h1")).to_have_text("Help and accessibility")
    page.locator("[name=elder]").click()
    page.locator("[name=language][value=zh-hans]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.locator("html")).not_to_have_class("elder")
