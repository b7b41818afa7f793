"""When something goes wrong a page says what, why and what to do, in the reader's language, and leads back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitors, Wishes
from tests.journeys.errands import at_desk
from tests.journeys.live import LiveCity
from tests.journeys.ways import Places, at, without_cookies

WORDS = {
    "zh-hans": ("您可以", "返回首页"),
    "en": ("What you can do", "To the home page"),
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "go_wrong",
    [at("/no-such-page"), at("/track/no-such-token"), at("/receipt/AaBbCcDdEeFf"), without_cookies],
    ids=["unknown address", "unknown link", "forged receipt", "forgotten cookies"],
)
def test_a_resident_is_told_what_to_do(
    visitors: Visitors, places: Places, language: str, go_wrong: Callable[[Page, Places], None]
):
    page = visitors.open(Wishes(language=language))
    go_wrong(page, places)
    remedy, home = WORDS[language]
    expect(page.locator(".problem-next")).to_contain_text(remedy)
    expect(page.locator(".problem-next p")).not_to_be_empty()
    page.get_by_role("link", name=home).click()
    expect(page.locator(".hero")).to_be_visible()


def test_staff_without_the_right_are_told_which_one_it_is(visitors: Visitors, live_city: LiveCity):
    page = at_desk(visitors, live_city, "auditor")
    page.goto("/desk/cases")
    expect(page.locator(".problem")).to_contain_text("cases.view")
    page.get_by_role("link", name="返回首页").click()
    expect(page.locator(".rail")).to_be_visible()


def test_whoever_is_not_signed_in_comes_back_to_the_page_after_signing_in(visitors: Visitors, live_city: LiveCity):
    page = visitors.open()
    page.goto("/desk/cases?state=registered")
    page.locator("#id_username").fill("dispatcher")
    page.locator("#id_password").fill(live_city.password("dispatcher"))
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/desk/cases?state=registered")


def test_a_wrong_password_says_nothing_about_the_name(visitors: Visitors):
    page = visitors.open()
    told = []
    for name in ("dispatcher", "nobody-is-called-so"):
        page.goto("/desk/login")
        page.locator("#id_username").fill(name)
        page.locator("#id_password").fill("wrong-password")
        page.locator("main form .button-primary").click()
        told.append(page.locator("[data-error-summary]").inner_text())
    assert told[0] == told[1]
