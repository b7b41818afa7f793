"""Ways in for staff: a passkey, a one-time code, a recovery code, an invitation; and the way out for good."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitors, Wishes
from tests.journeys.errands import (
    at_desk,
    authenticator_code,
    begin_sign_in,
    confirm,
    log_in,
    send_form,
    with_device,
)
from tests.journeys.live import LiveCity

ENGLISH = Wishes(language="en")
PASSWORD = "四月的雨 falls softly"


def sign_out(page: Page) -> None:
    """Presses the button in the menu of the account."""
    page.locator(".menu summary").click()
    page.locator("form[action='/desk/logout'] button").click()
    expect(page.locator("#id_username")).to_be_visible()


def test_a_passkey_signs_in_without_name_or_password(live_city: LiveCity, visitors: Visitors):
    page = visitors.open(ENGLISH)
    with_device(page)
    log_in(page, live_city, "street")
    confirm(page, live_city, "street")
    page.goto("/desk/account/second-factor/webauthn/add/")
    page.locator("#id_name").fill("my laptop")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile("recovery-codes|webauthn/$"))
    sign_out(page)
    page.locator("#passkey_login").click()
    expect(page.locator(".menu-name")).to_have_text("Shen Xiaoman")
    page.goto("/desk/account/second-factor/webauthn/")
    expect(page.locator("main")).to_contain_text("my laptop")


def test_a_code_from_an_app_is_asked_for_and_a_recovery_code_does_instead_once(live_city: LiveCity, visitors: Visitors):
    page = at_desk(visitors, live_city, "chengxin", ENGLISH)
    confirm(page, live_city, "chengxin")
    page.goto("/desk/account/second-factor/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("#id_code").fill("000000")
    send_form(page)
    expect(page.locator(".field-error")).to_be_visible()
    page.locator("#id_code").fill(authenticator_code(secret))
    send_form(page)
    page.goto("/desk/account/second-factor/recovery-codes/")
    recovery = page.locator("textarea").input_value().split()
    assert len(recovery) == 10
    sign_out(page)
    for code, is_in in (("000000", False), (recovery[0], True), (recovery[0], False), (recovery[1], True)):
        begin_sign_in(page, live_city, "chengxin")
        page.locator("#id_code").fill(code)
        send_form(page)
        if is_in:
            expect(page.locator(".rail")).to_be_visible()
            sign_out(page)
        else:
            expect(page.locator("#id_code")).to_be_visible()
            expect(page.locator(".rail")).to_have_count(0)


def test_somebody_is_invited_works_is_seen_in_the_sessions_and_leaves(live_city: LiveCity, visitors: Visitors):
    office = at_desk(visitors, live_city, "security", ENGLISH)
    confirm(office, live_city, "security")
    office.goto("/desk/accounts")
    office.get_by_role("link", name="Invite somebody").click()
    office.locator("#id_username").fill("lin.yu")
    office.locator("#id_name").fill("Lin Yu")
    office.locator("#id_role").select_option("dispatcher")
    send_form(office)
    link = office.locator("[data-invitation]").inner_text()
    account = office.url
    newcomer = visitors.open(ENGLISH)
    newcomer.goto(link)
    newcomer.locator("#id_password").fill(PASSWORD)
    newcomer.locator("#id_again").fill(PASSWORD)
    send_form(newcomer)
    newcomer.locator("#id_username").fill("lin.yu")
    newcomer.locator("#id_password").fill(PASSWORD)
    send_form(newcomer)
    expect(newcomer.locator(".menu-name")).to_have_text("Lin Yu")
    newcomer.goto("/desk/account/sessions")
    expect(newcomer.locator("main")).to_contain_text("this one")
    office.goto("/desk/accounts?q=lin.yu")
    office.locator("td a").click()
    assert office.url != account
    office.locator("#id_reason").fill("moves to another city")
    office.locator("form[action$='/end'] button").click()
    expect(office.locator("h1")).to_contain_text("Lin Yu")
    newcomer.goto("/desk/cases")
    expect(newcomer.locator("#id_username")).to_be_visible()
