"""A lost receipt comes back by phone; who guesses learns nothing."""

import re
from typing import Any

import pytest
from django.test import Client

from yiwang.body.portal.tests.conftest import PHONE, TEXT, Resident
from yiwang.body.portal.views.finding import CODES_PER_PHONE
from yiwang.network.intake.selectors import get_report_by_token
from yiwang.network.messaging.types import NewMessage


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes as they arrive on the phone."""
    arrived: list[str] = []

    def deliver(message: NewMessage, **_time: Any) -> None:
        arrived.append(message.secrets["code"])

    # The outside world of this page is the phone network; everything before it is real.
    monkeypatch.setattr("yiwang.network.intake.services.send_message", deliver)
    return arrived


def ask(browser: Client, phone: str) -> Any:
    """Asks for a code and follows to the page where it is typed."""
    return browser.post("/find", {"phone": phone}, follow=True)


def test_a_phone_and_its_code_bring_the_reports_back(resident: Resident, codes: list[str]) -> None:
    resident.send(phone=PHONE)
    browser = Client()
    ask(browser, f"+86 {PHONE}")
    answer = browser.post("/find/code", {"code": codes[0]}, follow=True)
    assert answer.status_code == 200
    assert get_report_by_token(resident.token).receipt in answer.text
    assert f"/track/{resident.token}" in answer.text
    assert TEXT in browser.get("/find/reports").text


def test_a_number_without_reports_gets_the_same_answer_but_no_code(resident: Resident, codes: list[str]) -> None:
    resident.send(phone=PHONE)
    pages = [_without_tokens(ask(Client(), phone).text) for phone in (PHONE, "13900139000")]
    assert pages[0] == pages[1]
    assert len(codes) == 1


def test_a_wrong_code_opens_nothing(resident: Resident, codes: list[str]) -> None:
    resident.send(phone=PHONE)
    browser = Client()
    ask(browser, PHONE)
    answer = browser.post("/find/code", {"code": "000000" if codes[0] != "000000" else "111111"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"code"}
    assert get_report_by_token(resident.token).receipt not in browser.get("/find/reports").text


def test_the_list_is_for_the_browser_that_had_the_code(resident: Resident, codes: list[str]) -> None:
    resident.send(phone=PHONE)
    browser = Client()
    ask(browser, PHONE)
    browser.post("/find/code", {"code": codes[0]})
    assert get_report_by_token(resident.token).receipt not in Client().get("/find/reports").text


def test_without_a_number_there_is_no_code_to_type(city: Any) -> None:
    assert Client().get("/find/code")["Location"] == "/find"


@pytest.mark.parametrize("phone", ["", "call me", "1"])
def test_what_is_no_number_is_said_so(city: Any, phone: str) -> None:
    answer = Client().post("/find", {"phone": phone})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"phone"}


def test_one_phone_is_not_flooded_with_codes(resident: Resident, codes: list[str]) -> None:
    resident.send(phone=PHONE)
    answers = [ask(Client(), PHONE).status_code for _try in range(CODES_PER_PHONE.count + 1)]
    assert answers == [*[200] * CODES_PER_PHONE.count, 429]
    assert len(codes) == CODES_PER_PHONE.count


def _without_tokens(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
