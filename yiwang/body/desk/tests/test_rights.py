"""A unit sees its own cases and no others, by any route; nobody comes in without signing in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from yiwang.body.desk.urls import urlpatterns
from yiwang.foundation.kernel.settings import Rate, get_settings

pytestmark = pytest.mark.django_db


def test_another_units_case_is_hidden_on_every_route(staff, new_case):
    ours = new_case("我们的路灯", unit_id=staff.units[0].id)
    theirs = new_case("别人的路灯", unit_id=staff.units[1].id)
    number = theirs.row.number
    for address in ("/desk/cases", "/desk/inbox", "/desk/cases?q=路灯", f"/desk/cases?unit={staff.units[1].id}"):
        page = staff.handler.get(address).text
        assert number not in page, address
    assert ours.row.number in staff.handler.get("/desk/cases?q=路灯").text
    assert staff.handler.get(f"/desk/cases?q={number}").status_code == 200
    assert staff.handler.get(f"/desk/cases/{number}").status_code == 404
    assert staff.handler.post(f"/desk/cases/{number}/sign", {"version": 2}).status_code == 404
    tiles = {tile.key: tile.count for tile in staff.handler.get("/desk/cases/counters").context["tiles"]}
    assert tiles["dispatched"] == "1"
    assert staff.handler.get("/desk/cases/found").context["count"] == 1


def test_counters_are_not_shared_between_scopes(staff, new_case):
    new_case(unit_id=staff.units[0].id)
    new_case(unit_id=staff.units[1].id)
    counts = [
        {tile.key: tile.count for tile in browser.get("/desk/cases/counters").context["tiles"]}["dispatched"]
        for browser in (staff.operator, staff.handler, staff.other_handler)
    ]
    assert counts == ["2", "1", "1"]


def test_the_inbox_groups_own_work_and_signs_from_the_list(staff, new_case):
    case = new_case(unit_id=staff.units[0].id)
    page = staff.handler.get("/desk/inbox")
    assert [len(group.rows) for group in page.context["groups"]] == [1, 0, 0]
    values = {"version": case.row.version, "back": "inbox"}
    answer = staff.handler.post(f"/desk/cases/{case.row.number}/sign", values, follow=True)
    assert [len(group.rows) for group in answer.context["groups"]] == [0, 1, 0]


def test_the_inbox_says_when_more_waits_to_be_signed(staff, new_case):
    new_case(unit_id=staff.units[0].id)
    assert "1 new case" in staff.handler.get("/desk/inbox/news?seen=0").text
    assert staff.handler.get("/desk/inbox/news?seen=1").status_code == 204
    assert staff.handler.get("/desk/inbox/news?seen=x").status_code == 204


def test_who_works_for_the_whole_city_is_led_to_the_queue(staff):
    assert staff.operator.get("/desk/").headers["Location"] == "/desk/cases"
    assert staff.handler.get("/desk/").headers["Location"] == "/desk/inbox"
    assert staff.technician.get("/desk/").headers["Location"] == "/desk/operations"
    assert "You work for the whole city" in staff.operator.get("/desk/inbox").text


def test_only_the_machine_rooms_people_see_it(staff):
    for address in ("/desk/operations", "/desk/operations/checks"):
        assert staff.technician.get(address).status_code == 200
        assert staff.operator.get(address).status_code == 403
    assert staff.technician.get("/desk/cases").status_code == 403
    assert staff.operator.post("/desk/operations/jobs/1/retry").status_code == 403
    answer = staff.technician.post("/desk/operations/jobs/1/retry", follow=True)
    assert "is gone, running or already started again" in answer.text


def test_every_page_but_the_entrance_asks_who_is_there(city):
    values = {"number": "C1", "move": "sign", "level": "district", "job_id": 1}
    values |= dict.fromkeys(
        ("file_id", "user_id", "membership_id", "person_id", "change_id"), "0190163d-8694-739b-aea5-966c26f8ad91"
    )
    values |= {"token": "x", "prefix": "yw1"}
    for route in urlpatterns:
        wanted = {name: values[name] for name in route.pattern.converters}
        address = reverse(f"desk:{route.name}", kwargs=wanted)
        if route.name != "join":
            answer = Client().get(address)
            assert answer.headers["Location"].startswith("/desk/login?next="), address


def sign_in(browser, staff, username="t.handler", password=None, **more):
    values = {"username": username, "password": password or staff.passwords[username], **more}
    return browser.post("/desk/login", values)


@pytest.fixture
def limited(monkeypatch):
    settings = replace(get_settings(), login_limit=Rate(3, 60))
    monkeypatch.setattr("yiwang.body.desk.views.entrance.get_settings", lambda: settings)
    # All attempts fall into one minute.
    monkeypatch.setattr("yiwang.body.desk.views.entrance.now", lambda: datetime(2026, 3, 2, 1, 12, tzinfo=UTC))


def test_signing_in_leads_to_the_page_that_was_asked_for_and_nowhere_else(staff):
    browser = Client(headers={"accept-language": "en"})
    asked = browser.get("/desk/cases?state=replied").headers["Location"]
    assert 'value="/desk/cases?state=replied"' in browser.get(asked).text
    answer = sign_in(browser, staff, next="/desk/cases?state=replied")
    assert answer.headers["Location"] == "/desk/cases?state=replied"
    for foreign in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert sign_in(Client(), staff, next=foreign).headers["Location"] == "/desk/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(staff):
    browser = Client(headers={"accept-language": "en"})
    wrong = sign_in(browser, staff, password="wrong")
    nobody = sign_in(browser, staff, username="nobody", password="wrong")
    assert wrong.status_code == nobody.status_code == 422
    assert "do not belong together" in wrong.text and "do not belong together" in nobody.text
    assert 'value="t.handler"' in wrong.text and 'value="wrong"' not in wrong.text


def test_guessing_is_slowed_down_but_locks_nobody_out_of_a_known_browser(staff, limited):
    known = Client(headers={"accept-language": "en"}, REMOTE_ADDR="10.0.0.1")
    assert sign_in(known, staff).status_code == 302
    known.post("/desk/logout")
    guesser = Client(headers={"accept-language": "en"}, REMOTE_ADDR="10.0.0.9")
    answers = [sign_in(guesser, staff, password="guess").status_code for _turn in range(4)]
    assert answers == [422, 422, 429, 429], "the name's own sign-in counted, too"
    refused = sign_in(guesser, staff)
    assert refused.status_code == 429 and refused.headers["Retry-After"]
    elsewhere = Client(headers={"accept-language": "en"}, REMOTE_ADDR="10.0.0.10")
    assert sign_in(elsewhere, staff).status_code == 429, "the name is limited wherever guesses come from"
    assert sign_in(known, staff).status_code == 302


def test_signing_out_needs_a_post_and_ends_the_session(staff):
    assert staff.handler.get("/desk/logout").status_code == 405
    staff.handler.post("/desk/logout")
    assert staff.handler.get("/desk/inbox").status_code == 302


def test_help_explains_every_state_and_key(staff):
    page = staff.handler.get("/desk/help").text
    assert "Reopened" in page and "<kbd>r</kbd>" in page
