"""Operators dispatch what no rule could, units sign, work, reply and close, and residents have the last word."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitors, Wishes
from tests.journeys.errands import RIDDLE, URBAN, action, at_desk, dispatch, open_case, reply_to, report, take
from tests.journeys.live import LiveCity

ENGLISH = Wishes(language="en")


def rows(page: Page) -> int:
    """How many cases the list shows."""
    return page.locator("[data-row]").count()


def search(page: Page, words: str) -> None:
    """Types words into the search of the desk."""
    box = page.locator("[data-search]")
    box.fill(words)
    box.press("Enter")
    expect(page.locator(".list-head")).to_contain_text(words)


def test_a_dispatcher_finds_cases_by_filters_and_words(live_city: LiveCity, visitors: Visitors):
    page = at_desk(visitors, live_city, "dispatcher")
    expect(page.locator(".stat-value").first).to_have_text(re.compile(r"^\d+$"))
    everything = rows(page)
    assert everything == 50
    page.locator(".filter-more summary").click()
    page.locator("[name=state][value=registered]").check()
    page.wait_for_url(re.compile("state=registered"))
    expect(page.locator("[data-row] .tag").first).to_have_text(re.compile("已受理"))
    assert 0 < rows(page) < everything
    search(page, "路灯")
    assert 0 < rows(page) < everything
    expect(page.locator("[data-row]").first).to_contain_text("路灯")
    search(page, "manhole cover")
    assert 0 < rows(page) < everything
    search(page, "没有任何工单会说这句话")
    expect(page.locator(".empty")).to_be_visible()


def test_older_and_newer_pages_of_the_queue_do_not_overlap(live_city: LiveCity, visitors: Visitors):
    page = at_desk(visitors, live_city, "dispatcher", ENGLISH)
    first = page.locator("[data-row-link]").evaluate_all("links => links.map(link => link.href)")
    page.get_by_role("link", name="Older").click()
    page.wait_for_url(re.compile("after="))
    second = page.locator("[data-row-link]").evaluate_all("links => links.map(link => link.href)")
    assert second
    assert not set(first) & set(second)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator("[data-row-link]").first).to_have_attribute("href", re.compile(first[0].rsplit("/", 1)[-1]))


def test_the_counters_lead_to_the_cases_they_count(live_city: LiveCity, visitors: Visitors):
    page = at_desk(visitors, live_city, "dispatcher")
    tile = page.locator("a.stat").first
    expect(tile.locator(".stat-value")).to_have_text(re.compile(r"^\d+$"))
    count = int(tile.locator(".stat-value").inner_text())
    tile.click()
    expect(page.locator("a.stat[aria-current]")).to_have_count(1)
    assert rows(page) == min(count, 50)


def test_a_case_no_rule_knows_goes_from_operator_to_unit_to_resident_and_back(
    live_city: LiveCity, visitors: Visitors, page: Page
):
    kept = report(page, RIDDLE, phone="13700002222")
    dispatch(live_city, visitors, kept.receipt)
    number = live_city.number_of(kept.receipt)
    unit = at_desk(visitors, live_city, "urban")
    expect(unit).to_have_url(re.compile("/desk/inbox$"))
    row = unit.locator("[data-row]", has_text=number)
    row.get_by_role("button", name="签收").click()
    row.get_by_role("button", name="开始办理").click()
    row.locator("[data-row-link]").click()
    take(unit, "reply", text="已经和您电话联系，安排在本周处理。")
    take(unit, "close")
    page.goto(kept.track_path)
    expect(page.locator("#reply")).to_contain_text("本周处理")
    page.locator("[name=verdict][value=unsolved]").check()
    page.locator("#verdict .button-primary").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[name=comment]").fill("没有人来过")
    page.locator("#verdict .button-primary").click()
    expect(page.locator("main")).to_contain_text("重新办理")
    unit.goto("/desk/inbox")
    row.locator("[data-row-link]").click()
    expect(unit.locator("main")).to_contain_text("没有人来过")


def test_reclassifying_needs_a_reason_and_changes_the_promise_the_resident_sees(
    live_city: LiveCity, visitors: Visitors, page: Page
):
    kept = report(page, RIDDLE)
    promise = page.locator(".promise strong")
    before = promise.inner_text()
    live_city.settle()
    desk = at_desk(visitors, live_city, "dispatcher")
    open_case(desk, kept.receipt)
    take(desk, "reclassify", matter_type="inquiry", reason="")
    expect(desk.locator("[data-error-summary]")).to_be_visible()
    take(desk, "reclassify", matter_type="inquiry", reason="来电核实，只是咨询")
    expect(desk.locator(".messages .tone-success")).to_be_visible()
    page.goto(kept.track_path)
    expect(page.locator("main")).to_contain_text("来电核实，只是咨询")
    expect(promise).not_to_have_text(before)


def test_two_operators_on_one_case_the_second_is_told_and_keeps_what_was_typed(
    live_city: LiveCity, visitors: Visitors, page: Page
):
    kept = report(page, RIDDLE)
    live_city.settle()
    first, second = at_desk(visitors, live_city, "dispatcher"), at_desk(visitors, live_city, "leader")
    for desk in (first, second):
        open_case(desk, kept.receipt)
    take(first, "assign", unit=URBAN)
    take(second, "assign", unit="市水务局", reason="像是排水问题，请先去看看")
    expect(second.locator("[role=alert]")).to_contain_text("周望舒")
    form = action(second, "assign")
    expect(form.locator("[name=unit]")).to_have_value("市水务局")
    expect(form.locator("[name=reason]")).to_have_value("像是排水问题，请先去看看")
    expect(second.locator("main")).to_contain_text(URBAN)


def test_a_handler_never_meets_the_case_of_another_unit(live_city: LiveCity, visitors: Visitors, page: Page):
    kept = report(page, RIDDLE)
    dispatch(live_city, visitors, kept.receipt)
    stranger = at_desk(visitors, live_city, "transport")
    stranger.goto(f"/desk/cases/{live_city.number_of(kept.receipt)}")
    expect(stranger.locator("main")).to_contain_text("不在您的工作范围内")
    assert RIDDLE not in stranger.content()
    stranger.goto("/desk/cases")
    search(stranger, kept.receipt)
    expect(stranger.locator(".empty")).to_be_visible()


def test_the_contact_is_masked_until_somebody_gives_a_reason(live_city: LiveCity, visitors: Visitors, page: Page):
    kept = report(page, RIDDLE, name="欧阳明月", phone="13712345678")
    live_city.settle()
    desk = at_desk(visitors, live_city, "dispatcher")
    open_case(desk, kept.receipt)
    reporter = desk.locator("#reporter")
    assert "13712345678" not in desk.content()
    reporter.locator("summary").click()
    reporter.locator("[name=reason]").fill("需要电话核实地点")
    reporter.locator("button.button").click()
    expect(reporter).to_contain_text("13712345678")


def test_a_failed_job_is_seen_and_tried_again(live_city: LiveCity, visitors: Visitors):
    job = live_city.stage.value(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
        " SELECT queue_name, task_name, args, 'failed', 5 FROM procrastinate_jobs"
        " WHERE task_name LIKE '%%open_case%%' AND status = 'succeeded' LIMIT 1 RETURNING id"
    )
    page = at_desk(visitors, live_city, "sysadmin")
    page.goto("/desk/operations")
    row = page.locator("tr", has_text=str(job))
    expect(row).to_contain_text("open_case")
    row.get_by_role("button").click()
    expect(page.locator(".messages .tone-success")).to_contain_text(str(job))
    expect(row).to_have_count(0)
    live_city.settle()
    assert live_city.stage.value("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job) == "succeeded"
    page.goto("/desk/operations/checks")
    expect(page.locator("table tbody tr").first).to_be_visible()


def test_the_desk_is_worked_with_keys(live_city: LiveCity, visitors: Visitors):
    page = at_desk(visitors, live_city, "dispatcher")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row-link]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases/*")
    page.locator("h1").click()
    page.keyboard.press("d")
    expect(page.locator("form[action$='/assign'] [name=unit]")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()


def test_the_inbox_answers_and_closes_without_javascript(live_city: LiveCity, visitors: Visitors, page: Page):
    kept = report(page, RIDDLE)
    dispatch(live_city, visitors, kept.receipt)
    reply_to(live_city, visitors, kept.receipt, "已答复。")
    desk = at_desk(visitors, live_city, "urban", Wishes(javascript=False))
    open_case(desk, kept.receipt)
    take(desk, "close")
    expect(desk.locator(".desk-head .tag").first).to_contain_text("已办结")


def test_what_staff_wish_survives_signing_out(live_city: LiveCity, visitors: Visitors):
    page = at_desk(visitors, live_city, "leader")
    page.locator(".menu summary").click()
    page.locator(".menu [name=theme][value=dark]").click()
    page.locator(".menu [name=shortcuts]").click()
    page.locator(".menu [name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-shortcuts", "off")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Sign in to the desk")
    expect(page.locator("link[data-dark]")).to_have_attribute("media", "screen")
