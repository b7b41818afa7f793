"""Two application nodes on two ports share one PostgreSQL and one store of files: nobody can tell them apart."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Visitors
from tests.journeys.errands import keep_receipt, log_in, photo, send_form, write_report
from tests.journeys.live import LiveCity, wait
from yiwang.project.bench.stage import STOPPING_S, free_port, running_city, wait_for
from yiwang.project.databases import embedded_url

LIMIT = 8


@pytest.fixture(scope="module")
def first() -> Iterator[LiveCity]:
    """The node with the database: web server, worker."""
    settings = {"YIWANG_INTAKE_LIMIT": f"{LIMIT}/day", "YIWANG_LOGIN_LIMIT": f"{LIMIT}/day"}
    with TemporaryDirectory(prefix="yiwang-nodes-") as home, running_city(Path(home), settings) as stage:
        yield LiveCity(stage)


@pytest.fixture(scope="module")
def second(first: LiveCity) -> Iterator[str]:
    """The address of the other node, whose worker works alone: ours stands still."""
    home, port = first.stage.home, free_port()
    settings = {
        "YIWANG_HOME": str(home / "second"),
        "PORT": str(port),
        "DATABASE_URL": embedded_url(home),
        "YIWANG_KEY_FILE": str(home / "keys.json"),
        "YIWANG_FILE_STORE": f"local:{home / 'files'}",
        "YIWANG_INTAKE_LIMIT": f"{LIMIT}/day",
        "YIWANG_LOGIN_LIMIT": f"{LIMIT}/day",
    }
    (home / "second").mkdir()
    with (home / "second.log").open("wb") as log:
        nodes = [first.stage.start(role, output=log.fileno(), settings=settings) for role in ("serve", "worker")]
        for worker in first.stage.processes("worker"):
            worker.suspend()
        try:
            wait_for(lambda: status(f"http://localhost:{port}/readyz") == 200, 60, "the second node")
            yield f"http://localhost:{port}"
        finally:
            for node in nodes:
                node.terminate()
            for node in nodes:
                node.wait(STOPPING_S)


def status(address: str, body: object = None) -> int:
    """What the server answers; 0 where none listens."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, content, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_files_jobs_sessions_and_limits_are_one(first: LiveCity, second: str, chromium: Browser, tmp_path: Path):
    everybody = Visitors(chromium, first.base_url)
    page = everybody.open()
    write_report(page, "两个节点之间的路灯不亮", address="莲花路")
    page.locator("#id_photos").set_input_files(photo(tmp_path / "lamp.jpg"))
    send_form(page)
    kept = keep_receipt(page)

    # The job was put down here; only the other node's worker is awake.
    wait(lambda: first.stage.value("SELECT count(*) FROM cases_case"), "a case opened by the other node's worker")
    page.goto(f"{second}{kept.track_path}")
    link = page.locator("main a[href*='/photos/']").get_attribute("href")
    picture = page.request.get(f"{second}{link}")
    assert picture.ok and picture.headers["content-type"] == "image/jpeg"

    log_in(page, first, "dispatcher")
    page.goto(f"{second}/desk/cases")
    expect(page.locator("[data-row]", has_text="两个节点之间")).to_be_visible()
    page.locator(".menu summary").click()
    page.locator("form[action='/desk/logout'] button").click()
    page.goto(f"{first.base_url}/desk/cases")
    expect(page.locator("#id_username")).to_be_visible()

    # One report has been sent already, and one person has signed in.
    nodes = (first.base_url, second)
    reports = [status(f"{nodes[n % 2]}/api/v1/reports", {"text": f"第{n}次反映"}) for n in range(LIMIT + 1)]
    assert reports == [201] * (LIMIT - 1) + [429, 429]
    told = []
    for attempt in range(LIMIT + 1):
        page.goto(f"{nodes[attempt % 2]}/desk/login")
        page.locator("#id_username").fill("urban")
        page.locator("#id_password").fill("guessed")
        with page.expect_navigation():
            send_form(page)
        told.append("失败次数过多" in page.locator("main").inner_text())
    assert told == [False] * (LIMIT - 1) + [True] * 2
    everybody.close()
