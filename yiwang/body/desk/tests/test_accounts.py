"""A security administrator invites people, gives and takes roles, makes keys; what is dangerous asks who is there."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yiwang.foundation.identity.selectors import list_api_keys
from yiwang.foundation.identity.services import create_demo_accounts, save_roles, use_api_key
from yiwang.foundation.identity.types import NewAccount, NewRole
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db
PASSWORD = "四月的雨 falls softly"


@pytest.fixture
def office(staff):
    """The browser of a security administrator who has just confirmed to be there; ``staff`` are there as well."""
    roles = [NewRole("test_security", {"en": "Keeper of rights"}, frozenset({"identity.manage"}))]
    save_roles(roles, viewer=SYSTEM, now=now())
    new = NewAccount("t.security", {"en": "Sun the keeper"}, ("test_security",))
    account = create_demo_accounts([new], viewer=SYSTEM, now=now(), language="en")[0]
    browser = Client(headers={"accept-language": "en"})
    browser.post("/desk/login", {"username": account.username, "password": account.password})
    browser.password = account.password
    browser.post("/desk/account/confirm", {"password": account.password})
    return browser


def account_path(username):
    return f"/desk/accounts/{get_user_model().objects.get(username=username).pk}"


def invite(office, **more):
    values = {"username": "new.person", "name": "New Person", "role": "test_operator", **more}
    return office.post("/desk/accounts/invite", values)


def link_in(page):
    return re.search(r"data-invitation>https?://[^/]+([^<]+)<", page.text)[1]


def test_an_invited_person_chooses_a_password_and_signs_in(office):
    link = link_in(invite(office))
    newcomer = Client(headers={"accept-language": "en"})
    assert "new.person" in newcomer.get(link).text
    differing = newcomer.post(link, {"password": PASSWORD, "again": "another one"})
    assert differing.status_code == 422 and "The two passwords differ" in differing.text
    weak = newcomer.post(link, {"password": "password123", "again": "password123"})
    assert weak.status_code == 422 and "too common" in weak.text
    newcomer.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert newcomer.get(link).status_code == 422, "an invitation works once"
    newcomer.post("/desk/login", {"username": "new.person", "password": PASSWORD})
    assert newcomer.get("/desk/cases").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": "t.handler"}, "There is an account called “t.handler” already"),
        ({"username": "a b"}, "A user name has 3 to 60"),
        ({"role": ""}, "This field is required"),
        ({"area": "nowhere"}, "not one of the available choices"),
    ],
)
def test_a_wrong_invitation_is_told_and_keeps_what_was_typed(office, wrong, sentence):
    answer = invite(office, **wrong)
    assert answer.status_code == 422 and sentence in answer.text and 'value="New Person"' in answer.text


def test_roles_are_given_somewhere_and_taken_back(office, staff, new_case):
    path, case = account_path("t.other"), f"/desk/cases/{new_case(unit_id=staff.units[0].id).row.number}"
    assert staff.other_handler.get(case).status_code == 404
    office.post(f"{path}/roles", {"role": "test_operator", "unit": staff.units[0].code})
    assert staff.other_handler.get(case).status_code == 200
    held = next(row for row in office.get(path).context["account"].held if row.role == "test_operator")
    office.post(f"{path}/roles/{held.id}/revoke")
    assert staff.other_handler.get(case).status_code == 404


def test_what_cannot_be_is_told_on_the_same_page(office):
    clash = office.post(f"{account_path('t.technician')}/roles", {"role": "test_security"})
    assert clash.status_code == 422 and "One person cannot hold both" in clash.text
    own = account_path("t.security")
    assert "Nobody changes their own rights" in office.get(own).text
    assert office.post(f"{own}/end", {"reason": "I go"}).status_code == 422
    assert office.get(own).context["account"].is_active


def test_who_leaves_is_out_at_the_next_click(office, staff):
    path = account_path("t.handler")
    assert "Nobody else works for:" in office.get(path).text
    assert office.post(f"{path}/end", {"reason": ""}).status_code == 422
    assert staff.handler.get("/desk/inbox").status_code == 200
    office.post(f"{path}/end", {"reason": "retired"})
    assert staff.handler.get("/desk/inbox").status_code == 302
    assert "switched off" in office.get("/desk/accounts?q=t.handler").text


def test_who_lost_every_way_in_is_invited_again(office, staff):
    link = link_in(office.post(f"{account_path('t.handler')}/invitation"))
    assert staff.handler.get("/desk/inbox").status_code == 302, "the old sessions have ended"
    Client().post(link, {"password": PASSWORD, "again": PASSWORD})
    browser = Client()
    browser.post("/desk/login", {"username": "t.handler", "password": PASSWORD})
    assert browser.get("/desk/inbox").status_code == 200


def test_a_key_is_shown_once_replaced_and_revoked(office):
    values = {"name": "meters", "permissions": ["cases.view"], "limit_per_minute": 60, "days": 30}
    page = office.post("/desk/keys", values)
    secret = re.search(r"data-secret>([^<]+)<", page.text)[1]
    assert secret not in office.get("/desk/keys").text
    assert use_api_key(secret, now=now()).viewer.may("cases.view")
    first = list_api_keys(viewer=SYSTEM)[0]
    assert timedelta(29) < first.expires_at - now() < timedelta(31)
    replaced = office.post(f"/desk/keys/{first.prefix}/rotate")
    assert secret not in replaced.text and "data-secret" in replaced.text
    office.post(f"/desk/keys/{list_api_keys(viewer=SYSTEM)[0].prefix}/revoke")
    assert "revoked" in office.get("/desk/keys").text


def test_dangerous_actions_ask_again_after_ten_minutes_and_then_go_on(office, time_machine):
    time_machine.move_to(now() + timedelta(minutes=11))
    asked = invite(office)
    assert asked.headers["Location"].startswith("/desk/account/confirm")
    assert not get_user_model().objects.filter(username="new.person").exists()
    assert office.post(asked.headers["Location"], {"password": "guess"}).status_code == 200
    assert not get_user_model().objects.filter(username="new.person").exists()
    office.post(asked.headers["Location"], {"password": office.password}, follow=True)
    assert get_user_model().objects.filter(username="new.person").exists(), "what was asked for is carried out"


def test_accounts_are_searched_and_an_empty_answer_says_so(office):
    assert "t.handler" in office.get("/desk/accounts?q=Li").text
    assert "No account found" in office.get("/desk/accounts?q=nobody-at-all").text
