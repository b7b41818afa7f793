"""A real Chromium, watched: whatever goes wrong unseen on a page is a complaint."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Root may not use the sandbox; the rest keeps the browser from asking its maker for anything.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # The map draws with WebGL; without a graphics card Chromium paints it by software.
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
)  # fmt: skip
DESKTOP = (1366, 768)
PHONE = (390, 844)
PATIENCE_MS = 15_000
# Chromium repeats every failed request in the console, where the response itself is judged instead; and it remarks that
# painting a map without a graphics card is slow.
NO_NEWS = ("Failed to load resource", "GL Driver Message")
INSIDE = {"data", "blob", "about"}


def find_browser() -> str | None:
    """The program: the one named by CHROMIUM, else the first known name on the PATH."""
    wanted = os.environ.get("CHROMIUM")
    return wanted or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def open_browser(program: str) -> Iterator[Browser]:
    """Starts the program without a window; closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=list(FLAGS),
            # Residents' browsers keep the page they leave; so does this one.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Wishes:
    """How a reader's browser is set up. ``viewport`` is width × height in CSS pixels."""

    language: str = "zh-hans"
    viewport: tuple[int, int] = DESKTOP
    elder: bool = False
    theme: str = "light"
    javascript: bool = True


USUAL = Wishes()


@dataclass
class Visitors:
    """Opens pages for readers of one city and watches over all of them."""

    browser: Browser
    base_url: str
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, wishes: Wishes = USUAL, cookies: Sequence[Any] = ()) -> Page:
        """A page in a browser profile of its own, perhaps with the cookies of an earlier one."""
        width, height = wishes.viewport
        context = self.browser.new_context(
            base_url=self.base_url,
            viewport={"width": width, "height": height},
            locale="en-GB" if wishes.language == "en" else "zh-CN",
            timezone_id="UTC",
            java_script_enabled=wishes.javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(cookies)
        wish(context, self.base_url, language=wishes.language, theme=wishes.theme, elder="1" if wishes.elder else "0")
        self._watch(context)
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        """Closes all profiles."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _watch(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", self._note_error)
        context.on("request", self._look_where)
        context.on("response", self._judge)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(news in message.text for news in NO_NEWS):
            self.complaints.append(f"console {message.type} on {_place(message.page)}: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self.complaints.append(f"script error on {_place(error.page)}: {error.error}")

    def _look_where(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in INSIDE and f"{address.scheme}://{address.netloc}" != self.base_url:
            self.complaints.append(f"a request left the host: {request.url}")

    def _judge(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.complaints.append(f"{response.request.method} {response.url} was answered with {response.status}")


def wish(context: BrowserContext, base_url: str, **wishes: str) -> None:
    """Sets preferences (``language``, ``theme``, ``elder``) as the switches of the pages do: in cookies."""
    names = {"language": "django_language"}
    context.add_cookies([{"name": names.get(n, n), "value": value, "url": base_url} for n, value in wishes.items()])


def wear(page: Page, *, theme: str, elder: bool) -> None:
    """Changes colours (``light``, ``dark``) and elder mode of a page in place, exactly as its own switches do."""
    page.evaluate(
        """([media, elder]) => {
            document.querySelector("link[data-dark]").media = media;
            document.documentElement.classList.toggle("elder", elder);
        }""",
        ["screen" if theme == "dark" else "not all", elder],
    )


def run_file(page: Page, path: Path, argument: Any = None) -> Any:
    """Runs a file that holds one JavaScript function in the page and returns its answer."""
    return page.evaluate(path.read_text(encoding="utf-8"), argument)


def _place(page: Page | None) -> str:
    return page.url if page else "a closed page"
