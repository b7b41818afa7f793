"""Makes the screenshots of README and docs: a demo city with believable reports, and the same with imported history.

    python -m tools.screenshots docs/screens [--data ../shared/data]

Needs a browser (CHROMIUM or one on the PATH). Without the folder of real data the pictures of imports stay as they are.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.browser import PHONE, Visitors, Wishes, find_browser, open_browser
from tests.journeys.errands import (
    Kept,
    at_desk,
    dispatch,
    keep_receipt,
    open_case,
    photo,
    reply_to,
    report,
    send_form,
    take,
    write_report,
)
from tests.journeys.live import LiveCity, live_city

MOST_BYTES = 250_000
ZH, EN = Wishes(), Wishes(language="en")
HISTORY = (
    ("nyc311/requests_100k.csv.gz", "nyc311"),
    ("nyc311/requests_2023_full_schema_4999.csv.gz", "nyc311"),
    ("work_orders_shenzhen/events_8000.csv.gz", "shenzhen-work-orders"),
)
LAMP = "小区北门两盏路灯坏了四天，晚上一片漆黑，孩子放学回家看不清路，昨天有位老人差点摔倒。请尽快修一修。"
PRIVATE = (
    "我叫王秀英，住在莲花小区3号楼2单元501室。楼下路灯坏了四天，物业李姐说没人管。"
    "门口那辆粤A12345的面包车又挡着路，请回电13800001234。"
)
BENCH = "The bench at the tram stop is broken and somebody could get hurt. Could you have a look at it, please?"
BENCH_REPLY = (
    "Thank you for telling us. Our team was there this morning, took the broken boards off and fenced the bench in. "
    "New boards are ordered and will be fitted by Friday."
)
# As if the reports had come in over the last weeks; the ones that are shown closely stay as they are.
SPREAD = """
    UPDATE cases_case SET received_at = received_at - past.age, due_at = due_at - past.age,
        number = overlay(number PLACING to_char(received_at - past.age, 'YYMMDD') FROM 3)
    FROM (SELECT id, interval '7 hours' * (row_number() OVER (ORDER BY received_at DESC)) AS age
          FROM cases_case WHERE report_id NOT IN (SELECT id FROM intake_report WHERE receipt = ANY(%s))) AS past
    WHERE past.id = cases_case.id
"""


@dataclass
class Camera:
    """Takes pictures of one city's pages into a folder."""

    folder: Path
    city: LiveCity
    visitors: Visitors

    def take(self, name: str, page: Page) -> None:
        """Keeps what the window shows as a small PNG. Fails when it is larger than a page of docs should carry."""
        page.wait_for_load_state("networkidle")
        path = self.folder / f"{name}.png"
        page.screenshot(path=path)
        Image.open(path).convert("RGB").save(path, optimize=True)
        size = path.stat().st_size
        print(f"{path}  {size / 1000:.0f} kB")
        if size > MOST_BYTES:
            raise SystemExit(f"{path} has {size} bytes; {MOST_BYTES} are allowed.")

    def at_desk(self, username: str, wishes: Wishes, path: str = "/desk/") -> Page:
        """Somebody's desk, opened at a page."""
        page = at_desk(self.visitors, self.city, username, wishes)
        page.goto(path)
        return page


def residents(camera: Camera) -> list[Kept]:
    """The way of a report, on a phone and at a desk; answers with the receipts shown."""
    for name, wishes in (
        ("report-zh", Wishes(viewport=PHONE)),
        ("report-elder-zh", Wishes(viewport=PHONE, elder=True)),
    ):
        page = camera.visitors.open(wishes)
        write_report(page, LAMP, address="莲花路12号北门")
        page.evaluate("window.scrollTo(0, 0)")
        camera.take(name, page)
    page = camera.visitors.open(ZH)
    lamp = report(page, LAMP, address="莲花路12号北门", name="王秀英", phone="13800001234")
    expect(page.locator("#promise .promise")).to_be_visible()
    camera.take("receipt-zh", page)
    page = camera.visitors.open(replace(EN, viewport=PHONE))
    bench = report(page, BENCH, address="Tram stop Lotus Road", name="Ana Torres", email="ana@example.invalid")
    dispatch(camera.city, camera.visitors, bench.receipt)
    reply_to(camera.city, camera.visitors, bench.receipt, BENCH_REPLY)
    page.goto(bench.track_path)
    camera.take("track-en", page)
    page = camera.visitors.open(ZH)
    page.goto("/")
    camera.take("home-zh", page)
    page.goto("/styleguide")
    page.evaluate("window.scrollTo(0, 0)")
    camera.take("styleguide", page)
    return [lamp, bench]


def made_public(camera: Camera) -> None:
    """What the scan found in a report, before somebody decides."""
    page = camera.visitors.open(ZH)
    write_report(page, PRIVATE, phone="13800001234")
    page.locator("#id_photos").set_input_files([photo(camera.city.stage.home / "lamp.jpg")])
    send_form(page)
    receipt = keep_receipt(page).receipt
    camera.city.settle()
    number = camera.city.number_of(receipt)
    camera.take("draft-zh", camera.at_desk("leader", ZH, f"/desk/cases/{number}/public"))


def staff(camera: Camera, shown: list[Kept]) -> None:
    """Units at work, then the queue, the inbox and two cases as staff see them."""
    unit = camera.at_desk("urban", ZH, "/desk/inbox")
    for step in ("签收", "开始办理"):
        for _ in range(4):
            unit.get_by_role("button", name=step).last.click()
            unit.wait_for_load_state()
    open_case(unit, shown[0].receipt)
    for move in ("sign", "start"):
        if unit.locator(f"form[action$='/{move}']").count():
            take(unit, move)
    unit.goto(unit.url)
    camera.take("case-zh", unit)
    with camera.city.stage.database() as connection:
        connection.execute(SPREAD.encode(), [[kept.receipt for kept in shown]])
    camera.take("inbox-zh", camera.at_desk("urban", ZH, "/desk/inbox"))
    for name, wishes in (("queue-zh", ZH), ("queue-en", EN), ("queue-dark-zh", replace(ZH, theme="dark"))):
        queue = camera.at_desk("leader", wishes)
        expect(queue.locator(".stat-value").first).not_to_be_empty()
        camera.take(name, queue)
    desk = camera.at_desk("leader", EN, "/desk/cases?state=registered&q=food+business")
    desk.locator("[data-row-link]").first.click()
    camera.take("case-en", desk)


def imported(camera: Camera, data: Path) -> None:
    """The three real files in queue, search and case."""
    program = str(Path(sys.executable).with_name("yiwang"))
    environment = {**os.environ, "YIWANG_HOME": str(camera.city.stage.home)}
    for file, mapping in HISTORY:
        rejects = camera.city.stage.home / "rejected.csv"
        command = [
            program,
            "import",
            str(data / file),
            "--mapping",
            mapping,
            "--create-missing",
            "--rejects",
            str(rejects),
        ]
        subprocess.run(command, env=environment, check=True)
    camera.take("import-queue", camera.at_desk("leader", ZH, "/desk/cases?source=shenzhen-work-orders"))
    desk = camera.at_desk("leader", EN, "/desk/cases?q=rat+sighting&received_to=2023-12-31")
    camera.take("import-search", desk)
    desk.locator("[data-row-link]").first.click()
    camera.take("import-case", desk)


def main() -> None:
    """Starts the city, takes all pictures and leaves nothing running."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="OUTPUT_DIR")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of real files")
    options = parser.parse_args()
    program = find_browser()
    if program is None:
        raise SystemExit("There is no browser: install Chromium, or set CHROMIUM to one.")
    options.folder.mkdir(parents=True, exist_ok=True)
    with live_city() as city, open_browser(program) as browser:
        camera = Camera(options.folder, city, Visitors(browser, city.base_url))
        shown = residents(camera)
        made_public(camera)
        staff(camera, shown)
        if options.data.is_dir():
            imported(camera, options.data)
        camera.visitors.close()


if __name__ == "__main__":
    main()
