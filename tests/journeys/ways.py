"""Ways to the pages that are to be seen: how each is opened, and what must have been done before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.journeys.errands import RIDDLE, Kept, code_of, open_case, send_form, take
from tests.journeys.live import LiveCity

FACTORS = "/desk/account/second-factor/"
PHONE_NUMBER = "13700009999"
phone_numbers = count(1)


@dataclass(frozen=True)
class Places:
    """What the examples are about, and the cookies of everybody who was there already, by name."""

    fresh: Kept
    answered: Kept
    answered_case: str
    fresh_case: str
    invitation: str
    passwords: Mapping[str, str]
    cookies: Mapping[str, Sequence[Any]]


def find_by_phone(page: Page, city: LiveCity) -> None:
    """Asks for a code and enters it."""
    page.goto("/find")
    page.locator("#id_phone").fill(PHONE_NUMBER)
    send_form(page)
    city.settle()
    page.locator("#id_code").fill(code_of(city))
    send_form(page)
    expect(page.locator("table")).to_be_visible()


def at(path: str) -> Callable[[Page, Places], None]:
    """Opens an address; ``{fresh}`` and ``{answered}`` stand for tokens, ``{case}`` and
    ``{fresh_case}`` for numbers, ``{invitation}`` for a path."""

    def open_it(page: Page, places: Places) -> None:
        page.goto(
            path.format(
                fresh=places.fresh.track_path.rsplit("/", 1)[-1],
                answered=places.answered.track_path.rsplit("/", 1)[-1],
                case=places.answered_case,
                fresh_case=places.fresh_case,
                invitation=places.invitation,
            )
        )

    return open_it


def confirmed(reader: str, path: str) -> Callable[[Page, Places], None]:
    """Opens what asks again who is there, and says so where the last time was too long ago."""

    def open_it(page: Page, places: Places) -> None:
        at(path)(page, places)
        if urlsplit(page.url).path == "/desk/account/confirm":
            page.locator("#id_password").fill(places.passwords[reader])
            send_form(page)
            page.wait_for_url(f"**{path}")

    return open_it


def refused(path: str, reader: str = "", **fields: str) -> Callable[[Page, Places], None]:
    """Opens a form, fills in what will be refused and sends it; ``reader`` confirms to be there, where asked."""
    opener = confirmed(reader, path) if reader else at(path)

    def open_it(page: Page, places: Places) -> None:
        opener(page, places)
        for name, value in fields.items():
            page.locator(f"#id_{name}").fill(value)
        send_form(page)
        expect(page.locator("[data-error-summary]")).to_be_visible()

    return open_it


def without_cookies(page: Page, places: Places) -> None:
    """Sends a form after the browser has forgotten its token."""
    page.goto("/report")
    page.context.clear_cookies(name="csrftoken")
    page.locator("#id_text").fill(RIDDLE)
    send_form(page)
    expect(page.locator(".problem")).to_be_visible()


def refused_action(page: Page, places: Places) -> None:
    """Dispatches to a unit that does not exist."""
    open_case_of_fresh(page, places)
    take(page, "assign", unit="没有这个单位", reason=RIDDLE)
    expect(page.locator("[data-error-summary]")).to_be_visible()


def with_contact(page: Page, places: Places) -> None:
    """Asks for the contact of a reporter."""
    open_case_of_fresh(page, places)
    reporter = page.locator("#reporter")
    reporter.locator("summary").click()
    reporter.locator("[name=reason]").fill(RIDDLE)
    reporter.locator("button.button").click()
    expect(reporter).to_contain_text(PHONE_NUMBER)


def with_map(page: Page, _places: Places) -> None:
    """Opens the map of the report form and chooses a point."""
    page.goto("/report")
    page.locator("[data-map-open]").click()
    expect(page.locator(".map-label").first).to_be_attached()
    page.locator("[data-map] canvas").click()
    expect(page.locator("[data-map-status]")).not_to_be_empty()


def asked_for_code(page: Page, _places: Places) -> None:
    """Asks for a code; each time with another phone, because one phone gets only a few an hour."""
    page.goto("/find")
    page.locator("#id_phone").fill(f"136{next(phone_numbers):08d}")
    send_form(page)
    expect(page.locator("#id_code")).to_be_visible()


def wrong_code(page: Page, places: Places) -> None:
    """Enters a code that never came."""
    asked_for_code(page, places)
    page.locator("#id_code").fill("123456")
    send_form(page)
    expect(page.locator("[data-error-summary]")).to_be_visible()


def passkey_of_operator(path: str) -> Callable[[Page, Places], None]:
    """Opens what can be done to the passkey of the operator."""

    def open_it(page: Page, places: Places) -> None:
        confirmed("operator", f"{FACTORS}webauthn/")(page, places)
        page.locator(f"main a[href$='/{path}/']").click()

    return open_it


def account_of(username: str) -> Callable[[Page, Places], None]:
    """Searches an account and opens it."""

    def open_it(page: Page, _places: Places) -> None:
        page.goto(f"/desk/accounts?q={username}")
        page.locator("td a").click()
        expect(page.locator("h1")).to_contain_text(username)

    return open_it


def redacting(page: Page, places: Places) -> None:
    """Opens a photo on its way to the public, and sends it without a box."""
    page.goto(f"/desk/cases/{places.fresh_case}/public")
    page.locator("#photos a.button").last.click()
    send_form(page)
    expect(page.locator("[data-error-summary]")).to_be_visible()


def undecided(page: Page, places: Places) -> None:
    """Asks for words to be masked that do not stand there."""
    page.goto(f"/desk/cases/{places.fresh_case}/public")
    page.locator("[name=words]").fill("没有这样的词")
    page.locator("#findings .button-primary").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def person_of_fresh(page: Page, places: Places) -> None:
    """Goes from a case to the person who reported it, once the contact has been given to one."""
    link = page.locator("#reporter a[href^='/desk/people/']")
    for _turn in range(60):
        page.goto(f"/desk/cases/{places.fresh_case}")
        if link.count():
            break
        page.wait_for_timeout(1000)
    link.click()
    page.wait_for_url("**/desk/people/*")


def merge_with_nobody(page: Page, places: Places) -> None:
    """Names a case that does not exist."""
    person_of_fresh(page, places)
    page.locator("#change summary").first.click()
    page.locator("#id_merge-number").fill("TL0")
    page.locator("#id_merge-reason").fill(RIDDLE)
    page.locator("form[action$='/merge'] button").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def open_case_of_fresh(page: Page, places: Places) -> None:
    """Searches the case by its receipt."""
    page.goto("/desk/cases")
    open_case(page, places.fresh.receipt)
