"""Whoever knows a password still has few guesses at the code, on all nodes together, and no code works twice."""

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth import get_user_model
from django.test import Client

pytestmark = pytest.mark.django_db
GUESSES = 10


@pytest.fixture
def secret(staff):
    """The authenticator's secret of the operator, who has a second factor from now on."""
    secret = generate_totp_secret()
    TOTP.activate(get_user_model().objects.get(username="t.operator"), secret)
    return secret


def code_now(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def half_in(staff, username="t.operator"):
    """A browser in which the password was right and the code is asked for."""
    browser = Client(headers={"accept-language": "en"})
    answer = browser.post("/desk/login", {"username": username, "password": staff.passwords[username]})
    assert "authenticate" in answer.headers["Location"]
    return browser, answer.headers["Location"]


def is_in(browser):
    return browser.get("/desk/cases").status_code == 200


def test_the_right_code_opens_the_door_once(staff, secret):
    code = code_now(secret)
    browser, address = half_in(staff)
    browser.post(address, {"code": code})
    assert is_in(browser)
    second, address = half_in(staff)
    second.post(address, {"code": code})
    assert not is_in(second), "a code that was seen is no use"


def test_after_ten_guesses_even_the_right_code_waits(staff, secret):
    guesser, address = half_in(staff)
    for number in range(GUESSES):
        guesser.post(address, {"code": f"{number:06}"})
    other, address = half_in(staff)
    answer = other.post(address, {"code": code_now(secret)})
    assert "Too many failed login attempts" in answer.text
    assert not is_in(other)


def test_wrong_passwords_of_others_lock_nobody_out_of_the_second_step(staff, secret):
    for _ in range(GUESSES + 2):
        Client().post("/desk/login", {"username": "t.operator", "password": "guessed"})
    browser, address = half_in(staff)
    browser.post(address, {"code": code_now(secret)})
    assert is_in(browser)
