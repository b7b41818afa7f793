"""A photo on its way to the public: boxes by mouse and by numbers, and a copy in which nothing is left under them."""

from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitors, Wishes
from tests.journeys.errands import at_desk, draw_boxes, keep_receipt, make_public, photo, send_form, write_report
from tests.journeys.live import LiveCity

TEXT = "我叫王小明，电话13800138000，楼下的路灯坏了四天，晚上一片漆黑"


def send(page: Page, city: LiveCity, folder: Path) -> str:
    """A report with a photo; answers with the number of its case."""
    write_report(page, TEXT)
    page.locator("#id_photos").set_input_files([photo(folder / "lamp.jpg")])
    send_form(page)
    receipt = keep_receipt(page).receipt
    city.settle()
    return city.number_of(receipt)


def picture(page: Page) -> Image.Image:
    """The public photo on this page, in greys."""
    source = page.locator(".public-photo").get_attribute("src") or ""
    answer = page.request.get(urljoin(page.url, source))
    assert answer.ok
    return Image.open(BytesIO(answer.body())).convert("L")


def test_boxes_drawn_moved_and_removed_are_what_the_public_gets(
    live_city: LiveCity, visitors: Visitors, page: Page, tmp_path: Path
):
    number = send(page, live_city, tmp_path)
    desk = at_desk(visitors, live_city, "leader")
    desk.goto(f"/desk/cases/{number}/public")
    desk.locator("#photos a.button").click()
    rects, rows = desk.locator("[data-redact-canvas] rect"), desk.locator("[data-redact-row]:visible")
    draw_boxes(desk, (0.6, 0.5, 0.8, 0.7), (0.1, 0.1, 0.3, 0.3), (0.9, 0.9, 0.9, 0.9))
    expect(rects).to_have_count(2)
    expect(rows).to_have_count(2)
    draw_boxes(desk, (0.7, 0.6, 0.8, 0.8))
    expect(rects).to_have_count(2)
    left = float(rows.first.locator("[name=left]").input_value())
    assert 68 < left < 72, "a box that is dragged moves"
    rows.last.locator("[data-redact-clear]").click()
    expect(rects).to_have_count(1)
    desk.locator("[data-redact-add]").click()
    desk.keyboard.press("Control+A")
    desk.keyboard.type("0")
    assert rects.nth(1).get_attribute("x") == "0%"
    send_form(desk)
    desk.wait_for_url("**/public")

    make_public(desk, number)
    page.goto(f"/cases/{number}")
    expect(page.locator("main")).to_contain_text("我叫***，电话***")
    copy = picture(page)
    width, height = copy.size
    for box in ((0.02, 0.42, 0.18, 0.58), (0.73, 0.73, 0.87, 0.87)):
        part = copy.crop(tuple(round(side * size) for side, size in zip(box, (width, height) * 2, strict=True)))
        assert part.getextrema()[1] < 12, "something shows under a box"
    assert copy.getpixel((round(width * 0.5), round(height * 0.9))) > 200, "what is not covered stays"


def test_without_scripts_boxes_are_numbers(live_city: LiveCity, visitors: Visitors, page: Page, tmp_path: Path):
    number = send(page, live_city, tmp_path)
    desk = at_desk(visitors, live_city, "leader", Wishes(javascript=False))
    desk.goto(f"/desk/cases/{number}/public")
    desk.locator("#photos a.button").click()
    row = desk.locator("[data-redact-row]").first
    for side, value in (("left", "25"), ("top", "25"), ("width", "50"), ("height", "50")):
        row.locator(f"[name={side}]").fill(value)
    send_form(desk)
    make_public(desk, number)
    page.goto(f"/cases/{number}")
    copy = picture(page)
    middle = copy.crop((copy.width * 3 // 10, copy.height * 3 // 10, copy.width * 7 // 10, copy.height * 7 // 10))
    assert middle.getextrema()[1] < 12
